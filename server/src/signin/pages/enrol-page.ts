import { codeField, hiddenFields, notice } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { qrFigure } from './page-parts.ts';
import { passkeyForm } from './passkey-form.ts';
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

export interface EnrolPage extends TotpSetup {
  issuerHost: string;
  /** What the policy leaves to choose from. */
  totp: boolean;
  passkey: boolean;
  problem?: StepProblem | undefined;
}

/** The policy asks for a second factor, and this person has none yet. */
export function renderEnrolPage(view: View, page: EnrolPage): Page {
  const { csrfToken, issuerHost, totp, passkey, problem } = page;
  const { flow, passkeys, signIn } = view.locale.text;
  return cardPage(view, {
    title: flow.enrolTitle,
    status: problem?.status ?? 200,
    foot: signIn.at(issuerHost),
    passkeys: passkey,
    content: html`<header>
<h1>${flow.enrolTitle}</h1>
<p>${flow.enrolWhy}</p>
</header>
${problem !== undefined && notice(problem.message)}
${
  passkey &&
  passkeyForm(view, {
    csrfToken,
    ceremony: 'create',
    action: '/sign-in/flow/enrol-passkey',
    options: '/sign-in/flow/enrol-passkey/options',
    label: passkeys.create,
    divider: totp ? 'below' : undefined,
  })
}
${totp && html`<p>${flow.enrolTotp}</p>`}
${totp && totpSetup(view, page)}
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
