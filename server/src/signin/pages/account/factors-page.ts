import type { PersonFactors } from '../../factors/list-factors.ts';
import { hiddenFields, postButton, textField } from '../form-parts.ts';
import { html } from '../html.ts';
import type { Page } from '../page-headers.ts';
import { emptyState } from '../page-parts.ts';
import { passkeyForm } from '../passkey-form.ts';
import type { View } from '../view.ts';
import { type AccountFacts, accountPage, panel } from './account-frame.ts';

export interface FactorsPage extends PersonFactors {
  /** Whether they are signed in elsewhere, too. */
  hasOtherSessions: boolean;
  /** What the policy lets them set up. */
  allowed: { totp: boolean; passkey: boolean; recoveryCode: boolean };
}

/** What somebody proves themselves with besides a password, and how to change that. */
export function renderFactorsPage(view: View, facts: AccountFacts, page: FactorsPage): Page {
  const { account, factors } = view.locale.text;
  return accountPage(view, facts, {
    section: 'factors',
    title: account.menu.factors,
    intro: factors.intro,
    passkeys: page.allowed.passkey,
    content: html`${othersPanel(view, facts, page)}${passkeysPanel(view, facts, page)}${totpPanel(view, facts, page)}${codesPanel(view, facts, page)}`,
  });
}

const FACTOR_CHANGES = new Set(['factor_added', 'factor_removed', 'codes_replaced']);

/** Offered after each change of factors (ASVS 7.4.3): somebody else may have got in by what was there before. */
function othersPanel(view: View, { csrfToken, told }: AccountFacts, { hasOtherSessions }: FactorsPage) {
  const { account } = view.locale.text;
  if (!hasOtherSessions || told?.code === undefined || !FACTOR_CHANGES.has(told.code)) return undefined;
  return panel({
    id: 'others',
    title: account.alsoEndOthers,
    note: account.othersMayStay,
    action: postButton({ action: '/account/sessions/end-others', label: account.endOthers, csrfToken }),
    body: html``,
  });
}

function passkeysPanel(view: View, { csrfToken, now }: AccountFacts, { passkeys, allowed }: FactorsPage) {
  const { factors, frame } = view.locale.text;
  const rows = passkeys.map((passkey) => {
    const used =
      passkey.lastUsedAt === null ? factors.neverUsed : factors.lastUsed(view.locale.timeAgo(passkey.lastUsedAt, now));
    const path = `/account/factors/passkeys/${passkey.id}`;
    return html`<li><div><strong>${passkey.name}</strong><p class="muted small">${passkey.authenticator} · ${used}</p>
<details><summary>${factors.rename}</summary><form class="stack" method="post" action="${path}/rename" novalidate>${hiddenFields({ csrf_token: csrfToken })}${textField({ name: `name-${passkey.id}`, label: factors.name, type: 'text', autocomplete: 'off', value: passkey.name })}<button type="submit" class="quiet slim">${frame.save}</button></form></details></div>${postButton(
      {
        action: `${path}/remove`,
        label: html`${factors.remove}<span class="visually-hidden"> ${passkey.name}</span>`,
        csrfToken,
      },
    )}</li>`;
  });
  return panel({
    id: 'passkeys',
    title: factors.passkeys,
    note: factors.passkeysNote,
    body: html`${rows.length === 0 ? emptyState(factors.noPasskeys) : html`<ul class="rows">${rows}</ul>`}${
      allowed.passkey &&
      html`<div class="inset">${passkeyForm(view, {
        csrfToken,
        ceremony: 'create',
        action: '/account/factors/passkeys',
        options: '/account/factors/passkeys/options',
        label: factors.addPasskey,
        style: 'slim',
      })}<noscript><p class="hint">${factors.needsScript}</p></noscript></div>`
    }`,
  });
}

function totpPanel(view: View, { csrfToken, now }: AccountFacts, { totpSince, allowed }: FactorsPage) {
  const { factors } = view.locale.text;
  const action =
    totpSince === undefined
      ? undefined
      : postButton({ action: '/account/factors/totp/remove', label: factors.remove, csrfToken });
  return panel({
    id: 'totp',
    title: factors.totp,
    note: totpSince === undefined ? factors.totpNote : factors.since(view.locale.timeAgo(totpSince, now)),
    action,
    body: html`${
      allowed.totp &&
      html`<div class="inset"><a class="button quiet slim" href="/account/factors/totp">${totpSince === undefined ? factors.addTotp : factors.replaceTotp}</a></div>`
    }`,
  });
}

function codesPanel(view: View, { csrfToken }: AccountFacts, { recoveryCodes, allowed }: FactorsPage) {
  const { factors } = view.locale.text;
  return panel({
    id: 'recovery-codes',
    title: factors.recoveryCodes,
    note: factors.codesLeft(recoveryCodes),
    body: html`${
      allowed.recoveryCode &&
      html`<div class="inset">${postButton({ action: '/account/factors/recovery-codes', label: factors.newCodes, csrfToken })}</div>`
    }`,
  });
}
