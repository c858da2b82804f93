import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';
import { relativeTime } from './format.ts';

const NOW = Date.UTC(2027, 0, 15, 12);
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

beforeAll(async () => {
  await i18next.init({ lng: 'en', resources: {} });
});

test.each([
  ['a moment ago', -30 * SECOND, 'now'],
  ['nearly a minute ago', -58 * SECOND, '1 minute ago'],
  ['what rounds up to a minute', -59_600, '1 minute ago'],
  ['a minute and a bit', -70 * SECOND, '1 minute ago'],
  ['what rounds up to an hour', -59.6 * MINUTE, '1 hour ago'],
  ['what rounds up to a day', -23.7 * HOUR, 'yesterday'],
  ['what rounds up to a month', -29.8 * DAY, 'last month'],
  ['a year less a day', -364 * DAY, '12 months ago'],
  ['a year', -365 * DAY, 'last year'],
  ['seconds to come', 5 * SECOND, 'in 5 seconds'],
  ['a week to come', 7 * DAY - 2 * MINUTE, 'in 7 days'],
  ['a day to come', DAY - MINUTE, 'tomorrow'],
])('%s', (_, distance, said) => {
  expect(relativeTime(NOW + distance, NOW)).toBe(said);
});
