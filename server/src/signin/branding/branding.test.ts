import { describe, expect, test } from 'vitest';
import { GATEHOUSE_BRAND, PARTS } from '../pages/brand.ts';
import { renderErrorPage } from '../pages/message-pages.ts';
import { PLAIN_VIEW } from '../pages/view.ts';
import { type BrandingSpec, brandingKind } from './branding-kind.ts';
import { makeBrand } from './make-brand.ts';
import { openBranding } from './open-branding.ts';

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>';
const spec = (rest: object = {}): BrandingSpec => brandingKind.schema.parse({ productName: 'Acme', ...rest });
const problemsOf = (rest: object) => {
  const read = brandingKind.schema.safeParse({ productName: 'Acme', ...rest });
  if (!read.success) return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return brandingKind.check(read.data).map(({ path, message }) => `${path}: ${message}`);
};

describe('what may be declared', () => {
  test.each([
    ['a name alone', {}],
    [
      'everything',
      {
        logo: { svg: LOGO },
        logoDark: { svg: LOGO },
        colours: { accent: '#7A1FA2' },
        links: { terms: 'https://a.example/t', support: 'mailto:a@b.example' },
        templates: { legal: '<p>{{ product_name }}</p>' },
      },
    ],
    [
      'a link in words',
      { templates: { footer: '<a href="{{ terms_url }}">x</a>' }, links: { terms: 'https://a.example/t' } },
    ],
    ['one language', { templates: { legal: '{% if language == "de" %}Zürich{% else %}Zurich{% endif %}' } }],
  ])('%s', (_, rest) => expect(problemsOf(rest)).toEqual([]));

  test.each([
    ['an unknown field', { css: 'body{}' }, 'Unrecognized key'],
    ['an unknown part', { templates: { head: 'x' } }, 'Unrecognized key'],
    ['two logos in one', { logo: { svg: LOGO, png: 'AAAA' } }, 'either svg or png'],
    ['an empty logo', { logo: {} }, 'either svg or png'],
    ['a colour by name', { colours: { accent: 'red' } }, 'six hexadecimal digits'],
    ['a colour that ends the rule', { colours: { accent: '#000000;}' } }, 'six hexadecimal digits'],
    ['a colour nobody sees', { colours: { accent: '#fff000' } }, 'colours.accent: has a contrast'],
    ['a plain http link', { links: { terms: 'http://a.example/' } }, 'https'],
    ['a script as a link', { links: { support: 'javascript:alert(1)' } }, 'https'],
    ['a logo that is none', { logo: { svg: '<b/>' } }, 'logo.svg: must be one <svg>'],
    ['a logo that is no picture', { logo: { png: 'AAAA' } }, 'logo.png: is no PNG'],
    ['a logo that is too large', { logo: { svg: 'x'.repeat(40_000) } }, 'logo.svg'],
    ['a script in a part', { templates: { legal: '<script>x</script>' } }, 'has <script>'],
    ['a form in a part', { templates: { legal: '<form action="https://evil.example"></form>' } }, 'has <form>'],
    ['a style in a part', { templates: { legal: '<p style="x">a</p>' } }, 'has style on <p>'],
    ['a handler in a part', { templates: { legal: '<p onclick="x">a</p>' } }, 'has onclick on <p>'],
    [
      'a link to a script',
      { templates: { legal: '<a href="javascript:alert(1)">x</a>' } },
      'has href="javascript:alert(1)"',
    ],
    [
      'a link to a script, disguised',
      { templates: { legal: '<a href="&#106;avascript:alert(1)">x</a>' } },
      'has href="javascript',
    ],
    ['a link to another host without a scheme', { templates: { legal: '<a href="//evil.example">x</a>' } }, 'has href'],
    [
      'a link that a value breaks',
      { productName: 'javascript:x', templates: { legal: '<a href="{{ product_name }}">x</a>' } },
      'has href',
    ],
    [
      'a mistake in one language only',
      { templates: { legal: '{% if language == "de" %}<b>{% endif %}' } },
      'ends before </b>',
    ],
    ['an unknown variable', { templates: { legal: '{{ client_secret }}' } }, 'undefined variable: client_secret'],
    ['an unknown filter', { templates: { legal: '{{ product_name | raw }}' } }, 'undefined filter: raw'],
    ['a loop', { templates: { legal: '{% for i in (1..9999999) %}x{% endfor %}' } }, 'tag "for" not found'],
    ['a file', { templates: { legal: '{% include "/etc/passwd" %}' } }, 'tag "include" not found'],
    ['another template', { templates: { legal: '{% render "x" %}' } }, 'tag "render" not found'],
    ['a prototype', { templates: { legal: '{{ product_name.constructor.name }}' } }, 'undefined variable'],
    ['no end', { templates: { legal: '{% if language %}' } }, 'not closed'],
    ['a part that is too long', { templates: { legal: 'x'.repeat(5000) } }, 'templates.legal'],
  ])('%s: refused', (_, rest, expected) => expect(problemsOf(rest).join('\n')).toContain(expected));
});

describe('a brand', () => {
  const made = makeBrand(
    spec({
      productName: 'Acme & <Söhne>',
      logo: { svg: LOGO },
      colours: { accent: '#7a1fa2' },
      links: { terms: 'https://acme.example/terms' },
      templates: Object.fromEntries(PARTS.map((name) => [name, `<p>${name} {{ product_name }} {{ language }}</p>`])),
    }),
  );

  test('shows in every part of a page, escaped, in its language', () => {
    const view = { ...PLAIN_VIEW, brand: made.brand };
    const { body } = renderErrorPage(view, { status: 400, title: 'T', message: 'M' });
    for (const name of PARTS) expect(body).toContain(`<p>${name} Acme &amp; &lt;Söhne&gt; en</p>`);
    expect(body).toContain('<title>T · Acme &amp; &lt;Söhne&gt;</title>');
    for (const { path } of made.assets) expect(body).toContain(`"${path}"`);
    expect(body).toContain('<a href="https://acme.example/terms" rel="noopener">Terms</a>');
  });

  test('is made anew when what it is made of changes, and not before', () => {
    const first = spec();
    let current: BrandingSpec | undefined = first;
    const branding = openBranding({
      get: () =>
        current === undefined
          ? undefined
          : ({ spec: current } as ReturnType<Parameters<typeof openBranding>[0]['get']>),
    });
    const before = branding.of('t');
    expect(branding.of('t')).toBe(before);
    current = spec({ productName: 'Other', logo: { svg: LOGO } });
    expect(branding.of('t').productName).toBe('Other');
    const path = branding.of('t').logo?.path ?? '';
    expect(branding.asset('t', path)?.contentType).toBe('image/svg+xml');
    expect(branding.asset('t', '/assets/other')).toBeUndefined();
    current = undefined;
    expect(branding.of('t')).toBe(GATEHOUSE_BRAND);
    expect(branding.asset('t', path)).toBeUndefined();
  });
});
