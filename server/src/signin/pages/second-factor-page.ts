import { checkbox, codeField, hiddenFields, notice, postButton } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { passkeyForm } from './passkey-form.ts';
import type { View } from './view.ts';

export interface StepProblem {
  status: number;
  message: string;
}

export interface SecondFactorPage {
  csrfToken: string;
  issuerHost: string;
  email: string;
  /** What this person may answer with. */
  totp: boolean;
  recoveryCode: boolean;
  passkey: boolean;
  /** Days; 0: devices are not remembered. */
  rememberDays: number;
  problem?: StepProblem | undefined;
}

export function renderSecondFactorPage(view: View, page: SecondFactorPage): Page {
  const { csrfToken, issuerHost, email, totp, recoveryCode, passkey, rememberDays, problem } = page;
  const { flow, passkeys, signIn } = view.locale.text;
  return cardPage(view, {
    title: flow.confirmTitle,
    status: problem?.status ?? 200,
    foot: signIn.at(issuerHost),
    passkeys: passkey,
    content: html`<header>
<h1>${flow.confirmTitle}</h1>
<p>${flow.signingInAs(email)}</p>
</header>
${problem !== undefined && notice(problem.message)}
${
  passkey &&
  passkeyForm(view, {
    csrfToken,
    ceremony: 'get',
    action: '/sign-in/flow/passkey',
    options: '/sign-in/flow/passkey/options',
    label: passkeys.confirm,
    divider: totp || recoveryCode ? 'below' : undefined,
    rememberDays: totp || recoveryCode ? 0 : rememberDays,
  })
}
${(totp || recoveryCode) && codeForm(view, page)}
${startOver(view, csrfToken)}`,
  });
}

function codeForm({ locale }: View, { csrfToken, totp, recoveryCode, rememberDays }: SecondFactorPage): Html {
  const { flow, frame } = locale.text;
  return html`<form class="stack" method="post" action="/sign-in/flow/code" novalidate>
${hiddenFields({ csrf_token: csrfToken })}
${codeField({
  name: 'code',
  label: totp ? flow.appCode : flow.recoveryCode,
  digits: totp && !recoveryCode ? 6 : undefined,
  autofocus: true,
  hint: totp && recoveryCode ? flow.lostDevice : undefined,
})}
${rememberDays > 0 && checkbox({ name: 'remember', label: flow.rememberDevice(rememberDays) })}
<button type="submit">${frame.continue}</button>
</form>`;
}

/** The way out: it ends the flow here, so that nobody goes on with it. */
export function startOver({ locale }: View, csrfToken: string): Html {
  const label = locale.text.flow.startOver;
  return postButton({ action: '/sign-in/flow/cancel', label, csrfToken, style: 'text wide' });
}
