import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newId, systemRandom } from '#base';
import { mintCredential } from '#keyring';
import type { Store } from '#store';
import { fixedClock, openTestStore, type TestStore, testLogger } from '#testing';
import type { AccessRecord } from './access-record.ts';
import { type AccessOverflow, type AccessRecorder, openAccessRecorder } from './access-recorder.ts';
import { listAccessRecords } from './list-access-records.ts';
import { listEvents } from './list-events.ts';
import { auditMigrations } from './migrations.ts';

const clock = fixedClock();
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([auditMigrations]);
});
afterAll(() => store.close());

/** An id of that time, so that ids of one time sort by their number. */
function decisionAt(at: number, number: number): string {
  const time = newId('decision', { clock: fixedClock(new Date(at).toISOString()), random: systemRandom }).slice(0, 14);
  return `${time}${String(number).padStart(16, '0')}`;
}

let made = 0;
function record(tenantId: string, more: Partial<AccessRecord> = {}): AccessRecord {
  made += 1;
  return {
    decisionId: decisionAt(more.at ?? clock.now(), made),
    tenantId,
    at: clock.now(),
    principalType: 'api_key',
    principalId: 'key_1',
    credentialType: 'api_key',
    credentialId: 'key_1',
    method: 'GET',
    path: '/weather/bern',
    status: 200,
    allowed: true,
    reason: 'allowed',
    policies: [],
    bytesIn: 0,
    bytesOut: 120,
    durationMicros: 850,
    remoteAddress: '192.0.2.1',
    ...more,
  };
}

/** The same store, but out of reach while `down`. */
function brittle() {
  const state = { down: false, losesAnswers: false, transactions: 0 };
  const transaction: Store['transaction'] = async (scope, work, options) => {
    state.transactions += 1;
    if (state.down) throw new Error('out of reach');
    const result = await store.transaction(scope, work, options);
    if (state.losesAnswers) throw new Error('written, but nobody was told');
    return result;
  };
  return { state, store: { transaction } };
}

function open(on: Pick<Store, 'transaction'>, overflow: AccessOverflow, waitingMax = 10): AccessRecorder {
  const recorder = openAccessRecorder({
    store: on,
    clock,
    random: systemRandom,
    log: testLogger(),
    overflow,
    waitingMax,
  });
  onTestFinished(() => recorder.close());
  return recorder;
}

const list = (tenantId: string) => listAccessRecords({ store }, { tenantId, limit: 500 });

test('what is recorded is what is listed, newest first', async () => {
  const recorder = open(store, 'drop_and_count');
  const full = record('ten_a', {
    organizationId: 'org_1',
    clientId: 'spa',
    route: 'weather',
    upstream: 'http://localhost:7900',
    policies: ['p1', 'with "quotes", commas and {braces}'],
  });
  const denied = record('ten_a', { status: 403, allowed: false, reason: 'missing_scope' });
  for (const each of [full, denied]) recorder.record(each);
  await recorder.flush();
  expect((await list('ten_a')).items).toEqual([denied, full]);
  expect(recorder.stats()).toEqual({ waiting: 0, written: 2, dropped: 0, failedWrites: 0 });
});

test('records of many tenants go in one transaction, each seen by its own tenant only', async () => {
  const { state, store: counted } = brittle();
  const recorder = open(counted, 'drop_and_count', 1000);
  for (let n = 0; n < 300; n += 1) recorder.record(record(`ten_b${n % 3}`));
  await recorder.flush();
  expect(state.transactions).toBe(1);
  expect((await list('ten_b1')).items).toHaveLength(100);
});

test('odd values are bent into shape and hold nobody up', async () => {
  const recorder = open(store, 'drop_and_count');
  const secret = mintCredential('api_key', systemRandom);
  recorder.record(record('ten_c', { path: '/a\0b\ud800', bytesIn: Number.NaN, durationMicros: 1.7 }));
  recorder.record(record('ten_c', { principalId: 'x'.repeat(9000), path: `/${'y'.repeat(9000)}` }));
  recorder.record(record('ten_c', { path: `/weather?key=${secret}` }));
  recorder.record(record('ten_c'));
  await recorder.flush();
  const { items } = await list('ten_c');
  expect(items).toHaveLength(4);
  expect(items[1]?.path).toBe('/weather?key=gh_live_[redacted]');
  expect([items[2]?.principalId.length, items[2]?.path.length]).toEqual([256, 2048]);
  expect(items[3]).toMatchObject({ path: '/a\ufffdb\ufffd', bytesIn: 0, durationMicros: 2 });
});

describe('while the database is out of reach', () => {
  test('records wait, and are written once it is back', async () => {
    const { state, store: on } = brittle();
    const recorder = open(on, 'drop_and_count');
    state.down = true;
    for (let n = 0; n < 7; n += 1) recorder.record(record('ten_d'));
    await recorder.flush();
    expect(recorder.stats()).toMatchObject({ waiting: 7, written: 0, dropped: 0 });
    state.down = false;
    await recorder.flush();
    expect((await list('ten_d')).items).toHaveLength(7);
  });

  test('drop_and_count: memory is bounded, the loss counted, and written down when it is over', async () => {
    const { state, store: on } = brittle();
    const recorder = open(on, 'drop_and_count');
    state.down = true;
    for (let n = 0; n < 25; n += 1) recorder.record(record(n % 5 === 0 ? 'ten_e2' : 'ten_e1'));
    expect(recorder.stats()).toMatchObject({ waiting: 10, dropped: 15 });
    expect(recorder.accepting()).toBe(true);
    await recorder.flush();
    expect((await listEvents({ store }, { tenantId: 'ten_e1' })).items).toEqual([]);
    state.down = false;
    await recorder.flush();
    const events = async (tenantId: string) =>
      (await listEvents({ store }, { tenantId })).items.map(({ type, detail }) => [type, detail]);
    expect(await events('ten_e1')).toEqual([['access_log.dropped', { count: 12 }]]);
    expect(await events('ten_e2')).toEqual([['access_log.dropped', { count: 3 }]]);
    recorder.record(record('ten_e1'));
    await recorder.flush();
    expect(await events('ten_e1')).toHaveLength(1);
  });

  test('refuse: no more are accepted before the room is used up, and again when there is room', async () => {
    const { state, store: on } = brittle();
    const recorder = open(on, 'refuse');
    state.down = true;
    const accepted: boolean[] = [];
    for (let n = 0; n < 10; n += 1) {
      accepted.push(recorder.accepting());
      recorder.record(record('ten_f'));
    }
    expect(accepted).toEqual([...Array(9).fill(true), false]);
    expect(recorder.stats()).toMatchObject({ waiting: 10, dropped: 0 });
    state.down = false;
    await recorder.flush();
    expect(recorder.accepting()).toBe(true);
    expect((await list('ten_f')).items).toHaveLength(10);
  });
});

test('closing writes what there is; what comes later is counted as lost and does not throw', async () => {
  const recorder = open(store, 'drop_and_count');
  recorder.record(record('ten_g'));
  await recorder.close();
  recorder.record(record('ten_g'));
  expect(recorder.stats()).toMatchObject({ written: 1, dropped: 1 });
  expect((await list('ten_g')).items).toHaveLength(1);
});

test('a batch whose commit was not heard of is written again and kept once', async () => {
  const { state, store: on } = brittle();
  const recorder = open(on, 'drop_and_count');
  state.losesAnswers = true;
  for (let n = 0; n < 3; n += 1) recorder.record(record('ten_h'));
  await recorder.flush();
  recorder.record(record('ten_h'));
  await recorder.flush();
  expect(recorder.stats()).toMatchObject({ waiting: 4, written: 0, failedWrites: 2 });
  state.losesAnswers = false;
  await recorder.flush();
  expect(recorder.stats()).toMatchObject({ waiting: 0, written: 4 });
  expect((await list('ten_h')).items).toHaveLength(4);
});
