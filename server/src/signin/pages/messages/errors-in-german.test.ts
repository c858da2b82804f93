import { expect, test } from 'vitest';
import { baseErrors } from '#base';
import { directoryErrors } from '#directory';
import { keyringErrors } from '#keyring';
import { signinErrors } from '../../errors.ts';
import { errorText, PLAIN_VIEW } from '../view.ts';
import { findLocale } from './locale.ts';

const GERMAN = { ...PLAIN_VIEW, locale: findLocale('de') ?? PLAIN_VIEW.locale };
const ROOMS = { ...baseErrors, ...directoryErrors, ...keyringErrors, ...signinErrors };

test('no error is told in English on a German page, whichever room it is of', () => {
  const told = Object.entries(ROOMS).map(([code, make]) => ({ code, text: errorText(GERMAN, make()), error: make() }));
  expect(told.length).toBeGreaterThan(70);
  expect(told.filter(({ text, error }) => text === error.message).map(({ code }) => code)).toEqual([]);
  // Another room's that nobody thought of.
  expect(errorText(GERMAN, { code: 'not_thought_of', message: 'In English.' })).toMatch(/^Das geht hier nicht/);
});

test('an English page tells what the catalogue does, or what was said more precisely', () => {
  expect(errorText(PLAIN_VIEW, directoryErrors.last_administrator({ message: 'More precisely.' }))).toBe(
    'More precisely.',
  );
});

test('why a password is refused is told in German, too', () => {
  const refused = signinErrors.password_refused({ message: 'In a leak.', details: { rule: 'breached' } });
  expect(errorText(GERMAN, refused)).toContain('Datenleck');
});
