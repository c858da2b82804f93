import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '#testing';
import { issueApiKey } from './issue-api-key.ts';
import { listApiKeys } from './list-api-keys.ts';
import { KEY_USAGE_KEPT_MILLISECONDS, wholeHours } from './read-key-usage.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { actor, clock, deps, migrations } from './sample-deps.fixture.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(`2026-03-${text}Z`);
const now = at('10T12:34:56');

describe('the hours that are counted', () => {
  test.for([
    ['whole ones', '10T08:00', '10T11:00', '10T08:00', '10T11:00', true],
    ['begun and ended within', '10T08:30', '10T10:30', '10T08:00', '10T11:00', true],
    ['one that is under way', '10T08:00', '10T12:34:56', '10T08:00', '10T13:00', false],
    ['one that is to come', '10T08:00', '11T00:00', '10T08:00', '11T00:00', false],
    ['the end before the beginning', '10T08:00', '09T08:00', '10T08:00', '10T08:00', true],
  ] as const)('%s', ([, from, to, start, end, complete]) => {
    const counted = wholeHours({ from: at(from), to: at(to) }, now);
    expect(counted).toEqual({ from: at(start), to: at(end), complete });
  });

  test('are not all there for a minute, until the last call is counted', () => {
    const asked = { from: at('10T08:00'), to: at('10T12:00') };
    expect([59_999, 60_000].map((late) => wholeHours(asked, asked.to + late).complete)).toEqual([false, true]);
  });

  test('nor when the first are forgotten', () => {
    const from = at('10T08:00');
    const told = (age: number) => wholeHours({ from, to: from + HOUR }, from + age).complete;
    expect([told(KEY_USAGE_KEPT_MILLISECONDS), told(KEY_USAGE_KEPT_MILLISECONDS + 1)]).toEqual([true, false]);
  });

  test('from one end to the next, none is counted twice and none is missed', () => {
    let next = at('01T00:17');
    const hours: number[] = [];
    for (const to of ['01T09:01', '02T13:59:59', '04T00:00', '09T23:30']) {
      const counted = wholeHours({ from: next, to: at(to) }, now);
      for (let hour = counted.from; hour < counted.to; hour += HOUR) hours.push(hour);
      next = counted.to;
    }
    expect(hours).toEqual(Array.from({ length: 9 * 24 }, (_, n) => at('01T00:00') + n * HOUR));
  });
});

describe('keys that nobody used', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore(migrations);
  });
  afterAll(() => store?.close());

  test('are those that live: one that has ended or was revoked is nothing to clear away', async () => {
    const tenantId = 'ten_1';
    const issue = async (name: string, more: object = {}) =>
      (await issueApiKey({ ...deps, store }, { tenantId, actor, name, ...more })).apiKey.id;
    await issue('lives');
    await issue('lives for a while', { expiresAt: clock.now() + 40 * DAY });
    await issue('has expired', { expiresAt: clock.now() + 20 * DAY });
    await revokeApiKey({ ...deps, store }, { tenantId, actor, id: await issue('was revoked') });
    clock.advance(31 * DAY);
    await issue('is new');
    const unused = { since: clock.now() - 30 * DAY, now: clock.now() };
    const { items } = await listApiKeys({ store }, { tenantId, unused });
    expect(items.map(({ name }) => name).toSorted()).toEqual(['lives', 'lives for a while']);
  });
});
