import type { FastifyInstance } from 'fastify';
import { GatehouseError } from '#base';
import {
  answerWithEmail,
  csrfToken,
  EMAIL_LINK_PATH,
  openEmailLink,
  renderConfirmPage,
  renderEmailCodePage,
  signinErrors,
} from '#signin';
import { afterStep, FLOW_PATH, visitorOf } from './browser-cookies.ts';
import { hasFormToken, isFromOurPage } from './form.ts';
import { shownOnForm, takeLink } from './mail-form.ts';
import { seeOther, sendPage } from './page-reply.ts';
import { type PagesContext, withMailer } from './pages-context.ts';

/** The flow's own page says where things stand: at another step, or over. */
const LOOK_AGAIN = new Set(['step_out_of_turn', 'flow_over']);

/**
 * Where the link of a sign-in mail leads. In the browser that is signing in a button goes on; anywhere else the page shows
 * the code to type there, so that a link passed on to somebody signs nobody in (it is bound to the flow's cookie).
 */
export function emailLinkRoutes(app: FastifyInstance, context: PagesContext): void {
  const { cookies, keyring, store, tenantId, viewOf } = context;
  const byLink = { config: { public: 'the one-time link is the credential' }, logLevel: 'silent' } as const;

  app.get<{ Querystring: { link?: unknown } }>(EMAIL_LINK_PATH, byLink, async (request, reply) => {
    const taken = takeLink(context, reply, request.query.link, EMAIL_LINK_PATH);
    if (taken !== undefined) return taken;
    const [link, flow] = [cookies.read('link', request.headers.cookie), cookies.read('flow', request.headers.cookie)];
    if (link === undefined) throw signinErrors.recovery_link_refused();
    const opened = await store.transaction({ tenantId }, (tx) =>
      openEmailLink(tx, context, { tenantId, token: link, browser: flow }),
    );
    const view = viewOf(request);
    const words = view.locale.text.emailFactor;
    if (opened.kind === 'refused') throw signinErrors.recovery_link_refused();
    if (opened.kind === 'other_browser') return sendPage(reply, renderEmailCodePage(view, opened));
    const page = renderConfirmPage(view, {
      csrfToken: csrfToken(keyring, { flow: flow ?? '' }),
      title: words.linkTitle,
      message: words.link,
      action: EMAIL_LINK_PATH,
      confirm: words.linkSubmit,
      cancelPath: FLOW_PATH,
    });
    return sendPage(reply, page);
  });

  app.post(EMAIL_LINK_PATH, byLink, async (request, reply) => {
    const [link, token] = [cookies.read('link', request.headers.cookie), cookies.read('flow', request.headers.cookie)];
    if (link === undefined || token === undefined) throw signinErrors.recovery_link_refused();
    if (!isFromOurPage(context, request) || !hasFormToken(context, request, { flow: token })) {
      throw signinErrors.form_refused();
    }
    const visitor = visitorOf(context, request);
    try {
      const outcome = await answerWithEmail(withMailer(context), { tenantId, token, visitor, answer: { link } });
      const { path, setCookies } = afterStep(context, outcome);
      return seeOther(reply, path, [...setCookies, cookies.clear('link')]);
    } catch (error) {
      if (error instanceof GatehouseError && LOOK_AGAIN.has(error.code)) return seeOther(reply, FLOW_PATH);
      shownOnForm(error, ['code_refused']);
      throw signinErrors.recovery_link_refused();
    }
  });
}
