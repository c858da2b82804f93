import { codeField, hiddenFields, notice } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { qrFigure } from './page-parts.ts';
import { type StepProblem, startOver } from './second-factor-page.ts';
import type { View } from './view.ts';

export interface TotpSetup {
  csrfToken: string;
  /** Where the form goes. */
  action: string;
  /** What the QR code says, and the secret in it, for typing. */
  uri: string;
  secret: string;
}

export interface EnrolTotpPage extends TotpSetup {
  issuerHost: string;
  problem?: StepProblem | undefined;
}

/** The policy asks for a second factor, and this person has none yet. */
export function renderEnrolTotpPage(view: View, page: EnrolTotpPage): Page {
  const { csrfToken, issuerHost, problem } = page;
  const { flow, signIn } = view.locale.text;
  return cardPage(view, {
    title: flow.enrolTitle,
    status: problem?.status ?? 200,
    foot: signIn.at(issuerHost),
    content: html`<header>
<h1>${flow.enrolTitle}</h1>
<p>${flow.enrolTotp}</p>
</header>
${problem !== undefined && notice(problem.message)}
${totpSetup(view, page)}
${startOver(view, csrfToken)}`,
  });
}

/** Code, secret and the field for the first code: the same in the flow and on the account's pages. */
export function totpSetup(view: View, { csrfToken, action, uri, secret }: TotpSetup): Html {
  const { flow } = view.locale.text;
  return html`${qrFigure(view, { text: uri, secret })}
<form class="stack" method="post" action="${action}" novalidate>
${hiddenFields({ csrf_token: csrfToken })}
${codeField({ name: 'code', label: flow.newCode, digits: 6, autofocus: true })}
<button type="submit">${flow.confirm}</button>
</form>`;
}
