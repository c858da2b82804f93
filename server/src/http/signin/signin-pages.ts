import type { FastifyPluginAsync } from 'fastify';
import { accountRoutes } from './account/account-routes.ts';
import { assetRoutes } from './asset-routes.ts';
import { emailLinkRoutes } from './email-link-routes.ts';
import { flowRoutes } from './flow-routes.ts';
import { acceptFormsOnly } from './form.ts';
import { impersonationRoutes } from './impersonation-routes.ts';
import { languageRoute } from './language-route.ts';
import { answerErrorsWithPages } from './page-reply.ts';
import { rememberAskedLanguage } from './page-view.ts';
import { pagesContext, type SigninPagesDeps } from './pages-context.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { knowPlaces } from './place-reader.ts';
import { setupRoutes } from './setup-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';

export type { SigninPagesDeps } from './pages-context.ts';

/**
 * The pages a person meets: sign-in, first administrator, account, signed out, each in the reader's language. Everything works without a script.
 * A plugin with a scope of its own: its body parser and its error pages don't reach the other faces.
 */
export function signinPages(deps: SigninPagesDeps): FastifyPluginAsync {
  const context = pagesContext(deps);
  const { cookies, viewOf } = context;
  return async (app) => {
    acceptFormsOnly(app);
    answerErrorsWithPages(app, viewOf);
    if (deps.placeOf !== undefined) knowPlaces(app, deps.placeOf);
    rememberAskedLanguage(app, cookies);
    assetRoutes(app, context);
    languageRoute(app, context);
    signInRoutes(app, context);
    passkeyRoutes(app, context);
    flowRoutes(app, context);
    emailLinkRoutes(app, context);
    setupRoutes(app, context);
    impersonationRoutes(app, context);
    accountRoutes(app, context);
  };
}
