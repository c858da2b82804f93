import { describe, expect, test } from 'vitest';
import { signinErrors } from '../../errors.ts';
import { en } from './en.ts';
import { findLocale, LOCALES, type Locale } from './locale.ts';

const localeOf = (tag: string): Locale => {
  const found = findLocale(tag);
  if (found === undefined) throw new TypeError(tag);
  return found;
};

describe('when', () => {
  test.each([
    [0, 'just now', 'gerade eben'],
    [59_999, 'just now', 'gerade eben'],
    [60_000, '1 minute ago', 'vor 1 Minute'],
    [3_599_999, '59 minutes ago', 'vor 59 Minuten'],
    [3_600_000, '1 hour ago', 'vor 1 Stunde'],
    [86_400_000, 'yesterday', 'gestern'],
    [30 * 86_400_000, '30 days ago', 'vor 30 Tagen'],
    [-5_000, 'just now', 'gerade eben'],
  ])('%d ms is %s', (elapsed, english, german) => {
    expect(localeOf('en').timeAgo(1e12 - elapsed, 1e12)).toBe(english);
    expect(localeOf('de').timeAgo(1e12 - elapsed, 1e12)).toBe(german);
  });

  test('a day, a list, a number, a country', () => {
    const { day, list, number, country } = localeOf('de');
    expect([day(0), list(['a', 'b', 'c']), number(12_345.5), country('CH'), country('??')]).toEqual([
      '1. Januar 1970',
      'a, b und c',
      '12.345,5',
      'Schweiz',
      '??',
    ]);
  });
});

/** Every text of a catalogue by its path; functions are called with a word in each place. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(...Array.from({ length: value.length }, () => 'Ω')))]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

/** The same in both languages by right: names, and words that German took over. */
const ALIKE = /^(Gatehouse|Name|Passkeys?|E-Mail|OK|Support|Code|App|API)$/;

describe.each(LOCALES.filter(({ tag }) => tag !== 'en'))('$ownName', ({ text, errors }) => {
  const english = new Map(texts(en));

  test('says something of its own everywhere', () => {
    const left = texts(text).filter(([path, words]) => words === english.get(path) && !ALIKE.test(words));
    expect(left).toEqual([]);
  });

  test('puts in everything that the English sentence does', () => {
    const holes = (words: string) => words.split('Ω').length;
    expect(texts(text).filter(([path, words]) => holes(words) !== holes(english.get(path) ?? ''))).toEqual([]);
  });

  test('has no empty words, and no straight apostrophe', () => {
    expect(texts(text).filter(([, words]) => words.trim() === '' || words.includes("'"))).toEqual([]);
  });

  test('has a word for every error', () => {
    const codes = Object.keys(errors).filter((code) => !code.includes('.'));
    expect(codes).toEqual(expect.arrayContaining(Object.keys(signinErrors)));
    for (const [code, words] of Object.entries(errors)) expect(words, code).toMatch(/\S[.:]?$/);
  });
});
