import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeHtml, type Html, type HtmlValue, html } from './html.ts';

describe('html', () => {
  test.each([
    ['an element', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['an end of the attribute', '" onfocus="alert(1)', '&quot; onfocus=&quot;alert(1)'],
    ['an end of a single-quoted attribute', "' onfocus='alert(1)", '&#39; onfocus=&#39;alert(1)'],
    ['an entity', '&lt;img&gt;', '&amp;lt;img&amp;gt;'],
    ['a NUL inside a tag name', '<scr\u0000ipt>', '&lt;script&gt;'],
    ['an escape sequence', '\u001b]0;x\u0007', ']0;x'],
    ['line breaks stay', 'a\n\tb', 'a\n\tb'],
    ['letters of any script stay', 'Žofie 李 🏰', 'Žofie 李 🏰'],
  ])('escapes %s', (_, input, expected) => {
    expect(html`<p title="${input}">${input}</p>`.toString()).toBe(`<p title="${expected}">${expected}</p>`);
  });

  test('puts markup of its own in as it is, and lists one after the other', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>`.toString()).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
  });

  test.each([
    ['undefined', undefined, ''],
    ['false', false, ''],
    ['zero', 0, '0'],
    ['the empty string', '', ''],
  ] as [string, HtmlValue, string][])('puts %s in as "%s"', (_, value, expected) => {
    expect(html`[${value}]`.toString()).toBe(`[${expected}]`);
  });

  test('does not take an object from outside for markup', () => {
    const forged = JSON.parse('{"text":"<script>"}') as Html;
    expect(html`${forged}`.toString()).toBe('[object Object]');
    const disguised = Object.assign(Object.create(Object.getPrototypeOf(html``) as object), { text: '<b>' }) as Html;
    expect(() => html`${disguised}`).toThrow(TypeError);
  });

  test('refuses an attribute value without quotes', () => {
    expect(() => html`<input value=${'a onfocus=alert(1)'}>`).toThrow(/quote the attribute/);
  });

  test('a value that ends in "=" beside another is no attribute', () => {
    expect(html`${'a='}${'b'}`.toString()).toBe('a=b');
  });

  test('whatever is put in, no character that could start markup comes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
