import { postButton, textField } from '../form-parts.ts';
import { html } from '../html.ts';
import { cardPage } from '../layout.ts';
import type { Page } from '../page-headers.ts';
import { renderConfirmPage } from '../page-parts.ts';
import type { View } from '../view.ts';
import { ACCOUNT_PATHS, type AccountFacts, accountPage, panel } from './account-frame.ts';

/** What is known of somebody, to take along, and the end of it. */
export function renderDataPage(view: View, facts: AccountFacts): Page {
  const { ownData } = view.locale.text;
  const { csrfToken } = facts;
  return accountPage(view, facts, {
    section: 'data',
    title: ownData.dataTitle,
    content: html`${panel({
      id: 'download',
      title: ownData.download,
      note: ownData.downloadNote,
      action: postButton({ action: '/account/data/download', label: ownData.downloadNow, csrfToken, style: 'slim' }),
      body: html``,
    })}
${panel({
  id: 'delete',
  title: ownData.delete,
  note: ownData.deleteNote,
  action: html`<a class="button quiet slim danger-text" href="/account/data/delete">${ownData.deleteGoOn}</a>`,
  body: html``,
})}`,
  });
}

export function renderDeleteAccountPage(
  view: View,
  { csrfToken, user }: AccountFacts,
  refused?: { typed: string },
): Page {
  const { ownData } = view.locale.text;
  return renderConfirmPage(view, {
    csrfToken,
    title: ownData.deleteTitle,
    message: ownData.deleteAsk,
    action: '/account/data/delete',
    confirm: ownData.deleteNow,
    cancelPath: ACCOUNT_PATHS.data,
    danger: true,
    ...(refused === undefined ? {} : { status: 422 }),
    extra: textField({
      name: 'typed',
      label: ownData.deleteType(user.email),
      type: 'email',
      autocomplete: 'off',
      value: refused?.typed ?? '',
      error: refused === undefined ? undefined : ownData.deleteMistyped,
      autofocus: true,
    }),
  });
}

export function renderAccountDeletedPage(view: View): Page {
  const { ownData } = view.locale.text;
  return cardPage(view, {
    title: ownData.deletedTitle,
    content: html`<header>
<h1>${ownData.deleted}</h1>
<p>${ownData.deletedText}</p>
</header>`,
  });
}
