import { escaped } from './escaped.ts';
import type { Heading } from './markdown.ts';
import type { Found } from './search.ts';

export interface Section {
  section: string;
  links: readonly { words: string; href: string }[];
}

export interface PageParts {
  title: string;
  /** Made by the renderer, which lets no markup of the text through. */
  markup: string;
  headings: readonly Heading[];
  /** What the documentation consists of, and which of it this page is. */
  sections: readonly Section[];
  current: string;
  stylesheet: string;
  query?: string;
}

const LOGO =
  '<svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false"><path d="M4 6h5v4h4V6h6v4h4V6h5v21h-7v-7a5 5 0 0 0-10 0v7H4z"/></svg>';

/** A page of the documentation: what there is on the left, the page, and what is on it on the right. Without a script. */
export function pageOf({ title, markup, headings, sections, current, stylesheet, query = '' }: PageParts): string {
  const onPage = headings.filter(({ depth }) => depth === 2 || depth === 3);
  const contents = sections.map((part) => sectionOf(part, current)).join('\n');
  const local =
    onPage.length < 2
      ? ''
      : `<nav class="here" aria-label="On this page"><h2>On this page</h2><ul>${onPage
          .map(({ depth, text, id }) => `<li class="depth-${depth}"><a href="#${id}">${escaped(text)}</a></li>`)
          .join('')}</ul></nav>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Gatehouse</title>
<link rel="stylesheet" href="${stylesheet}">
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header>
<a class="home" href="/docs">${LOGO}<span>Gatehouse</span></a>
<form role="search" action="/docs/search">
<input type="search" name="q" value="${escaped(query)}" aria-label="Search the documentation" placeholder="Search" maxlength="100">
</form>
</header>
<div class="columns">
<nav class="all" aria-label="Documentation">
<details><summary>All pages</summary>${contents}</details>
<div class="wide">${contents}</div>
</nav>
<main id="content">
${markup}
</main>
${local}
</div>
</body>
</html>
`;
}

function sectionOf({ section, links }: Section, current: string): string {
  const items = links.map(
    ({ words, href }) =>
      `<li><a href="${escaped(href)}"${href === current ? ' aria-current="page"' : ''}>${escaped(words)}</a></li>`,
  );
  return `<h2>${escaped(section)}</h2><ul>${items.join('')}</ul>`;
}

export function resultsOf(query: string, found: readonly Found[]): string {
  if (query.trim() === '') return '<h1 id="search">Search</h1><p>Say what you are looking for.</p>';
  const count = found.length === 1 ? 'one place' : `${found.length} places`;
  const none = 'Nothing holds all of these words. Fewer words, or the code of an error, may find it.';
  return `<h1 id="search">“${escaped(query)}”</h1>
<p class="count">${found.length === 0 ? none : `Found in ${count}.`}</p>
<ol class="results">${found
    .map(
      ({ title, section, href, excerpt }) =>
        `<li><a href="${escaped(href)}">${escaped(section)}</a>${section === title ? '' : ` <span class="file">${escaped(title)}</span>`}<p>${escaped(excerpt)}</p></li>`,
    )
    .join('')}</ol>`;
}
