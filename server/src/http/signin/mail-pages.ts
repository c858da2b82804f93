import type { FastifyPluginAsync } from 'fastify';
import type { CompleteRegistrationDeps, ResetDeps } from '#signin';
import { acceptFormsOnly } from './form.ts';
import { answerErrorsWithPages } from './page-reply.ts';
import { pagesContext } from './pages-context.ts';
import type { PagesContext, SigninPagesDeps } from './pages-context.ts';
import { recoveryRoutes } from './recovery-routes.ts';
import { registrationRoutes } from './registration-routes.ts';

export type MailPagesDeps = SigninPagesDeps & ResetDeps & CompleteRegistrationDeps;
export type MailPagesContext = PagesContext & MailPagesDeps;

/** The pages that a mail is part of: a forgotten password, an account of one's own. */
export function mailPages(deps: MailPagesDeps): FastifyPluginAsync {
  const context: MailPagesContext = { ...deps, ...pagesContext(deps), keyring: deps.keyring };
  return async (app) => {
    acceptFormsOnly(app);
    answerErrorsWithPages(app, context.viewOf);
    recoveryRoutes(app, context);
    registrationRoutes(app, context);
  };
}
