import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatehouseError } from '#base';
import {
  completeRegistration,
  demandRegistrationOpen,
  findRegistration,
  LANDING_PATH,
  proveRegistrationByCode,
  registerUrl,
  renderNewAccountPage,
  renderRegisteredPage,
  renderRegistrationCodePage,
  renderRegistrationPage,
  requestRegistration,
  safeReturnTo,
  signinErrors,
} from '#signin';
import { formCookie, formOf, isFormBelieved } from './form.ts';
import { showForm, shownOnForm, takeLink } from './mail-form.ts';
import type { MailPagesContext } from './mail-pages-context.ts';
import { seeOther, sendPage } from './page-reply.ts';

const ACCOUNT_PATH = '/register/account';

type WithReturnTo = { Querystring: { return_to?: unknown } };

/** What the form carried along: whoever makes an account on the way to an application still wants to go there. */
const returnToOf = (request: FastifyRequest) => safeReturnTo(formOf(request).field('return_to')) ?? LANDING_PATH;

/** An account of one's own: address, proof by code or link, and only then a name and a password. */
export function registrationRoutes(app: FastifyInstance, context: MailPagesContext): void {
  const { cookies, tenantId, viewOf } = context;
  const isPublic = { config: { public: 'whoever has no account yet has no credential' } };
  const byLink = { config: { public: 'the one-time link is the credential' }, logLevel: 'silent' } as const;

  app.get<WithReturnTo>('/register', isPublic, async (request, reply) => {
    demandRegistrationOpen(context, tenantId);
    const returnTo = safeReturnTo(request.query.return_to) ?? LANDING_PATH;
    return showForm(context, request, reply, (view, form) => renderRegistrationPage(view, { ...form, returnTo }));
  });

  app.post('/register', isPublic, async (request, reply) => {
    const email = formOf(request).field('email');
    const browser = formCookie(cookies, request);
    try {
      if (!isFormBelieved(context, request) || browser === undefined) throw signinErrors.form_refused();
      const locale = viewOf(request).locale.tag;
      const asked = await requestRegistration(context, { tenantId, email, browser, address: request.ip, locale });
      return askCode(request, reply, asked);
    } catch (error) {
      const problem = shownOnForm(error, [
        'form_refused',
        'mail_throttled',
        'invalid_input',
        'registration_domain_refused',
      ]);
      return showForm(
        context,
        request,
        reply,
        (view, form) => renderRegistrationPage(view, { ...form, email, returnTo: returnToOf(request) }),
        problem,
      );
    }
  });

  app.post('/register/code', isPublic, async (request, reply) => {
    const form = formOf(request);
    const asked = { challengeId: form.field('challenge'), email: form.field('email') };
    const browser = formCookie(cookies, request);
    if (!isFormBelieved(context, request) || browser === undefined) throw signinErrors.form_refused();
    try {
      const { token } = await proveRegistrationByCode(context, {
        tenantId,
        ...asked,
        code: form.field('code'),
        browser,
      });
      return seeOther(reply, registerUrl(returnToOf(request), ACCOUNT_PATH), [cookies.write('link', token)]);
    } catch (error) {
      return askCode(request, reply, asked, shownOnForm(error, ['email_code_refused']));
    }
  });

  app.get<WithReturnTo & { Querystring: { link?: unknown } }>(ACCOUNT_PATH, byLink, async (request, reply) => {
    const taken = takeLink(context, reply, request.query.link, ACCOUNT_PATH);
    if (taken !== undefined) return taken;
    const { email } = await provedAddress(request);
    const returnTo = safeReturnTo(request.query.return_to) ?? LANDING_PATH;
    return showForm(context, request, reply, (view, form) => renderNewAccountPage(view, { ...form, email, returnTo }));
  });

  app.post(ACCOUNT_PATH, byLink, async (request, reply) => {
    const form = formOf(request);
    const { email, token } = await provedAddress(request);
    const [name, password] = [form.field('name'), form.field('password')];
    const again = (errors: Readonly<Record<string, string>>, problem?: GatehouseError) =>
      showForm(
        context,
        request,
        reply,
        (view, shown) => renderNewAccountPage(view, { ...shown, email, name, errors, returnTo: returnToOf(request) }),
        problem,
      );
    const view = viewOf(request);
    if (!isFormBelieved(context, request)) return again({}, signinErrors.form_refused());
    if (password !== form.field('password_again')) {
      return again({ password_again: view.locale.text.registration.passwordsDiffer });
    }
    try {
      await completeRegistration(context, {
        tenantId,
        token,
        name,
        password,
        address: request.ip,
        locale: view.locale.tag,
      });
    } catch (error) {
      const codes = ['invalid_input', 'password_refused', 'password_work_busy', 'password_too_long', 'email_taken'];
      return again({}, shownOnForm(error, codes));
    }
    return sendPage(reply, renderRegisteredPage(view, returnToOf(request)), [cookies.clear('link')]);
  });

  async function provedAddress(request: FastifyRequest): Promise<{ email: string; token: string }> {
    const token = cookies.read('link', request.headers.cookie);
    const email = token === undefined ? undefined : await findRegistration(context, { tenantId, token });
    if (token === undefined || email === undefined) throw signinErrors.recovery_link_refused();
    return { email, token };
  }

  function askCode(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { challengeId: string; email: string },
    problem?: GatehouseError,
  ) {
    return showForm(
      context,
      request,
      reply,
      (view, form) => renderRegistrationCodePage(view, { ...form, ...asked, returnTo: returnToOf(request) }),
      problem,
    );
  }
}
