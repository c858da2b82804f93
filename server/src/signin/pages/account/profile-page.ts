import { errorSummary, hiddenFields, selectField, textField } from '../form-parts.ts';
import { type Html, html } from '../html.ts';
import { initials } from '../initials.ts';
import { LOCALES } from '../messages/locale.ts';
import type { Page } from '../page-headers.ts';
import type { View } from '../view.ts';
import { ACCOUNT_PATHS, type AccountFacts, accountPage, panel } from './account-frame.ts';
import { EMAIL_CHANGE_PATH } from './email-page.ts';

/** An attribute that the tenant's schema lets people change themselves. */
export interface EditableAttribute {
  name: string;
  /** What the schema says of it, for people. */
  label: string;
  kind: 'text' | 'list' | 'boolean' | 'choice';
  choices?: readonly string[];
  value: string;
}

export interface ProfilePage {
  emailVerified: boolean;
  /** Who manages the account, when an organization does. */
  managedBy?: string | undefined;
  attributes: readonly EditableAttribute[];
  /** What was typed, and what is wrong with it, by field. */
  refused?: { name: string; errors: Readonly<Record<string, string>> } | undefined;
}

/** Who somebody is here, and what of it they may change. */
export function renderProfilePage(view: View, facts: AccountFacts, profile: ProfilePage): Page {
  const { account, ownData } = view.locale.text;
  const { user } = facts;
  const { emailVerified, managedBy, refused } = profile;
  return accountPage(view, facts, {
    section: 'profile',
    title: account.title,
    ...(refused === undefined ? {} : { status: 422 }),
    content: html`<div class="person"><span class="avatar large" aria-hidden="true">${initials(user.name, user.email)}</span><div><p class="person-name">${user.name}</p><p class="muted">${user.email}</p></div></div>
${panel({
  id: 'facts',
  title: account.profile,
  note: managedBy === undefined ? undefined : ownData.managedBy(managedBy),
  body: html`<dl class="rows facts">
<div><dt>${ownData.email}</dt><dd>${user.email} <span class="${emailVerified ? 'tag' : 'tag plain'}">${emailVerified ? ownData.confirmed : ownData.notConfirmed}</span> <a href="${EMAIL_CHANGE_PATH}">${view.locale.text.emailChange.change}</a></dd></div>
<div><dt>${account.roles}</dt><dd>${user.roles.length === 0 ? html`<span class="muted">${account.none}</span>` : html`<span class="tags">${user.roles.map((role) => html`<span class="tag">${role}</span>`)}</span>`}</dd></div>
<div><dt>${account.userId}</dt><dd><code>${user.id}</code></dd></div>
</dl>`,
})}
${panel({ id: 'about', title: ownData.more, body: aboutForm(view, facts, profile) })}
${panel({ id: 'language-panel', title: ownData.language, note: ownData.languageNote, body: languageForm(view) })}`,
  });
}

function aboutForm(view: View, { csrfToken, user }: AccountFacts, { attributes, refused }: ProfilePage): Html {
  const { ownData } = view.locale.text;
  const errors = refused?.errors ?? {};
  return html`<form class="stack inset" method="post" action="/account/profile" novalidate>
${errorSummary(view, errors)}
${hiddenFields({ csrf_token: csrfToken })}
${textField({ name: 'name', label: ownData.name, type: 'text', autocomplete: 'name', value: refused?.name ?? user.name, error: errors.name })}
${attributes.map((attribute) => attributeField(view, attribute, errors[`attribute.${attribute.name}`]))}
<div class="end"><button type="submit">${ownData.save}</button></div>
</form>`;
}

function attributeField({ locale }: View, attribute: EditableAttribute, error: string | undefined): Html {
  const { ownData, frame } = locale.text;
  const { label, kind, value, choices = [] } = attribute;
  const field = { name: `attribute.${attribute.name}`, label, value, error, optional: frame.optional };
  const none = { value: '', label: ownData.notSaid };
  if (kind === 'boolean') {
    const options = [none, { value: 'true', label: ownData.yes }, { value: 'false', label: ownData.no }];
    return selectField({ ...field, options });
  }
  if (kind === 'choice') {
    return selectField({ ...field, options: [none, ...choices.map((each) => ({ value: each, label: each }))] });
  }
  const hint = kind === 'list' ? ownData.listHint : undefined;
  return textField({ ...field, type: 'text', autocomplete: 'off', hint });
}

function languageForm({ locale, formToken }: View): Html {
  const { ownData } = locale.text;
  return html`<form class="stack inset" method="post" action="/language">${hiddenFields({ page: ACCOUNT_PATHS.profile, ...formToken })}${selectField(
    {
      name: 'language',
      label: ownData.language,
      value: locale.tag,
      options: LOCALES.map(({ tag, ownName }) => ({ value: tag, label: ownName })),
    },
  )}<div class="end"><button type="submit" class="quiet">${ownData.choose}</button></div></form>`;
}
