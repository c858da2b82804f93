import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccessRecord, openAccessRecorder } from '#audit';
import { newId, systemRandom } from '#base';
import { openSecondStore, openTestStore, type TestStore, testLogger } from '#testing';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { getApiKey, listApiKeys } from './list-api-keys.ts';
import { pruneKeyUsage, readKeyUsage } from './read-key-usage.ts';
import { recordKeyUsage } from './record-key-usage.ts';
import { retireUnusedKeys } from './retire-unused-keys.ts';
import { actor, applyKeyPolicy, clock, deps, migrations } from './sample-deps.fixture.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(migrations);
});
afterAll(() => store.close());

const issue = async (tenantId: string, input: Partial<IssueApiKeyInput> = {}) =>
  (await issueApiKey({ ...deps, store }, { tenantId, actor, name: 'demo', ...input })).apiKey;

function call(tenantId: string, keyId: string, more: Partial<AccessRecord> = {}): AccessRecord {
  return {
    decisionId: newId('decision', { clock, random: systemRandom }),
    tenantId,
    at: clock.now(),
    principalType: 'api_key',
    principalId: keyId,
    credentialType: 'api_key',
    credentialId: keyId,
    route: 'weather',
    method: 'GET',
    path: '/weather/bern',
    status: 200,
    allowed: true,
    reason: 'allowed',
    policies: [],
    bytesIn: 10,
    bytesOut: 100,
    durationMicros: 900,
    remoteAddress: '192.0.2.1',
    ...more,
  };
}

const open = (on: Pick<TestStore, 'transaction'> = store) =>
  openAccessRecorder({ store: on, clock, random: systemRandom, log: testLogger(), keepTallies: recordKeyUsage });

async function made(records: readonly AccessRecord[]): Promise<void> {
  const recorder = open();
  for (const record of records) recorder.record(record);
  await recorder.flush();
  await recorder.close();
}

const read = async (tenantId: string, input: Partial<Parameters<typeof readKeyUsage>[1]> = {}) =>
  (await readKeyUsage({ store }, { tenantId, from: 0, to: clock.now() + HOUR, by: 'day', ...input })).groups;

describe('what a key did', () => {
  test('is counted by its outcome, with bytes and durations', async () => {
    const { id } = await issue('ten_a');
    await made([
      ...Array.from({ length: 90 }, () => call('ten_a', id)),
      ...Array.from({ length: 4 }, () => call('ten_a', id, { status: 404, durationMicros: 30_000 })),
      call('ten_a', id, { status: 401, allowed: false }),
      call('ten_a', id, { status: 403, allowed: false }),
      call('ten_a', id, { status: 429, allowed: false }),
      call('ten_a', id, { status: 502 }),
      call('ten_a', id, { status: 504, durationMicros: 60_000_000 }),
      call('ten_a', id, { status: 200, durationMicros: 60_000 }),
    ]);
    expect(await read('ten_a', { keyId: id, by: 'route' })).toEqual([
      {
        of: 'weather',
        calls: 100,
        clientErrors: 4,
        serverErrors: 2,
        refused: 1,
        denied: 1,
        limited: 1,
        bytesIn: 1000,
        bytesOut: 10_000,
        durationMicrosMean: Math.round((94 * 900 + 4 * 30_000 + 60_000_000 + 60_000) / 100),
        durationMicrosP50: 1_000,
        durationMicrosP95: 32_000,
      },
    ]);
  });

  test('of an exchange is a use, and no call', async () => {
    const { id } = await issue('ten_x');
    const { route: _, ...exchange } = call('ten_x', id, { path: '/oauth/token', remoteAddress: '192.0.2.9' });
    await made([exchange]);
    expect(await read('ten_x', { keyId: id })).toEqual([]);
    const { lastUse } = await getApiKey({ store }, { tenantId: 'ten_x', id });
    expect(lastUse).toEqual({ at: clock.now(), address: '192.0.2.9', route: '' });
  });

  test('is also what was done with tokens that were made from it, and with no others', async () => {
    const tenantId = 'ten_token';
    const [{ id }, { id: other }] = [await issue(tenantId), await issue(tenantId)];
    const by = (jti: string, more: Partial<AccessRecord> = {}) =>
      call(tenantId, jti, { credentialType: 'access_token', principalType: 'user', ...more });
    const of = (apiKeyId: string, jti: string, more: Partial<AccessRecord> = {}) => by(jti, { apiKeyId, ...more });
    await made([
      of(id, 'jti_1'),
      call(tenantId, id, { durationMicros: 30_000 }),
      of(id, 'jti_1', { status: 502, bytesOut: 7 }),
      by('jti_3'),
      of(id, 'jti_2', { status: 401, allowed: false, at: clock.now() + 9 }),
      of(other, 'jti_4', { status: 404, at: clock.now() + 8, remoteAddress: '192.0.2.8' }),
      of(id, 'jti_2', { route: 'maps', at: clock.now() + 7, remoteAddress: '192.0.2.7' }),
    ]);
    const counts = async (keyId: string) =>
      (await read(tenantId, { keyId, by: 'route' })).map((row) => ({ ...row, durationMicrosMean: 0 }));
    expect(await counts(id)).toMatchObject([
      { of: 'maps', calls: 1 },
      {
        of: 'weather',
        calls: 4,
        ...{ serverErrors: 1, refused: 1, clientErrors: 0 },
        ...{ bytesIn: 40, bytesOut: 307, durationMicrosP95: 32_000 },
      },
    ]);
    expect(await counts(other)).toMatchObject([{ of: 'weather', calls: 1, clientErrors: 1 }]);
    expect((await read(tenantId, { by: 'key' })).map(({ of }) => of).sort()).toEqual([id, other].sort());
    const lastUse = async (keyId: string) => (await getApiKey({ store }, { tenantId, id: keyId })).lastUse;
    expect(await lastUse(id)).toEqual({ at: clock.now() + 7, address: '192.0.2.7', route: 'maps' });
    expect(await lastUse(other)).toMatchObject({ address: '192.0.2.8' });
  });

  test('is told by hour, day and route, and in time', async () => {
    const { id } = await issue('ten_b');
    const start = Math.ceil(clock.now() / DAY) * DAY;
    await made([
      call('ten_b', id, { at: start }),
      call('ten_b', id, { at: start + HOUR - 1 }),
      call('ten_b', id, { at: start + HOUR, route: 'maps' }),
      call('ten_b', id, { at: start + DAY }),
    ]);
    const calls = async (input: object) =>
      (await read('ten_b', { keyId: id, to: start + 2 * DAY, ...input })).map(({ of, calls }) => [of, calls]);
    expect(await calls({ by: 'hour' })).toEqual([
      [start, 2],
      [start + HOUR, 1],
      [start + DAY, 1],
    ]);
    expect(await calls({ by: 'day' })).toEqual([
      [start, 3],
      [start + DAY, 1],
    ]);
    expect(await calls({ by: 'route' })).toEqual([
      ['maps', 1],
      ['weather', 3],
    ]);
    expect(await calls({ by: 'hour', from: start + HOUR, to: start + DAY })).toEqual([[start + HOUR, 1]]);
  });

  test('says when, where and from where it was used last; a refused attempt is no use', async () => {
    const { id } = await issue('ten_c');
    expect((await getApiKey({ store }, { tenantId: 'ten_c', id })).lastUse).toBeUndefined();
    const at = clock.now();
    await made([
      call('ten_c', id, { at: at + 5, remoteAddress: '192.0.2.5', route: 'maps' }),
      call('ten_c', id, { at: at + 3, remoteAddress: '192.0.2.3' }),
      call('ten_c', id, { at: at + 9, remoteAddress: '192.0.2.9', status: 401 }),
    ]);
    await made([call('ten_c', id, { at: at + 4 })]);
    const lastUse = { at: at + 5, address: '192.0.2.5', route: 'maps' };
    expect((await getApiKey({ store }, { tenantId: 'ten_c', id })).lastUse).toEqual(lastUse);
    expect((await listApiKeys({ store }, { tenantId: 'ten_c' })).items).toMatchObject([{ id, lastUse }]);
  });

  test('other credentials are not counted, nor what nobody was known for', async () => {
    await made([
      call('ten_d', 'jti_1', { credentialType: 'access_token' }),
      call('ten_d', '', { principalId: 'unknown', status: 401 }),
    ]);
    expect(await read('ten_d')).toEqual([]);
  });

  test('is seen by its own tenant and organization alone', async () => {
    const inside = await issue('ten_e', { organizationId: 'org_1' });
    const outside = await issue('ten_e');
    await made([call('ten_e', inside.id, { organizationId: 'org_1' }), call('ten_e', outside.id)]);
    const keys = async (tenantId: string, more: object = {}) =>
      (await read(tenantId, { by: 'key', ...more })).map(({ of }) => of);
    expect(await keys('ten_e')).toEqual([inside.id, outside.id].toSorted());
    expect(await keys('ten_e', { organizationId: 'org_1' })).toEqual([inside.id]);
    expect(await keys('ten_e', { organizationId: 'org_2' })).toEqual([]);
    expect(await keys('ten_f')).toEqual([]);
  });
});

describe('counts add up exactly', () => {
  test('with four processes counting the same keys at once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await issue('ten_g')).id));
    const stores = await Promise.all(Array.from({ length: 3 }, () => openSecondStore(store, migrations)));
    const recorders = [store, ...stores].map((each) => open(each));
    for (let n = 0; n < 400; n += 1) {
      for (const recorder of recorders) recorder.record(call('ten_g', ids[n % 5] ?? '', { route: `r${n % 3}` }));
      if (n % 50 === 49) await Promise.all(recorders.map((recorder) => recorder.flush()));
    }
    await Promise.all(recorders.map((recorder) => recorder.close()));
    for (const each of stores) await each.close();
    const groups = await read('ten_g', { by: 'key' });
    expect(groups.map(({ calls }) => calls)).toEqual([320, 320, 320, 320, 320]);
  });

  test('when nobody hears that a write was kept, and it is made again', async () => {
    const { id } = await issue('ten_h');
    let deaf = true;
    const transaction: TestStore['transaction'] = async (scope, work, options) => {
      const result = await store.transaction(scope, work, options);
      if (deaf) throw new Error('kept, but nobody was told');
      return result;
    };
    const recorder = open({ transaction });
    for (let n = 0; n < 7; n += 1) recorder.record(call('ten_h', id));
    await recorder.flush();
    deaf = false;
    await recorder.flush();
    await recorder.close();
    expect(await read('ten_h')).toMatchObject([{ calls: 7, bytesIn: 70 }]);
  });
});

test('a report goes page by page', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push((await issue('ten_i')).id);
  await made(ids.map((id) => call('ten_i', id)));
  const seen: unknown[] = [];
  let after: string | number | undefined;
  do {
    const page = await readKeyUsage(
      { store },
      {
        tenantId: 'ten_i',
        from: 0,
        to: clock.now() + HOUR,
        by: 'key',
        limit: 2,
        ...(after === undefined ? {} : { after }),
      },
    );
    seen.push(...page.groups.map(({ of }) => of));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(ids.toSorted());
});

test('what is old is forgotten', async () => {
  const { id } = await issue('ten_j');
  const at = Math.ceil(clock.now() / HOUR) * HOUR;
  await made([call('ten_j', id, { at }), call('ten_j', id, { at: at + HOUR })]);
  await pruneKeyUsage({ store }, { before: at + HOUR });
  expect(await read('ten_j', { by: 'hour', to: at + 2 * HOUR })).toMatchObject([{ of: at + HOUR, calls: 1 }]);
});

describe('keys that nobody uses', () => {
  const retire = (tenantId: string) => retireUnusedKeys({ ...deps, store }, { tenantId });
  const setPolicy = (tenantId: string, spec: object) => applyKeyPolicy(store, tenantId, spec);

  test('are revoked after the time the policy says, and not a moment before', async () => {
    const [never, used, ended] = [
      await issue('ten_k'),
      await issue('ten_k'),
      await issue('ten_k', { expiresAt: clock.now() + 1 }),
    ];
    await setPolicy('ten_k', { retireUnusedAfterDays: 30 });
    await made([call('ten_k', used.id, { at: clock.now() + DAY })]);
    clock.advance(30 * DAY);
    expect(await retire('ten_k')).toBe(0);
    clock.advance(1);
    expect(await retire('ten_k')).toBe(1);
    expect(await getApiKey({ store }, { tenantId: 'ten_k', id: never.id })).toMatchObject({
      revokeReason: 'not used for 30 days',
    });
    expect((await getApiKey({ store }, { tenantId: 'ten_k', id: used.id })).revokedAt).toBeUndefined();
    expect((await getApiKey({ store }, { tenantId: 'ten_k', id: ended.id })).revokedAt).toBeUndefined();
    clock.advance(DAY);
    expect(await retire('ten_k')).toBe(1);
  });

  test('stay where no policy says otherwise', async () => {
    await issue('ten_l');
    await setPolicy('ten_l', { lifetimeDaysMax: 30 });
    clock.advance(3650 * DAY);
    expect([await retire('ten_l'), await retire('ten_m')]).toEqual([0, 0]);
  });
});
