import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import { codesList } from './page-parts.ts';
import type { View } from './view.ts';

/** Shown this once, so the page is the only place they ever stand. */
export function renderRecoveryCodesPage(view: View, { codes, next }: { codes: readonly string[]; next: string }): Page {
  const { flow } = view.locale.text;
  return cardPage(view, {
    title: flow.recoveryCodesTitle,
    content: html`<header>
<h1>${flow.recoveryCodesTitle}</h1>
<p>${flow.recoveryCodes}</p>
</header>
${codesList(view, { codes, fileName: 'recovery-codes.txt' })}
<a class="button wide" href="${next}">${flow.haveKeptThem}</a>`,
  });
}
