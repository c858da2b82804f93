import { postButton } from '../form-parts.ts';
import { type Html, html } from '../html.ts';
import { initials } from '../initials.ts';
import type { Page } from '../page-headers.ts';
import { emptyState } from '../page-parts.ts';
import type { View } from '../view.ts';
import { type AccountFacts, accountPage, panel } from './account-frame.ts';

export interface AccountOrganization {
  id: string;
  displayName: string;
  roles: readonly string[];
  active: boolean;
  /** It manages the account, so it can't be left. */
  manages: boolean;
}

/** Where somebody belongs, and for which of them they act. */
export function renderOrganizationsPage(
  view: View,
  facts: AccountFacts,
  organizations: readonly AccountOrganization[],
): Page {
  const { ownData } = view.locale.text;
  const rows = organizations.map((each) => row(view, facts, each));
  return accountPage(view, facts, {
    section: 'organizations',
    title: ownData.organizationsTitle,
    intro: ownData.organizationsNote,
    content: panel({
      id: 'my-organizations',
      label: ownData.organizationsTitle,
      body:
        rows.length === 0
          ? emptyState(ownData.noOrganizations)
          : html`<ul class="rows">${rows}${noneRow(view, facts, organizations)}</ul>`,
    }),
  });
}

function row({ locale }: View, { csrfToken }: AccountFacts, organization: AccountOrganization): Html {
  const { ownData } = locale.text;
  const { id, displayName, roles, active, manages } = organization;
  const label = html`${ownData.activate}<span class="visually-hidden">${ownData.activateOf(displayName)}</span>`;
  return html`<li><div class="with-icon"><span class="avatar square" aria-hidden="true">${initials(displayName, displayName)}</span><div><span class="title"><strong>${displayName}</strong>${active && html`<span class="tag">${ownData.active}</span>`}</span>${roles.length > 0 && html`<p class="muted small">${locale.list(roles)}</p>`}</div></div><div class="tools">${!active && postButton({ action: `/account/organizations/${id}/activate`, label, csrfToken })}${!manages && html`<a class="button quiet slim" href="/account/organizations/${id}/leave">${ownData.leave}<span class="visually-hidden">${ownData.leaveOf(displayName)}</span></a>`}</div></li>`;
}

/** To act for oneself again: of no use to somebody whose account belongs to an organization. */
function noneRow(
  { locale }: View,
  { csrfToken }: AccountFacts,
  organizations: readonly AccountOrganization[],
): Html | undefined {
  if (organizations.some(({ manages }) => manages)) return undefined;
  const { ownData } = locale.text;
  const active = !organizations.some((each) => each.active);
  const button = { action: '/account/organizations/none', label: ownData.activate, csrfToken };
  return html`<li><div><span class="title"><strong>${ownData.inTenant}</strong>${active && html`<span class="tag">${ownData.active}</span>`}</span><p class="muted small">${ownData.inTenantNote}</p></div>${!active && postButton(button)}</li>`;
}
