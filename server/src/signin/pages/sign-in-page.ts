import { hiddenFields, notice, passwordField, textField } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { passkeyForm } from './passkey-form.ts';
import type { View } from './view.ts';

export interface SignInPage {
  csrfToken: string;
  returnTo: string;
  /** Shown under the card, so that a person can see whose page this is. */
  issuerHost: string;
  /** What was typed, kept when the attempt failed. */
  email?: string;
  /** Anybody may make an account. */
  register?: boolean;
  problem?: { kind: 'failed' | 'throttled' | 'busy' | 'stale_form'; message: string };
}

/** Not 401: that would have to name an HTTP authentication scheme (RFC 9110 §15.5.2), and there is none for a form. */
const STATUS = { failed: 422, throttled: 429, busy: 503, stale_form: 403 } as const;

export function renderSignInPage(view: View, page: SignInPage): Page {
  const { csrfToken, returnTo, issuerHost, email, register = false, problem } = page;
  const { signIn, passkeys } = view.locale.text;
  const again = email !== undefined && email !== '';
  return cardPage(view, {
    title: signIn.title,
    status: problem === undefined ? 200 : STATUS[problem.kind],
    foot: signIn.at(issuerHost),
    passkeys: true,
    content: html`<header>
<h1>${signIn.title}</h1>
<p>${register ? signIn.welcomeAnybody : signIn.welcome}</p>
</header>
<form class="stack" method="post" action="/sign-in" novalidate>
${problem !== undefined && notice(problem.message, problem.kind === 'failed' ? 'danger' : 'warn')}
${hiddenFields({ csrf_token: csrfToken, return_to: returnTo })}
${textField({
  name: 'email',
  label: signIn.email,
  type: 'email',
  autocomplete: 'username webauthn',
  value: email ?? '',
  autofocus: !again,
})}
${passwordField(view, {
  name: 'password',
  label: signIn.password,
  autocomplete: 'current-password',
  autofocus: again,
})}
<button type="submit">${signIn.submit}</button>
</form>
${passkeyForm(view, {
  csrfToken,
  ceremony: 'get',
  action: '/sign-in/passkey',
  options: '/sign-in/passkey/options',
  label: passkeys.signIn,
  fields: { return_to: returnTo },
  autofill: true,
  divider: 'above',
})}
<p class="elsewhere"><a href="/recover">${view.locale.text.recovery.title}</a></p>
${register && html`<p class="elsewhere"><a href="/register">${view.locale.text.registration.title}</a></p>`}`,
  });
}
