/** What may come out of Markdown, and what may not. */
import { describe, expect, test } from 'vitest';
import { renderMarkdown, resolveLink, slugOf, tableOfContents } from './markdown.ts';

const isPage = (name: string) => ['README', 'errors', 'guides/tokens', 'guides/keys'].includes(name);
const render = (text: string) => renderMarkdown('guides/tokens', text, isPage).markup;

describe('links', () => {
  test.each([
    ['keys.md', '/docs/guides/keys'],
    ['keys.md#rotate', '/docs/guides/keys#rotate'],
    ['../errors.md', '/docs/errors'],
    ['../README.md', '/docs'],
    ['#here', '#here'],
    ['/openapi.json', '/openapi.json'],
    ['../pictures/request.svg', '/docs/pictures/request.svg'],
    ['https://www.rfc-editor.org/rfc/rfc9700', 'https://www.rfc-editor.org/rfc/rfc9700'],
    ['none.md', undefined],
    ['../../examples/spa/', undefined],
    ['../../../../etc/passwd', undefined],
    ['javascript:alert(1)', undefined],
    ['JavaScript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['//elsewhere.example/x', undefined],
  ])('%s', (href, expected) => {
    expect(resolveLink('guides/tokens', href, isPage)).toBe(expected);
  });
});

describe('markup', () => {
  test.each([
    ['<script>alert(1)</script>', '<script'],
    ['a <img src=x onerror=alert(1)> b', '<img'],
    ['[x](javascript:alert(1))', 'javascript:'],
    ['![x](https://elsewhere.example/p.png)', '<img'],
    ['```html\n<b>"&</b>\n```', '<b>'],
    ['`<b>`', '<b>'],
    ['# <b>t</b>', '<b>t'],
    ['[a](keys.md "x\\" onclick=\\"y")', 'onclick="'],
    ['| a |\n|---|\n| <i>x</i> |', '<i>'],
  ])('of %s nothing runs', (text, never) => {
    expect(render(text)).not.toContain(never);
  });

  test('headings have the ids that GitHub gives them', () => {
    const { headings, title } = renderMarkdown(
      'errors',
      '# The `api` key\n## Rotate, once\n## Rotate, once\n### `a_b`',
      isPage,
    );
    expect(title).toBe('The api key');
    expect(headings.map(({ id }) => id)).toEqual(['the-api-key', 'rotate-once', 'rotate-once-1', 'a_b']);
    expect(slugOf("What it's for: A & B")).toBe('what-its-for-a--b');
  });
});

test('the table of contents is what the index lists', () => {
  expect(tableOfContents('# D\n\n## Begin\n\n- [A *b*](a.md): c\n- no link\n\n## Run\n\n- [C](c.md)\n')).toEqual([
    { section: 'Begin', links: [{ words: 'A b', href: 'a.md' }] },
    { section: 'Run', links: [{ words: 'C', href: 'c.md' }] },
  ]);
});
