import { encode } from 'uqr';
import { hiddenFields, notice } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

/** Where somebody is in a row of pages. */
export function stepsIndicator({ locale }: View, { current, total }: { current: number; total: number }): Html {
  const dots = Array.from({ length: total }, (_, index) => html`<i${index < current && html` class="done"`}></i>`);
  return html`<p class="steps"><span class="dots" aria-hidden="true">${dots}</span><span>${locale.text.frame.step(current, total)}</span></p>`;
}

/** A QR code as one path: no image to load, sharp at any size, and dark on light in every colour scheme. */
export function qrFigure({ locale }: View, { text, secret }: { text: string; secret: string }): Html {
  const words = locale.text.frame;
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return html`<figure class="qr"><svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${words.qrAlternative}"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}" fill="#000" shape-rendering="crispEdges"/></svg><figcaption><span>${words.cannotScan}</span><code class="key">${inGroups(secret)}</code></figcaption></figure>`;
}

/** In fours, as people read and type it. */
const inGroups = (secret: string) => secret.replaceAll(/(.{4})(?=.)/g, '$1 ');

/** One-time codes to keep: to copy and print with a script, to download and write down without. */
export function codesList({ locale }: View, { codes, fileName }: { codes: readonly string[]; fileName: string }): Html {
  const words = locale.text.frame;
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${codes.join('\n')}\n`)}`;
  return html`<ol class="codes" id="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
<div class="tools"><a class="button quiet slim" href="${file}" download="${fileName}">${words.download}</a><button type="button" class="quiet slim" data-copy="codes" data-done="${words.copied}" hidden>${words.copy}</button><button type="button" class="quiet slim" data-print hidden>${words.print}</button></div>`;
}

export interface Confirmation {
  csrfToken: string;
  title: string;
  message: string | Html;
  action: string;
  fields?: Readonly<Record<string, string>>;
  confirm: string;
  /** A path of ours. */
  cancelPath: string;
  /** Cannot be taken back: the button says so by its colour. */
  danger?: boolean;
  problem?: string | undefined;
  /** What else has to be filled in, such as a word to type. */
  extra?: Html | undefined;
  status?: number;
}

/** Asks before something is done that can't be undone. A page, so that it asks without a script too. */
export function renderConfirmPage(view: View, asked: Confirmation): Page {
  return cardPage(view, {
    title: asked.title,
    status: asked.status ?? 200,
    content: html`<header>
<h1>${asked.title}</h1>
<p>${asked.message}</p>
</header>
<form class="stack" method="post" action="${asked.action}" novalidate>
${asked.problem !== undefined && notice(asked.problem)}
${hiddenFields({ csrf_token: asked.csrfToken, ...asked.fields })}
${asked.extra}
<div class="actions"><a class="button quiet" href="${asked.cancelPath}">${view.locale.text.frame.cancel}</a><button type="submit"${asked.danger === true && html` class="danger"`}>${asked.confirm}</button></div>
</form>`,
  });
}

/** What a list says when there is nothing in it. */
export function emptyState(message: string): Html {
  return html`<p class="empty">${message}</p>`;
}

/** To the minute, in UTC: without a script the page cannot know the reader's time zone. */
export const timeInUtc = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
