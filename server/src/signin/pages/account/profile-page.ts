import { html } from '../html.ts';
import { initials } from '../initials.ts';
import type { Page } from '../page-headers.ts';
import type { View } from '../view.ts';
import { type AccountFacts, accountPage, panel } from './account-frame.ts';

/** Who somebody is here. */
export function renderProfilePage(view: View, facts: AccountFacts): Page {
  const { account } = view.locale.text;
  const { user } = facts;
  return accountPage(view, facts, {
    section: 'profile',
    title: account.title,
    content: html`<div class="person"><span class="avatar large" aria-hidden="true">${initials(user.name, user.email)}</span><div><p class="person-name">${user.name}</p><p class="muted">${user.email}</p></div></div>
${panel({
  id: 'facts',
  title: account.profile,
  body: html`<dl class="rows facts">
<div><dt>${account.roles}</dt><dd>${user.roles.length === 0 ? html`<span class="muted">${account.none}</span>` : html`<span class="tags">${user.roles.map((role) => html`<span class="tag">${role}</span>`)}</span>`}</dd></div>
<div><dt>${account.userId}</dt><dd><code>${user.id}</code></dd></div>
</dl>`,
})}`,
  });
}
