import { type Asked, clientFacts, scopeItems } from './consent-parts.ts';
import { hiddenFields, notice } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { emptyState } from './page-parts.ts';
import type { View } from './view.ts';

export interface ApprovalItem extends Omit<Asked, 'person'> {
  request: string;
  interaction: string;
  bindingMessage: string | undefined;
  requestedAt: number;
}

/** What applications ask a person who is at another device (OpenID Connect CIBA §8). */
export function renderApprovalsPage(view: View, items: readonly ApprovalItem[], now: number): Page {
  const { approvals, consent } = view.locale.text;
  return cardPage(view, {
    title: approvals.title,
    content: html`<header>
<h1>${approvals.title}</h1>
</header>
${items.length === 0 ? emptyState(approvals.none) : notice(approvals.warning, 'warn')}
${items.map(
  (item) => html`<form class="stack" method="post" action="/approvals">
${hiddenFields({ request: item.request, interaction: item.interaction })}
<h2>${consent.willBeAble(item.client.displayName)}</h2>
<ul class="scopes">
${scopeItems(view.locale, item.scopes)}
</ul>
<div class="hint">${item.bindingMessage !== undefined && html`<p>${approvals.message}: <strong>${item.bindingMessage}</strong></p>`}${clientFacts(view, item)}<p>${approvals.asked}: ${view.locale.timeAgo(item.requestedAt, now)}</p></div>
<div class="actions"><button type="submit" class="quiet" name="decision" value="deny">${approvals.decline}</button><button type="submit" name="decision" value="allow">${approvals.approve}</button></div>
</form>`,
)}`,
  });
}
