import { describe, expect, test } from 'vitest';
import { chooseLocale, type LanguageWishes } from './choose-locale.ts';

describe('the language of a page', () => {
  test.each<[string, LanguageWishes, string]>([
    ['nothing said', {}, 'en'],
    ['the browser', { acceptLanguage: 'de' }, 'de'],
    ['the browser, a country', { acceptLanguage: 'de-AT,de;q=0.9,en;q=0.8' }, 'de'],
    ['the browser, by weight', { acceptLanguage: 'en;q=0.5, de;q=0.7' }, 'de'],
    ['the browser, none of ours first', { acceptLanguage: 'fr, xx;q=0.9, DE;q=0.2' }, 'de'],
    ['the browser, not this one', { acceptLanguage: 'de;q=0' }, 'en'],
    ['the browser, anything', { acceptLanguage: '*' }, 'en'],
    ['the browser, nonsense', { acceptLanguage: ';;,,;q=x,de;q=nonsense' }, 'en'],
    ['the browser, too long', { acceptLanguage: `de,${'x,'.repeat(1000)}` }, 'en'],
    ['the application before the browser', { uiLocales: 'de', acceptLanguage: 'en' }, 'de'],
    ['the application, several', { uiLocales: 'fr-CA de en', acceptLanguage: 'en' }, 'de'],
    ['the application, none of ours', { uiLocales: 'fr', acceptLanguage: 'de' }, 'de'],
    ['the person before the application', { chosen: 'en', uiLocales: 'de', acceptLanguage: 'de' }, 'en'],
    ['a choice that is none', { chosen: '../de', acceptLanguage: 'de' }, 'de'],
    ['the name of a property', { chosen: '__proto__', uiLocales: 'constructor' }, 'en'],
  ])('%s', (_, wishes, expected) => expect(chooseLocale(wishes).tag).toBe(expected));
});
