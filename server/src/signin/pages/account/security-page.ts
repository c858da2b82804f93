import { accountName, checkbox, errorSummary, hiddenFields, passwordField } from '../form-parts.ts';
import { html } from '../html.ts';
import type { Page } from '../page-headers.ts';
import type { View } from '../view.ts';
import { type AccountFacts, accountPage, panel } from './account-frame.ts';

export interface SecurityPage {
  /** Somebody who signs in without a password has none to change. */
  hasPassword: boolean;
  errors?: Readonly<Partial<Record<'current_password' | 'password' | 'password_again', string>>>;
}

/** How somebody proves who they are, and how to change that. */
export function renderSecurityPage(view: View, facts: AccountFacts, { hasPassword, errors = {} }: SecurityPage): Page {
  const { account, setup } = view.locale.text;
  const refused = Object.keys(errors).length > 0;
  return accountPage(view, facts, {
    section: 'security',
    title: account.menu.security,
    intro: account.securityNote,
    ...(refused ? { status: 422 } : {}),
    content: panel({
      id: 'password-panel',
      title: account.password,
      note: hasPassword ? account.passwordNote : account.noPassword,
      body: html`<form class="stack inset" method="post" action="/account/security/password" novalidate>
${errorSummary(view, errors)}
${hiddenFields({ csrf_token: facts.csrfToken })}
${accountName(facts.user.email)}
${hasPassword && passwordField(view, { name: 'current_password', label: account.currentPassword, autocomplete: 'current-password', error: errors.current_password, autofocus: errors.current_password !== undefined })}
${passwordField(view, { name: 'password', label: account.newPassword, autocomplete: 'new-password', meter: true, error: errors.password })}
${passwordField(view, { name: 'password_again', label: setup.passwordAgain, autocomplete: 'new-password', error: errors.password_again })}
${checkbox({ name: 'end_others', label: account.alsoEndOthers, checked: true })}
<div class="end"><button type="submit">${hasPassword ? account.changePassword : account.setPassword}</button></div>
</form>`,
    }),
  });
}
