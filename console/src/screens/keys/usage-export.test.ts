import { expect, test } from 'vitest';
import { csvOf } from '../../table/csv.ts';
import { usageOfMonth } from './usage-export.ts';

const now = Date.UTC(2027, 0, 15, 12);

test('the month before January is December', () => {
  expect(usageOfMonth(1, now)).toMatchObject({
    fileName: 'api-key-usage-2026-12',
    input: { filters: { from: Date.UTC(2026, 11), to: Date.UTC(2027, 0) } },
  });
});

test('the month that is under way goes until now', () => {
  expect(usageOfMonth(0, now)).toMatchObject({
    fileName: 'api-key-usage-2027-01',
    input: { filters: { from: Date.UTC(2027, 0), to: now } },
  });
});

test('it is written as the command line writes it', () => {
  const counts = {
    calls: 3,
    clientErrors: 1,
    serverErrors: 0,
    refused: 0,
    denied: 0,
    limited: 0,
    bytesIn: 0,
    bytesOut: 9,
  };
  const durations = { durationMicrosMean: 1, durationMicrosP50: 1, durationMicrosP95: 1 };
  const key = { name: 'shop, north', display: 'gh', environment: 'live' as const, plan: 'gold', tags: [] };
  const items = [
    { ...counts, ...durations, keyId: 'key_1', key },
    { ...counts, ...durations, keyId: 'key_2', key: null },
  ];
  expect(csvOf(items, usageOfMonth(0, now).columns).split('\r\n')).toEqual([
    'keyId,calls,clientErrors,serverErrors,refused,denied,limited,bytesIn,bytesOut,name,environment,organizationId,ownerId,plan',
    'key_1,3,1,0,0,0,0,0,9,"shop, north",live,,,gold',
    'key_2,3,1,0,0,0,0,0,9,,,,,',
    '',
  ]);
});
