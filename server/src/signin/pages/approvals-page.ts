import { type Asked, askedList, clientFacts } from './consent-parts.ts';
import { hiddenFields, notice, textField } from './form-parts.ts';
import { type Html, html } from './html.ts';
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

export interface Approvals {
  approvals: readonly ApprovalItem[];
  /** What applications must tell before they may ask. */
  code: { isSet: boolean; interaction: string };
}

/** What applications ask a person who is at another device (OpenID Connect CIBA §8). */
export function renderApprovalsPage(view: View, { approvals: items, code }: Approvals, now: number): Page {
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
<section>
<h2>${consent.willBeAble(item.client.displayName)}</h2>
${askedList(view, item)}
</section>
<div class="hint">${item.bindingMessage !== undefined && html`<p>${approvals.message}: <strong>${item.bindingMessage}</strong></p>`}${clientFacts(view, item)}<p>${approvals.asked}: ${view.locale.timeAgo(item.requestedAt, now)}</p></div>
<div class="actions"><button type="submit" class="quiet" name="decision" value="deny">${approvals.decline}</button><button type="submit" name="decision" value="allow">${approvals.approve}</button></div>
</form>`,
)}
${codeSection(view, code)}`,
  });
}

/** Whoever sets a code is asked by those alone whom they told it (`user_code`, CIBA §7.1). */
function codeSection({ locale }: View, { isSet, interaction }: Approvals['code']): Html {
  const { approvals } = locale.text;
  return html`<section class="stack" aria-labelledby="approval-code">
<div>
<h2 id="approval-code">${approvals.code}</h2>
<p class="hint">${isSet ? approvals.codeIsSet : approvals.codeIsNotSet}</p>
</div>
<form class="stack" method="post" action="/approvals">
${hiddenFields({ interaction })}
${textField({ name: 'approval_code', label: approvals.newCode, type: 'text', autocomplete: 'off' })}
<div class="actions"><button type="submit" class="quiet">${approvals.setCode}</button></div>
</form>
${
  isSet &&
  html`<form class="actions" method="post" action="/approvals">
${hiddenFields({ interaction, approval_code: '', decision: 'remove' })}
<button type="submit" class="quiet">${approvals.removeCode}</button>
</form>`
}
</section>`;
}
