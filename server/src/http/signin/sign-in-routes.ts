import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatehouseError } from '#base';
import {
  errorText,
  LANDING_PATH,
  renderContinuePage,
  renderSignedOutPage,
  renderSignInPage,
  type SignInPage,
  safeReturnTo,
  signInUrl,
  signinErrors,
} from '#signin';
import { afterStep, visitorOf } from './browser-cookies.ts';
import { formOf, formTicket, isFormBelieved, isFromOurPage } from './form.ts';
import { seeOther, sendPage } from './page-reply.ts';
import type { PagesContext } from './pages-context.ts';

const EMAIL_LENGTH_MAX = 320;

type WithReturnTo = { Querystring: { return_to?: unknown } };

/** Failures that show the form again, by code. Any other leaves as an error page. */
const SHOWN_ON_FORM: Readonly<Record<string, NonNullable<SignInPage['problem']>['kind']>> = {
  sign_in_failed: 'failed',
  sign_in_throttled: 'throttled',
  password_work_busy: 'busy',
};

export function signInRoutes(app: FastifyInstance, context: PagesContext): void {
  const isPublic = { config: { public: 'signing in is how a person gets a credential' } };

  // Shown even to someone who is signed in: the authorization endpoint sends people here to prove themselves afresh.
  app.get<WithReturnTo>('/sign-in', isPublic, async (request, reply) => {
    const current = await context.sessions.resolve(request.headers.cookie);
    const returnTo = safeReturnTo(request.query.return_to) ?? LANDING_PATH;
    const email = loginHintOf(returnTo) ?? current?.user.email;
    return showSignIn(context, request, reply, { returnTo, ...(email === undefined ? {} : { email }) });
  });

  app.post('/sign-in', isPublic, async (request, reply) => {
    const form = formOf(request);
    const returnTo = safeReturnTo(form.field('return_to')) ?? LANDING_PATH;
    const email = form.field('email');
    if (!isFormBelieved(context, request)) {
      return showSignIn(context, request, reply, {
        returnTo,
        ...(isFromOurPage(context, request) ? { email } : {}),
        problem: { kind: 'stale_form', message: errorText(context.viewOf(request), signinErrors.form_refused()) },
      });
    }
    try {
      const outcome = await context.signInWithPassword({
        tenantId: context.tenantId,
        email,
        password: form.field('password'),
        returnTo,
        ...visitorOf(context, request),
      });
      const { path, setCookies } = afterStep(context, outcome);
      return seeOther(reply, path, setCookies);
    } catch (error) {
      const kind = error instanceof GatehouseError ? SHOWN_ON_FORM[error.code] : undefined;
      if (!(error instanceof GatehouseError) || kind === undefined) throw error;
      const retryAfter = error.details?.retryAfterSeconds;
      if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter));
      return showSignIn(context, request, reply, {
        returnTo,
        email,
        problem: { kind, message: errorText(context.viewOf(request), error) },
      });
    }
  });

  app.get<WithReturnTo>('/sign-in/continue', isPublic, async (request, reply) => {
    const returnTo = safeReturnTo(request.query.return_to) ?? LANDING_PATH;
    const session = await context.sessions.currentSession(request.headers.cookie);
    return session === undefined
      ? seeOther(reply, signInUrl(returnTo))
      : sendPage(reply, renderContinuePage(context.viewOf(request), returnTo));
  });

  app.get(
    '/signed-out',
    { config: { public: 'says goodbye to someone who has no session any more' } },
    (request, reply) => sendPage(reply, renderSignedOutPage(context.viewOf(request))),
  );
}

/** Whom the application means (OpenID Connect Core §3.1.2.1), as its request says that the person goes back to. */
function loginHintOf(returnTo: string): string | undefined {
  const hint = new URLSearchParams(returnTo.split('?')[1]).get('login_hint');
  return hint === null || hint === '' || hint.length > EMAIL_LENGTH_MAX ? undefined : hint;
}

export function showSignIn(
  context: PagesContext,
  request: FastifyRequest,
  reply: FastifyReply,
  page: Omit<SignInPage, 'csrfToken' | 'issuerHost'>,
) {
  const ticket = formTicket(context, request);
  const rendered = renderSignInPage(context.viewOf(request), {
    ...page,
    csrfToken: ticket.token,
    register: context.registrationPolicy?.(context.tenantId).mode === 'open',
    issuerHost: context.issuerHost,
  });
  return sendPage(reply, rendered, [ticket.setCookie]);
}
