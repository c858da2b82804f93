import { expect, test } from 'vitest';
import { dayOf, secondsUntil } from './expiry.ts';

test('a key lives until the end of the day that was chosen, where the browser is', () => {
  const noon = new Date(2027, 0, 30, 12).getTime();
  expect(secondsUntil('2027-01-30', noon)).toBe(12 * 3600);
  expect(secondsUntil('2027-01-31', noon)).toBe(36 * 3600);
  // Over a month and a year.
  expect(secondsUntil('2027-12-31', new Date(2027, 11, 31, 23, 59, 30).getTime())).toBe(30);
});

test('a day that is over is no time at all, which the server refuses or ends at once', () => {
  expect(secondsUntil('2020-01-01', new Date(2027, 0, 1).getTime())).toBe(1);
});

test('a day reads back as it was written', () => {
  expect(dayOf(new Date(2027, 8, 3, 23, 59).getTime())).toBe('2027-09-03');
});
