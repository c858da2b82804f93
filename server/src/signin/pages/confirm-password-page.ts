import { accountName, hiddenFields, notice, passwordField } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { type StepProblem, startOver } from './second-factor-page.ts';
import type { View } from './view.ts';

export interface ConfirmPasswordPage {
  csrfToken: string;
  issuerHost: string;
  email: string;
  problem?: StepProblem | undefined;
}

/** Somebody who is known is asked for the first factor again. */
export function renderConfirmPasswordPage(view: View, page: ConfirmPasswordPage): Page {
  const { csrfToken, issuerHost, email, problem } = page;
  const { flow, frame, signIn } = view.locale.text;
  return cardPage(view, {
    title: flow.confirmTitle,
    status: problem?.status ?? 200,
    foot: signIn.at(issuerHost),
    content: html`<header>
<h1>${flow.confirmTitle}</h1>
<p>${flow.passwordAgain}</p>
</header>
<form class="stack" method="post" action="/sign-in/flow/password" novalidate>
${problem !== undefined && notice(problem.message)}
${hiddenFields({ csrf_token: csrfToken })}
${accountName(email)}
${passwordField(view, {
  name: 'password',
  label: flow.passwordOf(email),
  autocomplete: 'current-password',
  autofocus: true,
})}
<button type="submit">${frame.continue}</button>
</form>
${startOver(view, csrfToken)}`,
  });
}
