import { type Html, html } from './html.ts';
import { wordmark } from './logo.ts';
import { type Page, pageHeaders } from './page-headers.ts';
import { FAVICON, STYLESHEET } from './stylesheet.ts';

interface Frame {
  title: string;
  content: Html;
  status?: number;
  formAction?: readonly string[];
}

/** A card in the middle of the page: everything a person meets on the way in and out. */
export function cardPage({ foot, ...frame }: Frame & { foot?: string }): Page {
  return page({
    ...frame,
    content: html`<div class="centre">
<header class="brand">${wordmark()}</header>
<main id="main" class="card">
${frame.content}
</main>
${foot !== undefined && html`<footer class="foot">${foot}</footer>`}
</div>`,
  });
}

/** A column under a bar: pages for someone who is signed in. Signing out is always in sight (ASVS 7.4.4). */
export function accountFrame({ signOut, ...frame }: Frame & { signOut: Html }): Page {
  return page({
    ...frame,
    content: html`<header class="bar"><div>${wordmark()}${signOut}</div></header>
<main id="main" class="column">
${frame.content}
</main>`,
  });
}

function page({ title, content, status = 200, formAction = [] }: Frame): Page {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Gatehouse</title>
<link rel="stylesheet" href="${STYLESHEET.path}">
<link rel="icon" type="image/svg+xml" href="${FAVICON.path}">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
${content}
</body>
</html>
`;
  return { status, headers: pageHeaders(formAction), body: document.toString() };
}
