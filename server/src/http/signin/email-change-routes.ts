import type { FastifyInstance } from 'fastify';
import { confirmEmailChange, renderConfirmPage, renderEmailDonePage, signinErrors, undoEmailChange } from '#signin';
import { isFormBelieved } from './form.ts';
import { showForm, takeLink } from './mail-form.ts';
import type { MailPagesContext } from './mail-pages-context.ts';
import { deviceOf, sendPage } from './page-reply.ts';

/** What the links of a changed address open. A button in between: mail programs open links to look at them. */
const LINKS = [
  {
    path: '/email/confirm',
    done: 'confirmed',
    title: 'confirmEmailTitle',
    message: 'confirmEmail',
    submit: 'confirmEmailSubmit',
  },
  { path: '/email/undo', done: 'undone', title: 'undoEmailTitle', message: 'undoEmail', submit: 'undoEmailSubmit' },
] as const;

export function emailChangeRoutes(app: FastifyInstance, context: MailPagesContext): void {
  const { cookies, tenantId, viewOf } = context;
  const byLink = { config: { public: 'the one-time link is the credential' }, logLevel: 'silent' } as const;

  for (const { path, done, title, message, submit } of LINKS) {
    app.get<{ Querystring: { link?: unknown } }>(path, byLink, async (request, reply) => {
      const taken = takeLink(context, reply, request.query.link, path);
      if (taken !== undefined) return taken;
      if (cookies.read('link', request.headers.cookie) === undefined) throw signinErrors.recovery_link_refused();
      return showForm(context, request, reply, (view, { csrfToken }) => {
        const words = view.locale.text.recovery;
        return renderConfirmPage(view, {
          csrfToken,
          title: words[title],
          message: words[message],
          action: path,
          confirm: words[submit],
          cancelPath: '/sign-in',
        });
      });
    });

    app.post(path, byLink, async (request, reply) => {
      const token = cookies.read('link', request.headers.cookie);
      if (token === undefined) throw signinErrors.recovery_link_refused();
      if (!isFormBelieved(context, request)) throw signinErrors.form_refused();
      const view = viewOf(request);
      const input = { tenantId, locale: view.locale.tag };
      if (done === 'undone') await undoEmailChange(context, { ...input, token, device: deviceOf(request) });
      else await confirmEmailChange(context, { ...input, proof: { token }, device: deviceOf(request) });
      return sendPage(reply, renderEmailDonePage(view, done), [cookies.clear('link')]);
    });
  }
}
