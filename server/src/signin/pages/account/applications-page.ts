import { type Html, html } from '../html.ts';
import { initials } from '../initials.ts';
import type { Page } from '../page-headers.ts';
import { emptyState } from '../page-parts.ts';
import type { View } from '../view.ts';
import { type AccountFacts, accountPage, panel } from './account-frame.ts';

export interface AccountApplication {
  id: string;
  displayName: string;
  scopes: readonly string[];
  since: number;
}

/** Applications that may act for a person. */
export function renderApplicationsPage(
  view: View,
  facts: AccountFacts,
  applications: readonly AccountApplication[],
): Page {
  const { account } = view.locale.text;
  return accountPage(view, facts, {
    section: 'applications',
    title: account.menu.applications,
    intro: account.applicationsNote,
    content: panel({
      id: 'applications',
      label: account.menu.applications,
      body:
        applications.length === 0
          ? emptyState(account.noApplications)
          : html`<ul class="rows">${applications.map((each) => row(view, facts, each))}</ul>`,
    }),
  });
}

/** What the scopes of OpenID Connect and OAuth itself allow: told in words, not as a list. */
const IDENTITY = ['openid', 'profile', 'email', 'offline_access', 'address', 'phone', 'roles'];

function row({ locale }: View, { now }: AccountFacts, { id, displayName, scopes, since }: AccountApplication): Html {
  const { account } = locale.text;
  const others = scopes.filter((scope) => !IDENTITY.includes(scope));
  const knows = others.length < scopes.length;
  return html`<li><div class="with-icon"><span class="avatar square" aria-hidden="true">${initials(displayName, displayName)}</span><div><strong>${displayName}</strong><p class="muted small">${[knows ? [account.signsYouIn] : [], others.length > 0 ? [account.canDo(locale.list(others))] : []].flat().join(' · ')}</p><p class="muted small">${account.since(locale.timeAgo(since, now))}</p></div></div><a class="button quiet slim" href="/account/applications/${id}/remove">${account.revokeApplication}<span class="visually-hidden">: ${displayName}</span></a></li>`;
}
