import type { FastifyPluginAsync } from 'fastify';
import { emailChangeRoutes } from './email-change-routes.ts';
import { acceptFormsOnly } from './form.ts';
import { invitationRoutes } from './invitation-routes.ts';
import type { MailPagesContext, MailPagesDeps } from './mail-pages-context.ts';
import { answerErrorsWithPages } from './page-reply.ts';
import { pagesContext } from './pages-context.ts';
import { knowPlaces } from './place-reader.ts';
import { recoveryRoutes } from './recovery-routes.ts';
import { registrationRoutes } from './registration-routes.ts';

export type { MailPagesDeps } from './mail-pages-context.ts';

/** The pages that a mail is part of: a forgotten password, an account of one's own, an invitation. */
export function mailPages(deps: MailPagesDeps): FastifyPluginAsync {
  const context: MailPagesContext = { ...deps, ...pagesContext(deps) };
  return async (app) => {
    acceptFormsOnly(app);
    answerErrorsWithPages(app, context.viewOf);
    if (deps.placeOf !== undefined) knowPlaces(app, deps.placeOf);
    recoveryRoutes(app, context);
    registrationRoutes(app, context);
    emailChangeRoutes(app, context);
    invitationRoutes(app, context);
  };
}
