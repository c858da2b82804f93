import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, systemRandom } from '#base';
import { fixedClock, openTestStore, type TestStore, testLogger } from '#testing';
import type { AccessRecord } from './access-record.ts';
import { openAccessRecorder } from './access-recorder.ts';
import { auditMigrations } from './migrations.ts';
import { summarizeTraffic } from './summarize-traffic.ts';

const MINUTE = 60_000;
const clock = fixedClock();
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([auditMigrations]);
});
afterAll(() => store.close());

async function made(tenantId: string, records: readonly Partial<AccessRecord>[]): Promise<void> {
  const recorder = openAccessRecorder({ store, clock, random: systemRandom, log: testLogger() });
  for (const more of records) {
    recorder.record({
      decisionId: newId('decision', { clock, random: systemRandom }),
      tenantId,
      at: clock.now(),
      principalType: 'api_key',
      principalId: 'key_1',
      credentialType: 'api_key',
      credentialId: 'key_1',
      route: 'weather',
      method: 'GET',
      path: '/weather/bern',
      status: 200,
      allowed: true,
      reason: 'allowed',
      policies: [],
      bytesIn: 1,
      bytesOut: 10,
      durationMicros: 900,
      remoteAddress: '192.0.2.1',
      ...more,
    });
  }
  await recorder.flush();
  await recorder.close();
}

const denied = { status: 403, allowed: false, reason: 'no_policy_permits: weather:write' };

test('an hour is added up by steps, credentials, routes and reasons', async () => {
  const to = clock.now() + 1;
  const from = to - 60 * MINUTE;
  await made('ten_sum', [
    { at: from - 1, credentialId: 'too-old' },
    { at: from },
    { at: from + 30 * MINUTE, ...denied },
    { at: from + 59 * MINUTE, ...denied, credentialId: 'key_2', route: 'admin' },
    { at: from + 59 * MINUTE, status: 502, durationMicros: 60_000_000 },
  ]);
  const summary = await summarizeTraffic({ store }, { tenantId: 'ten_sum', from, to, steps: 6 });
  expect(summary).toMatchObject({ from, to, complete: true, totals: { calls: 4, denied: 2, errors: 1 } });
  expect(summary.steps.map(({ calls, denied: no, errors }) => [calls, no, errors])).toEqual([
    [1, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
    [1, 1, 0],
    [0, 0, 0],
    [2, 1, 1],
  ]);
  expect(summary.credentials.map(({ of, calls }) => [of, calls])).toEqual([
    ['key_1', 3],
    ['key_2', 1],
  ]);
  expect(summary.routes.map(({ of, denied: no }) => [of, no])).toEqual([
    ['weather', 1],
    ['admin', 1],
  ]);
  expect(summary.denials).toEqual([{ reason: 'no_policy_permits', calls: 2 }]);
  expect([summary.durationMicrosP50, summary.durationMicrosP95]).toEqual([1000, 8_192_000]);
});

test('others see nothing of it', async () => {
  const to = clock.now() + 1;
  await made('ten_other', [{ organizationId: 'org_a' }, {}]);
  const calls = async (scope: { tenantId: string; organizationId?: string }) =>
    (await summarizeTraffic({ store }, { ...scope, from: to - MINUTE, to, steps: 1 })).totals.calls;
  expect(await calls({ tenantId: 'ten_other' })).toBe(2);
  expect(await calls({ tenantId: 'ten_other', organizationId: 'org_a' })).toBe(1);
  expect(await calls({ tenantId: 'ten_other', organizationId: 'org_b' })).toBe(0);
  expect(await calls({ tenantId: 'ten_none' })).toBe(0);
});

test('a quiet time is all zero, and no slowness is made up', async () => {
  const summary = await summarizeTraffic({ store }, { tenantId: 'ten_none', from: 0, to: MINUTE, steps: 3 });
  expect(summary).toMatchObject({ totals: { calls: 0 }, durationMicrosP95: 0, credentials: [], denials: [] });
  expect(summary.steps.map(({ at }) => at)).toEqual([0, 20_000, 40_000]);
});
