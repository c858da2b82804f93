import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { PickedUpKey, ShownPickUp } from '#apikeys';
import { KEY_PICK_UP_PATH, renderKeyPickUpPage, renderPickedUpKeyPage, signinErrors } from '#signin';
import { acceptFormsOnly, isFormBelieved } from './form.ts';
import { showForm, takeLink } from './mail-form.ts';
import { answerErrorsWithPages, sendPage } from './page-reply.ts';
import { pagesContext, type SigninPagesDeps } from './pages-context.ts';

export type KeyPickUpPagesDeps = SigninPagesDeps & {
  pickUps: {
    view(link: { tenantId: string; token: string }): Promise<ShownPickUp | undefined>;
    pickUp(link: { tenantId: string; token: string }): Promise<PickedUpKey | undefined>;
  };
};

/** The page at which whoever a key belongs to gets the one that takes its place. */
export function keyPickUpPages(deps: KeyPickUpPagesDeps): FastifyPluginAsync {
  const context = pagesContext(deps);
  const { cookies, tenantId, viewOf } = context;
  const { pickUps } = deps;
  const byLink = { config: { public: 'the one-time link is the credential' }, logLevel: 'silent' } as const;
  const linkOf = (request: FastifyRequest) => {
    const token = cookies.read('link', request.headers.cookie);
    return token === undefined ? undefined : { tenantId, token };
  };

  return async (app) => {
    acceptFormsOnly(app);
    answerErrorsWithPages(app, context.viewOf);

    app.get<{ Querystring: { link?: unknown } }>(KEY_PICK_UP_PATH, byLink, async (request, reply) => {
      const taken = takeLink(context, reply, request.query.link, KEY_PICK_UP_PATH);
      if (taken !== undefined) return taken;
      const link = linkOf(request);
      const shown = link && (await pickUps.view(link));
      if (shown === undefined) throw signinErrors.recovery_link_refused();
      return showForm(context, request, reply, (view, form) => renderKeyPickUpPage(view, { ...form, ...shown }));
    });

    app.post(KEY_PICK_UP_PATH, byLink, async (request, reply) => {
      const link = linkOf(request);
      if (!isFormBelieved(context, request)) throw signinErrors.form_refused();
      const picked = link && (await pickUps.pickUp(link));
      if (picked === undefined) throw signinErrors.recovery_link_refused();
      return sendPage(reply, renderPickedUpKeyPage(viewOf(request), picked), [cookies.clear('link')]);
    });
  };
}
