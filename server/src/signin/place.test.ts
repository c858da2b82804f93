import { expect, test } from 'vitest';
import { isTooFar, type Place, placeText } from './place.ts';

const BERLIN: Place = { country: 'DE', latitude: 53, longitude: 13 };
const MUNICH: Place = { country: 'DE', latitude: 48, longitude: 12 };
const SYDNEY: Place = { country: 'AU', latitude: -34, longitude: 151 };
const FIJI: Place = { country: 'FJ', latitude: -17, longitude: 178 };
const SAMOA: Place = { country: 'WS', latitude: -14, longitude: -172 };
const MINUTES = 60_000;

test.each<[string, Place, Place, number, boolean]>([
  ['the same place', BERLIN, BERLIN, 0, false],
  ['a city away, at once: networks are placed badly', BERLIN, MUNICH, 20 * MINUTES, false],
  ['another continent within the hour', BERLIN, SYDNEY, 60 * MINUTES, true],
  ['another continent after fifteen hours', BERLIN, SYDNEY, 15 * 60 * MINUTES, true],
  ['another continent after a day', BERLIN, SYDNEY, 24 * 60 * MINUTES, false],
  ['over the date line, in two hours', FIJI, SAMOA, 120 * MINUTES, false],
  ['a clock that went back', BERLIN, SYDNEY, -5, true],
  ['another country at once, where only countries are known', { country: 'DE' }, { country: 'FR' }, 5 * MINUTES, true],
  ['another country after an hour', { country: 'DE' }, { country: 'FR' }, 60 * MINUTES, false],
  ['the same country', { country: 'DE' }, { country: 'DE', region: 'Bavaria' }, 0, false],
  ['coordinates of one end alone', BERLIN, { country: 'FR' }, 5 * MINUTES, true],
])('%s', (_name, from, to, elapsed, expected) => {
  expect(isTooFar(from, to, elapsed)).toBe(expected);
});

test.each<[string, Place, string, string]>([
  ['in English', { country: 'DE', region: 'Bavaria' }, 'en', 'Bavaria, Germany'],
  ['in German', { country: 'DE' }, 'de', 'Deutschland'],
  ['in a language that is none', { country: 'DE' }, 'not a tag', 'DE'],
  ['letters that are no country', { country: 'QQ' }, 'en', 'QQ'],
])('is read %s', (_name, place, locale, expected) => {
  expect(placeText(place, locale)).toBe(expected);
});
