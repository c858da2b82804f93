import type { Brand } from './brand.ts';
import { type Html, html } from './html.ts';

/** Two towers, a battlement and an arch to walk through. One path, drawn on a 32 by 32 grid. */
const GATEHOUSE_PATH = 'M4 6h5v4h4V6h6v4h4V6h5v21h-7v-7a5 5 0 0 0-10 0v7H4z';

/** The tenant's logo in the place of ours. Beside the name ours is decoration: hidden from assistive technology. */
export function wordmark({ productName, logo }: Brand): Html {
  if (logo !== undefined) {
    return html`<picture class="logo"><source srcset="${logo.darkPath}" media="(prefers-color-scheme: dark)"><img src="${logo.path}" alt="${productName}"></picture>`;
  }
  return html`<span class="wordmark"><svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false"><path d="${GATEHOUSE_PATH}"/></svg><span>${productName}</span></span>`;
}

/** The tab's icon: a file of its own, so its colour follows the browser's theme and not the page's stylesheet. */
export const FAVICON_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>path{fill:#0b6b5b}@media(prefers-color-scheme:dark){path{fill:#6fd3bd}}</style><path d="${GATEHOUSE_PATH}"/></svg>`;
