import type { FastifyInstance } from 'fastify';
import type { GatehouseError } from '#base';
import {
  findRecovery,
  type OpenRecovery,
  renderNewPasswordPage,
  renderPasswordSetPage,
  renderRecoveryPage,
  renderRecoverySentPage,
  requestRecovery,
  resetPassword,
  signinErrors,
} from '#signin';
import { formOf, isFormBelieved } from './form.ts';
import { showForm, shownOnForm, takeLink } from './mail-form.ts';
import type { MailPagesContext } from './mail-pages-context.ts';
import { deviceOf, sendPage } from './page-reply.ts';

const PASSWORD_PATH = '/recover/password';

/** A forgotten password: by mail, and to the sign-in afterwards, which asks for whatever else it asks for. */
export function recoveryRoutes(app: FastifyInstance, context: MailPagesContext): void {
  const { cookies, tenantId, viewOf } = context;
  const isPublic = { config: { public: 'whoever forgot the password has no credential' } };
  // The link stands in the address for one request, so requests are not logged.
  const byLink = { config: { public: 'the one-time link is the credential' }, logLevel: 'silent' } as const;

  app.get('/recover', isPublic, (request, reply) => showForm(context, request, reply, renderRecoveryPage));

  app.post('/recover', isPublic, async (request, reply) => {
    const email = formOf(request).field('email');
    try {
      if (!isFormBelieved(context, request)) throw signinErrors.form_refused();
      await requestRecovery(context, { tenantId, email, address: request.ip, locale: viewOf(request).locale.tag });
    } catch (error) {
      const problem = shownOnForm(error, ['form_refused', 'mail_throttled']);
      return showForm(context, request, reply, (view, form) => renderRecoveryPage(view, { ...form, email }), problem);
    }
    return sendPage(reply, renderRecoverySentPage(viewOf(request)));
  });

  app.get<{ Querystring: { link?: unknown } }>(PASSWORD_PATH, byLink, async (request, reply) => {
    const taken = takeLink(context, reply, request.query.link, PASSWORD_PATH);
    if (taken !== undefined) return taken;
    const token = cookies.read('link', request.headers.cookie);
    const found = token === undefined ? undefined : await findRecovery(context, { tenantId, token });
    if (found === undefined) throw signinErrors.recovery_link_refused();
    return showForm(context, request, reply, (view, form) =>
      renderNewPasswordPage(view, { ...form, ...shownOf(found) }),
    );
  });

  app.post(PASSWORD_PATH, byLink, async (request, reply) => {
    const form = formOf(request);
    const password = form.field('password');
    const token = cookies.read('link', request.headers.cookie);
    const found = token === undefined ? undefined : await findRecovery(context, { tenantId, token });
    if (token === undefined || found === undefined) throw signinErrors.recovery_link_refused();
    const again = (errors: Readonly<Record<string, string>>, problem?: GatehouseError) =>
      showForm(
        context,
        request,
        reply,
        (view, shown) => renderNewPasswordPage(view, { ...shown, ...shownOf(found), errors }),
        problem,
      );
    const view = viewOf(request);
    if (!isFormBelieved(context, request)) return again({}, signinErrors.form_refused());
    if (password !== form.field('password_again')) {
      return again({ password_again: view.locale.text.recovery.passwordsDiffer });
    }
    try {
      await resetPassword(context, { tenantId, token, password, device: deviceOf(request), locale: view.locale.tag });
    } catch (error) {
      return again({}, shownOnForm(error, ['password_refused', 'password_work_busy', 'password_too_long']));
    }
    return sendPage(reply, renderPasswordSetPage(view), [cookies.clear('link'), cookies.clear('session')]);
  });
}

const shownOf = ({ user, purpose }: OpenRecovery) => ({
  email: user.email,
  everything: purpose === 'administrator_recovery',
});
