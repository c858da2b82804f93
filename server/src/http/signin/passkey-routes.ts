import type { FastifyInstance } from 'fastify';
import { GatehouseError } from '#base';
import {
  askForSignInPasskey,
  errorText,
  LANDING_PATH,
  safeReturnTo,
  signInUrl,
  signInWithPasskey,
  signinErrors,
} from '#signin';
import { afterStep, visitorOf } from './browser-cookies.ts';
import { formCookie, formOf, isFormBelieved } from './form.ts';
import { seeOther, sendOptions } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';
import { showSignIn } from './sign-in-routes.ts';

const SHOWN_ON_FORM: Readonly<Record<string, 'failed' | 'throttled'>> = {
  passkey_refused: 'failed',
  sign_in_throttled: 'throttled',
};

/** Signing in with a passkey alone. */
export function passkeyRoutes(app: FastifyInstance, context: PagesContext): void {
  const { cookies, tenantId } = context;
  const isPublic = { config: { public: 'signing in is how a person gets a credential' } };

  app.post('/sign-in/passkey/options', isPublic, async (request, reply) => {
    const cookie = formCookie(cookies, request);
    if (cookie === undefined || !isFormBelieved(context, request)) throw signinErrors.form_refused();
    return sendOptions(reply, await askForSignInPasskey(context, { tenantId, formCookie: cookie }));
  });

  app.post('/sign-in/passkey', isPublic, async (request, reply) => {
    const form = formOf(request);
    const returnTo = safeReturnTo(form.field('return_to')) ?? LANDING_PATH;
    const cookie = formCookie(cookies, request);
    if (cookie === undefined || !isFormBelieved(context, request)) return seeOther(reply, signInUrl(returnTo));
    try {
      const text = form.field('response');
      const visitor = visitorOf(context, request);
      const input = { tenantId, formCookie: cookie, text, returnTo, visitor };
      const { path, setCookies } = afterStep(context, await signInWithPasskey(context, input));
      return seeOther(reply, path, setCookies);
    } catch (error) {
      const kind = error instanceof GatehouseError ? SHOWN_ON_FORM[error.code] : undefined;
      if (!(error instanceof GatehouseError) || kind === undefined) throw error;
      const retryAfter = error.details?.retryAfterSeconds;
      if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter));
      const problem = { kind, message: errorText(context.viewOf(request), error) };
      return showSignIn(context, request, reply, { returnTo, problem });
    }
  });
}
