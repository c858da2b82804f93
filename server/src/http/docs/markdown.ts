/** Markdown to markup, for pages written by ourselves and still not trusted with any markup of their own. */
import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { escaped } from './escaped.ts';
import { INDEX } from './library.ts';

export interface Heading {
  depth: number;
  /** As it is read, without marks. */
  text: string;
  /** What a link's fragment says: as GitHub makes it, since the same files are read there. */
  id: string;
}

export interface RenderedPage {
  title: string;
  headings: Heading[];
  markup: string;
}

/** Where a link in the page `from` leads: an address here, one elsewhere, or nowhere (a file of the repository). */
export function resolveLink(from: string, href: string, isPage: (name: string) => boolean): string | undefined {
  if (/^https?:\/\//.test(href)) return href;
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//')) return undefined;
  if (href.startsWith('#')) return href;
  if (href.startsWith('/')) return href;
  const [path = '', fragment] = href.split('#');
  const target = posix.join(posix.dirname(from), path);
  const picture = /^pictures\/([\w-]+\.svg)$/.exec(target);
  if (picture !== null) return `/docs/pictures/${picture[1]}`;
  const name = target.endsWith('/') ? target.slice(0, -1) : target.replace(/\.md$/, '');
  if (!isPage(name)) return undefined;
  return addressOf(name) + (fragment === undefined ? '' : `#${fragment}`);
}

/** `/docs/guides/tokens`; the index is `/docs` itself. */
export const addressOf = (name: string): string => (name === INDEX ? '/docs' : `/docs/${name}`);

/** One page. `isPage` says which names have one, so that no link leads nowhere. */
export function renderMarkdown(name: string, text: string, isPage: (name: string) => boolean): RenderedPage {
  const headings: Heading[] = [];
  const taken = new Map<string, number>();
  const idOf = (heading: string) => {
    const slug = slugOf(heading);
    const before = taken.get(slug) ?? 0;
    taken.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  };
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const plain = plainOf(tokens);
        const id = idOf(plain);
        headings.push({ depth, text: plain, id });
        const anchor = depth === 1 ? '' : ` <a class="anchor" href="#${id}" aria-label="Link to this section">#</a>`;
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}${anchor}</h${depth}>\n`;
      },
      link({ href, title, tokens }: Tokens.Link) {
        const words = this.parser.parseInline(tokens);
        const target = resolveLink(name, href, isPage);
        if (target === undefined) return `<span class="file">${words}</span>`;
        const about = title ? ` title="${escaped(title)}"` : '';
        const away = /^https?:/.test(target) ? ' rel="noreferrer"' : '';
        return `<a href="${escaped(target)}"${about}${away}>${words}</a>`;
      },
      image({ href, text: alternative }: Tokens.Image) {
        const target = resolveLink(name, href, isPage);
        if (target === undefined || !target.startsWith('/docs/pictures/')) return escaped(alternative);
        return `<img src="${escaped(target)}" alt="${escaped(alternative)}">`;
      },
      code({ text: code, lang }: Tokens.Code) {
        const language = /^\w+/.exec(lang ?? '')?.[0] ?? 'text';
        // Wide code is scrolled, by the keyboard too (WCAG 2.1.1).
        return `<pre tabindex="0" class="code-${language}"><code>${escaped(code)}</code></pre>\n`;
      },
      table(token: Tokens.Table) {
        const cells = (row: Tokens.TableCell[], tag: string) =>
          row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('');
        const head = `<thead><tr>${cells(token.header, 'th')}</tr></thead>`;
        const body = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        return `<div class="table" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>\n`;
      },
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
      html: ({ text: markup }: Tokens.HTML | Tokens.Tag) => escaped(markup),
    },
  });
  const markup = marked.parse(text, { async: false });
  return { title: headings[0]?.text ?? name, headings, markup };
}

/** The links of a page's lists under its second headings: what the index says the documentation consists of. */
export function tableOfContents(text: string): { section: string; links: { words: string; href: string }[] }[] {
  const sections: { section: string; links: { words: string; href: string }[] }[] = [];
  for (const token of new Marked().lexer(text)) {
    if (token.type === 'heading' && token.depth === 2) sections.push({ section: token.text, links: [] });
    if (token.type !== 'list') continue;
    for (const item of (token as Tokens.List).items) {
      const link = findLink(item.tokens);
      if (link !== undefined) sections.at(-1)?.links.push({ words: plainOf(link.tokens), href: link.href });
    }
  }
  return sections;
}

function findLink(tokens: readonly unknown[]): Tokens.Link | undefined {
  for (const token of tokens as Tokens.Generic[]) {
    if (token.type === 'link') return token as Tokens.Link;
    const inner = token.tokens === undefined ? undefined : findLink(token.tokens);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The text of inline marks: `Code` of "`Code`". */
export function plainOf(tokens: readonly unknown[]): string {
  return (tokens as Tokens.Generic[])
    .map((token) => (token.tokens === undefined ? String(token.text ?? '') : plainOf(token.tokens)))
    .join('');
}

/** As GitHub makes the id of a heading: lower case, letters, digits, hyphens and underscores, a hyphen for a space. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}
