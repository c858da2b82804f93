import { formPage } from '../recovery/form-page.ts';
import { codeField, postButton } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { type StepProblem, startOver } from './second-factor-page.ts';
import type { View } from './view.ts';

export interface EmailFactorPage {
  csrfToken: string;
  issuerHost: string;
  email: string;
  /** A mail is on its way. */
  sent: boolean;
  problem?: StepProblem | undefined;
}

export const SEND_EMAIL_PATH = '/sign-in/flow/email';
export const EMAIL_LINK_PATH = '/sign-in/email';

/** A code by mail: asked for with a press, so that opening the page sends nothing; then typed. */
export function renderEmailFactorPage(view: View, { email, sent, ...page }: EmailFactorPage): Page {
  const { emailFactor: words, flow } = view.locale.text;
  const { csrfToken, problem } = page;
  return formPage(view, {
    title: flow.confirmTitle,
    intro: sent ? words.sent(email) : words.intro(email),
    action: sent ? `${SEND_EMAIL_PATH}/code` : SEND_EMAIL_PATH,
    csrfToken,
    problem,
    fields: sent ? codeField({ name: 'code', label: words.code, digits: 6, autofocus: true }) : html``,
    submit: sent ? view.locale.text.frame.continue : words.send,
    below: html`${sent && postButton({ action: SEND_EMAIL_PATH, label: words.again, csrfToken, style: 'text wide' })}
${startOver(view, csrfToken)}`,
    foot: view.locale.text.signIn.at(page.issuerHost),
  });
}

/** The link was opened where nobody is signing in: on the telephone, say. */
export function renderEmailCodePage(view: View, { code }: { code: string }): Page {
  const words = view.locale.text.emailFactor;
  return cardPage(view, {
    title: words.codeTitle,
    content: html`<header>
<h1>${words.codeTitle}</h1>
<p>${words.codeNote}</p>
</header>
<p class="user-code"><code class="key">${code}</code></p>`,
  });
}
