import { FAVICON, PASSKEY_SCRIPTS, SCRIPT, STYLESHEET } from './assets.ts';
import type { Brand, PartName } from './brand.ts';
import { hiddenFields } from './form-parts.ts';
import { type Html, html } from './html.ts';
import { wordmark } from './logo.ts';
import { LOCALES } from './messages/locale.ts';
import { type Page, pageHeaders } from './page-headers.ts';
import type { View } from './view.ts';

interface Frame {
  title: string;
  content: Html;
  status?: number;
  formAction?: readonly string[];
  /** It asks for a passkey, which takes scripts of its own. */
  passkeys?: boolean;
}

/** A card in the middle of the page: everything a person meets on the way in and out. */
export function cardPage(view: View, { foot, wide, ...frame }: Frame & { foot?: string; wide?: boolean }): Page {
  return page(view, {
    ...frame,
    content: html`<div class="${wide === true ? 'centre wide-card' : 'centre'}">
<header class="brand">${wordmark(view.brand)}${part(view, 'header')}</header>
<main id="main" class="card">
${part(view, 'intro')}${frame.content}
</main>
${footer(view, foot)}
</div>`,
  });
}

/** A column under a bar: pages for someone who is signed in. Signing out is always in sight (ASVS 7.4.4). */
export function accountFrame(view: View, { signOut, nav, ...frame }: Frame & { signOut: Html; nav?: Html }): Page {
  return page(view, {
    ...frame,
    content: html`<header class="bar"><div>${wordmark(view.brand)}${signOut}</div></header>
<div class="${nav === undefined ? 'column' : 'column with-nav'}">
${nav}
<main id="main">
${frame.content}
</main>
</div>
${footer(view)}`,
  });
}

function page(view: View, { title, content, status = 200, formAction = [], passkeys = false }: Frame): Page {
  const { brand, locale } = view;
  const document = html`<!doctype html>
<html lang="${locale.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · ${brand.productName}</title>
<link rel="stylesheet" href="${STYLESHEET.path}">
${brand.themePath !== undefined && html`<link rel="stylesheet" href="${brand.themePath}">`}
<link rel="icon" type="image/svg+xml" href="${FAVICON.path}">
<script src="${SCRIPT.path}" defer></script>${passkeys && PASSKEY_SCRIPTS.map(({ path }) => html`<script src="${path}" defer></script>`)}
</head>
<body>
<a class="skip" href="#main">${locale.text.frame.skip}</a>
${content}
</body>
</html>
`;
  return {
    status,
    headers: { ...pageHeaders(formAction, { passkeys }), 'content-language': locale.tag },
    body: document.toString(),
  };
}

function part({ brand, locale }: View, name: PartName): Html | undefined {
  const text = brand.parts[locale.tag]?.[name];
  return text === undefined ? undefined : html`<div class="part">${text}</div>`;
}

function footer(view: View, foot?: string): Html {
  return html`<footer class="foot">
${foot !== undefined && html`<p>${foot}</p>`}
${part(view, 'footer')}
<div class="foot-row">${footLinks(view)}${languageSwitch(view)}</div>
${part(view, 'legal')}
</footer>`;
}

const LINKS = ['terms', 'privacy', 'support'] as const satisfies readonly (keyof Brand['links'])[];

function footLinks({ brand, locale }: View): Html | undefined {
  const links = LINKS.flatMap((name) => {
    const url = brand.links[name];
    return url === undefined ? [] : [html`<a href="${url}" rel="noopener">${locale.text.frame[name]}</a>`];
  });
  return links.length === 0 ? undefined : html`<span class="links">${links}</span>`;
}

/** A form, so that it works without a script; one button for each language that the page does not speak now. */
function languageSwitch({ locale, path, formToken }: View): Html {
  return html`<form class="languages" method="post" action="/language" aria-label="${locale.text.frame.language}">${hiddenFields({ page: path, ...formToken })}${LOCALES.map(
    ({ tag, ownName }) =>
      tag === locale.tag
        ? html`<span aria-current="true">${ownName}</span>`
        : html`<button class="link" name="language" value="${tag}" lang="${tag}">${ownName}</button>`,
  )}</form>`;
}
