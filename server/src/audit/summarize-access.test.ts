import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, systemRandom } from '#base';
import { fixedClock, openTestStore, type TestStore, testLogger } from '#testing';
import { type AccessRecord, TOKEN_EXCHANGED } from './access-record.ts';
import { openAccessRecorder } from './access-recorder.ts';
import { auditMigrations } from './migrations.ts';
import { PLACES_MAX, summarizeAccess } from './summarize-access.ts';

const clock = fixedClock();
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([auditMigrations]);
});
afterAll(() => store.close());

type Given = Partial<AccessRecord> & { atNoRoute?: true };

async function made(credentialId: string, records: readonly Given[]): Promise<void> {
  const recorder = openAccessRecorder({ store, clock, random: systemRandom, log: testLogger() });
  for (const { atNoRoute, ...more } of records) {
    recorder.record({
      decisionId: newId('decision', { clock, random: systemRandom }),
      tenantId: 'ten_a',
      at: clock.now(),
      principalType: 'api_key',
      principalId: credentialId,
      credentialType: 'api_key',
      credentialId,
      ...(atNoRoute ? {} : { route: 'weather' }),
      method: 'GET',
      path: '/weather/bern',
      status: 200,
      allowed: true,
      reason: 'allowed',
      policies: [],
      bytesIn: 1,
      bytesOut: 10,
      durationMicros: 1,
      remoteAddress: '192.0.2.1',
      ...more,
    });
  }
  await recorder.flush();
  await recorder.close();
}

const summary = (credentialId: string, more: object = {}) =>
  summarizeAccess({ store }, { tenantId: 'ten_a', credentialId, ...more });

test('what a credential did is added up, the busiest first', async () => {
  const at = clock.now();
  await made('key_1', [
    { at: at + 1 },
    { at: at + 2, remoteAddress: '192.0.2.2', path: '/weather/paris' },
    { at: at + 3, remoteAddress: '192.0.2.2' },
    { at: at + 4, route: 'admin', path: '/admin', status: 403, allowed: false },
  ]);
  await made('key_2', [{}]);
  expect(await summary('key_1')).toEqual({
    calls: 4,
    allowed: 3,
    bytesIn: 4,
    bytesOut: 40,
    firstAt: at + 1,
    lastAt: at + 4,
    routes: [
      { of: 'weather', calls: 3, allowed: 3, bytesIn: 3, bytesOut: 30, firstAt: at + 1, lastAt: at + 3 },
      { of: 'admin', calls: 1, allowed: 0, bytesIn: 1, bytesOut: 10, firstAt: at + 4, lastAt: at + 4 },
    ],
    objects: [
      { of: 'GET /weather/bern', calls: 2, allowed: 2, bytesIn: 2, bytesOut: 20, firstAt: at + 1, lastAt: at + 3 },
      { of: 'GET /admin', calls: 1, allowed: 0, bytesIn: 1, bytesOut: 10, firstAt: at + 4, lastAt: at + 4 },
      { of: 'GET /weather/paris', calls: 1, allowed: 1, bytesIn: 1, bytesOut: 10, firstAt: at + 2, lastAt: at + 2 },
    ],
    addresses: [
      { of: '192.0.2.1', calls: 2, allowed: 1, bytesIn: 2, bytesOut: 20, firstAt: at + 1, lastAt: at + 4 },
      { of: '192.0.2.2', calls: 2, allowed: 2, bytesIn: 2, bytesOut: 20, firstAt: at + 2, lastAt: at + 3 },
    ],
    tokens: [],
    complete: true,
  });
  expect((await summary('key_1', { from: at + 2, to: at + 4 })).calls).toBe(2);
});

test('nothing known is nothing done', async () => {
  expect(await summary('key_never')).toMatchObject({ calls: 0, firstAt: undefined, routes: [], complete: true });
  expect(await summarizeAccess({ store }, { tenantId: 'ten_b', credentialId: 'key_1' })).toMatchObject({ calls: 0 });
});

test('more places than are shown are said to be more, and the counts hold all of them', async () => {
  await made(
    'key_3',
    Array.from({ length: PLACES_MAX + 1 }, (_, n) => ({ path: `/weather/${n}` })),
  );
  const found = await summary('key_3');
  expect([found.calls, found.objects.length, found.complete]).toEqual([PLACES_MAX + 1, PLACES_MAX, false]);
});

test('what was done with the tokens that were made from it is among the rest, and theirs', async () => {
  const exchange = (jti: string) => ({
    decisionId: jti,
    atNoRoute: true as const,
    method: 'POST',
    path: '/oauth/token',
    reason: `${TOKEN_EXCHANGED} for key_4: weather:read`,
  });
  const at = clock.now();
  await made('key_4', [
    { ...exchange('tok_1'), at },
    { ...exchange('tok_2'), at: at + 1 },
  ]);
  await made('tok_1', [{ at: at + 2, remoteAddress: '198.51.100.9' }]);
  await made('tok_other', [{ at: at + 3, remoteAddress: '198.51.100.10' }]);
  const found = await summary('key_4');
  expect(found).toMatchObject({ calls: 3, tokens: ['tok_2', 'tok_1'], complete: true });
  expect(found.addresses.map(({ of }) => of)).toEqual(['192.0.2.1', '198.51.100.9']);
});
