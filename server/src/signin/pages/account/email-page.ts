import { codeField, errorSummary, hiddenFields, textField } from '../form-parts.ts';
import { html } from '../html.ts';
import type { Page } from '../page-headers.ts';
import type { View } from '../view.ts';
import { type AccountFacts, accountPage, panel } from './account-frame.ts';

export const EMAIL_CHANGE_PATH = '/account/email';

export interface EmailChangePage {
  /** A mail was asked for: its code is waited for. Whether one comes, only the reader of the new address learns. */
  challengeId?: string;
  email?: string;
  errors?: Readonly<Partial<Record<'email' | 'code', string>>>;
}

export function renderEmailChangePage(view: View, facts: AccountFacts, page: EmailChangePage): Page {
  const words = view.locale.text.emailChange;
  const { challengeId, email = '', errors = {} } = page;
  const asked = challengeId !== undefined;
  return accountPage(view, facts, {
    section: 'profile',
    title: words.title,
    intro: asked ? words.codeNote : words.note,
    ...(Object.keys(errors).length > 0 ? { status: 422 } : {}),
    content: panel({
      id: 'email-panel',
      label: words.title,
      body: html`<form class="stack inset" method="post" action="${asked ? `${EMAIL_CHANGE_PATH}/code` : EMAIL_CHANGE_PATH}" novalidate>
${errorSummary(view, errors)}
${hiddenFields({ csrf_token: facts.csrfToken, ...(asked ? { challenge: challengeId } : {}) })}
${
  asked
    ? codeField({ name: 'code', label: words.code, digits: 6, error: errors.code, autofocus: true })
    : textField({
        name: 'email',
        label: words.email,
        type: 'email',
        autocomplete: 'email',
        value: email,
        error: errors.email,
        autofocus: true,
      })
}
<div class="end"><button type="submit">${asked ? words.confirm : words.send}</button></div>
</form>`,
    }),
  });
}
