import { describe, expect, test } from 'vitest';
import { testLogger } from '#testing';
import { composeMail, type FindOwnTemplate } from './compose-mail.ts';
import { localeChain, preferredLocale } from './locale.ts';
import { mailTemplateKind } from './mail-template-kind.ts';
import { COMMON_VALUES, MAIL_TEMPLATE_NAMES, MAIL_TEMPLATES } from './mail-templates.ts';
import { renderMail, tryTemplate } from './render-mail.ts';
import { SHIPPED_LOCALES, shippedTemplate } from './shipped-templates.ts';
import { renderTemplate } from './template-engine.ts';

describe.each(SHIPPED_LOCALES)('%s', (locale) => {
  test.each(MAIL_TEMPLATE_NAMES)('%s is written with every value it is given, in text and HTML', (name) => {
    const template = shippedTemplate(name, locale);
    if (template === undefined) throw new TypeError('not shipped');
    tryTemplate(name, template);
    const marked = Object.fromEntries(Object.keys(MAIL_TEMPLATES[name].values).map((key) => [key, `<${key}>`]));
    const mail = renderMail(template, { ...COMMON_VALUES, ...marked });
    for (const key of Object.keys(marked)) {
      expect(mail.text + mail.subject, key).toContain(`<${key}>`);
      expect(mail.html, key).toContain(`&lt;${key}&gt;`);
    }
    expect(mail.html).not.toMatch(/src=|url\(|<script|<link|@import/);
  });
});

describe('what a template may not do', () => {
  const long = '{% for i in (1..9000) %}{% for j in (1..9000) %}{{ name }}{% endfor %}{% endfor %}';
  test.each([
    ['a name that is not given', '{{ passwords }}', 'undefined variable'],
    ['a name in a condition', '{% if passwords %}x{% endif %}', 'undefined variable'],
    ['a property of the prototype', '{{ name.constructor }}', 'undefined variable'],
    ['an unknown filter', '{{ name | shout }}', 'undefined filter'],
    ['turning the escaping off', '{{ name | raw }}', 'undefined filter'],
    ['decoding what was escaped', '{{ name | url_decode }}', 'undefined filter'],
    ['another template', "{% include 'x' %}", 'tag "include" not found'],
    ['another template, rendered', "{% render 'x' %}", 'tag "render" not found'],
    ['a layout', "{% layout 'x' %}", 'tag "layout" not found'],
    ['a hidden program', '{% liquid echo name %}', 'tag "liquid" not found'],
    ['something unfinished', '{% if name %}', 'not closed'],
    ['work without end', long, 'limit exceeded'],
    ['a list without end', '{% for i in (1..100000000) %}x{% endfor %}', 'limit exceeded'],
    [
      'doubling without end',
      `{% assign s = "aaaaaaaa" %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}`,
      'limit exceeded',
    ],
    ['a huge source', 'x'.repeat(70_000), 'limit exceeded'],
  ])('%s', (_, source, message) => {
    expect(() => renderTemplate(source, { name: '<b>' }, 'html')).toThrow(
      expect.objectContaining({ code: 'mail_template_refused', message: expect.stringContaining(message) }),
    );
  });

  test.each([
    ['{{ name }}', '&lt;b&gt;&#34;'],
    ['{{ name | upcase }}', '&lt;B&gt;&#34;'],
    ['{{ name | append: "<i>" }}', '&lt;b&gt;&#34;&lt;i&gt;'],
    ['{% assign x = name %}{{ x }}', '&lt;b&gt;&#34;'],
  ])('values in HTML are escaped: %s', (source, expected) => {
    expect(renderTemplate(source, { name: '<b>"' }, 'html')).toBe(expected);
  });
});

test.each(['a\r\nBcc: eve@example.com', 'a\nb', 'a\u2028b', 'a\0b'])('no header begins in a subject: %j', (name) => {
  expect(() => renderMail({ subject: 'Hello {{ name }}!', text: 'x' }, { name })).toThrow(
    expect.objectContaining({ code: 'mail_header_refused' }),
  );
});

describe('a tenant’s own template', () => {
  const spec = { template: 'password_recovery', locale: 'fr', subject: 'Bonjour', text: '{{ link }}' } as const;

  test.each([
    ['good', spec, []],
    ['an unknown value', { ...spec, text: '{{ code }}' }, [expect.stringContaining('undefined variable: code')]],
    ['an unfinished tag', { ...spec, html: '{% if name %}' }, [expect.stringContaining('not closed')]],
    ['a subject of two lines', { ...spec, subject: 'a\nb' }, [expect.stringContaining('control character')]],
    [
      'an empty subject',
      { ...spec, subject: '{% if name == "" %}{% else %}x{% endif %}' },
      [expect.stringContaining('between 1')],
    ],
  ])('is tried when it is applied: %s', (_, given, messages) => {
    expect(mailTemplateKind.check(mailTemplateKind.schema.parse(given)).map(({ message }) => message)).toEqual(
      messages,
    );
  });

  test('two for one mail in one language clash', () => {
    const resources = [spec, { ...spec, locale: 'FR' }].map((each, index) => ({ name: `t${index}`, spec: each }));
    expect(mailTemplateKind.conflicts?.(resources)).toMatchObject([{ first: 't0', second: 't1' }]);
  });

  const own =
    (found: Readonly<Record<string, string>>): FindOwnTemplate =>
    (_, __, locale) =>
      found[locale] === undefined ? undefined : { subject: `own ${locale}`, text: found[locale] };
  const compose = (ownTemplate: FindOwnTemplate, locale: string) =>
    composeMail(
      { ownTemplate, product: 'Gatehouse', host: 'auth.example.com', log: testLogger() },
      {
        tenantId: 't',
        template: 'password_recovery',
        content: { to: 'a@b.c', locale, values: { link: 'https://x', minutes: '5' } },
      },
    ).subject;

  test.each([
    ['the exact language', own({ 'pt-br': 'x', pt: 'x' }), 'pt-BR', 'own pt-br'],
    ['the language without its region', own({ pt: 'x' }), 'pt-BR', 'own pt'],
    ['ours in the language before the tenant’s in English', own({ en: 'x' }), 'de', 'Neues Passwort wählen'],
    ['the tenant’s English before ours', own({ en: 'x' }), 'fr', 'own en'],
    ['ours when the tenant’s fails', own({ en: '{{ gone }}' }), 'en', 'Choose a new password'],
  ])('%s', (_, find, locale, subject) => {
    expect(compose(find, locale)).toBe(subject);
  });
});

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de-AT'],
  ['en;q=0.3, fr;q=0.7', 'fr'],
  ['*', 'en'],
  ['fr;q=0', 'en'],
  ['../../etc, de', 'de'],
])('Accept-Language %j asks for %s', (header, expected) => {
  expect(preferredLocale(header)).toBe(expected);
});

test('English is the last resort, once', () => {
  expect(localeChain('pt-BR')).toEqual(['pt-br', 'pt', 'en']);
  expect(localeChain('en')).toEqual(['en']);
});
