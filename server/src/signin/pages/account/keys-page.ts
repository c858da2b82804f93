import { checkbox, errorSummary, hiddenFields, selectField, textField } from '../form-parts.ts';
import { type Html, html } from '../html.ts';
import { cardPage } from '../layout.ts';
import type { Page } from '../page-headers.ts';
import { emptyState, timeInUtc } from '../page-parts.ts';
import type { View } from '../view.ts';
import { ACCOUNT_PATHS, type AccountFacts, accountPage, panel } from './account-frame.ts';

export interface AccountKey {
  id: string;
  name: string;
  /** The beginning and the end of the key, to tell keys apart. */
  display: string;
  scopes: readonly string[];
  roles: readonly string[];
  createdAt: number;
  expiresAt?: number | undefined;
  lastUse?: { at: number; address: string } | undefined;
  /** Another one has taken its place; it works until it ends. */
  replaced: boolean;
  /** It is refused until an administrator decides. */
  setAside: boolean;
}

export interface NewKeyForm {
  name: string;
  scopes: string;
  roles: readonly string[];
  days: string;
  errors: Readonly<Partial<Record<'name' | 'scopes', string>>>;
}

/** Lifetimes to choose from, in days; an empty one never ends. */
export const KEY_DAYS = ['30', '90', '365', ''] as const;
const DAYS_DEFAULT = '90';

/** Keys that act for their person. */
export function renderKeysPage(view: View, facts: AccountFacts, keys: readonly AccountKey[], form?: NewKeyForm): Page {
  const { account } = view.locale.text;
  return accountPage(view, facts, {
    section: 'keys',
    title: account.menu.keys,
    intro: account.keysNote,
    ...(form === undefined ? {} : { status: 422 }),
    content: html`${panel({
      id: 'my-keys',
      label: account.menu.keys,
      body:
        keys.length === 0
          ? emptyState(account.noKeys)
          : html`<ul class="rows">${keys.map((key) => keyRow(view, facts, key))}</ul>`,
    })}
${panel({ id: 'new-key', title: account.newKey, body: newKey(view, facts, form) })}`,
  });
}

function keyRow({ locale }: View, { now }: AccountFacts, key: AccountKey): Html {
  const { account } = locale.text;
  const ends =
    key.expiresAt === undefined
      ? account.endsNever
      : key.expiresAt <= now
        ? account.ended
        : account.ends(locale.day(key.expiresAt));
  const used =
    key.lastUse === undefined
      ? account.keyNeverUsed
      : account.keyUsed(locale.timeAgo(key.lastUse.at, now), key.lastUse.address);
  const rights = [...key.roles, ...key.scopes];
  const state = key.setAside ? account.keySetAside : key.replaced ? account.keyReplaced : undefined;
  const works = state === undefined && (key.expiresAt === undefined || key.expiresAt > now);
  return html`<li><div><span class="title"><strong>${key.name}</strong><code>${key.display}</code>${state !== undefined && html`<span class="tag">${state}</span>`}</span>${rights.length > 0 && html`<p class="tags">${rights.map((right) => html`<span class="tag">${right}</span>`)}</p>`}<p class="muted small">${account.created(locale.timeAgo(key.createdAt, now))} · ${used} · ${ends}</p></div><div class="tools">${works && keyLink(key, 'replace', [account.replaceKey, account.replaceKeyOf(key.name)])}${keyLink(key, 'end', [account.revokeKey, account.revokeKeyOf(key.name)])}</div></li>`;
}

const keyLink = ({ id }: AccountKey, what: 'replace' | 'end', [label, of]: readonly [string, string]): Html =>
  html`<a class="button quiet slim" href="/account/keys/${id}/${what}">${label}<span class="visually-hidden">${of}</span></a>`;

function newKey(view: View, { csrfToken, user }: AccountFacts, form?: NewKeyForm): Html {
  const { account } = view.locale.text;
  return html`<form class="stack inset" method="post" action="/account/keys" novalidate>
${errorSummary(view, form?.errors ?? {})}
${hiddenFields({ csrf_token: csrfToken })}
${textField({ name: 'name', label: account.keyName, type: 'text', autocomplete: 'off', value: form?.name ?? '', hint: account.keyNameHint, error: form?.errors.name })}
${textField({ name: 'scopes', label: account.keyScopes, type: 'text', autocomplete: 'off', value: form?.scopes ?? '', hint: account.keyScopesHint, error: form?.errors.scopes, optional: view.locale.text.frame.optional })}
${user.roles.length > 0 && html`<fieldset><legend>${account.keyRoles}</legend>${user.roles.map((role) => checkbox({ name: 'roles', value: role, label: role, checked: form?.roles.includes(role) === true }))}</fieldset>`}
${selectField({
  name: 'days',
  label: account.keyExpires,
  value: form?.days ?? DAYS_DEFAULT,
  options: KEY_DAYS.map((days) => ({ value: days, label: days === '' ? account.never : account.days(Number(days)) })),
})}
<div class="end"><button type="submit">${account.issueKey}</button></div>
</form>`;
}

/** The only page that ever shows a key. `oldEndsAt`: it takes the place of another, which works until then. */
export function renderIssuedKeyPage(
  view: View,
  { name, key, oldEndsAt }: { name: string; key: string; oldEndsAt?: number },
): Page {
  const { account, frame, keyPickUp } = view.locale.text;
  return cardPage(view, {
    title: account.keyIssued,
    wide: true,
    content: html`<header>
<h1>${account.keyIssued}</h1>
<p>${account.keyIssuedNote}</p>
${oldEndsAt !== undefined && html`<p>${keyPickUp.old(timeInUtc(oldEndsAt))}</p>`}
</header>
<div class="stack">
<div class="field"><label for="key">${account.theKey(name)}</label><input class="secret" id="key" type="text" value="${key}" readonly autocomplete="off" spellcheck="false"></div>
<div class="tools"><button type="button" class="quiet slim" data-copy="key" data-done="${frame.copied}" hidden>${frame.copy}</button></div>
<a class="button wide" href="${ACCOUNT_PATHS.keys}">${account.done}</a>
</div>`,
  });
}
