import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fixedClock, seededRandom, temporaryFolder, testLogger } from '#testing';
import { openStore, type Store } from '../open-store.ts';
import type { Change } from './change.ts';
import { PostgresChangeFeed } from './change-feed.ts';
import { pruneChanges } from './prune-changes.ts';
import { recordChange } from './record-change.ts';

/** A feed whose connections are in the test's hand: when they are made, and when they are cut. */
let folder: string;
let store: Store;
let url: string;
let feed: PostgresChangeFeed;
let mayConnect: Promise<void>;
let connections: pg.Client[];
let heard: string[];
let resyncs: number;
/** What the server is made to say of itself, instead of the truth. */
let pretended: Record<string, string>;

// A server of our own: what may be pruned depends on every transaction open on it, and other tests have many.
beforeAll(async () => {
  folder = await temporaryFolder();
  const deps = { clock: fixedClock(), random: seededRandom(), log: testLogger(), migrations: [] };
  store = await openStore({ ...deps, database: { kind: 'embedded', dataFolder: folder } });
  url = `postgresql://gatehouse_program@localhost/gatehouse?host=${encodeURIComponent(join(folder, 'postgres'))}`;
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  mayConnect = Promise.resolve();
  connections = [];
  heard = [];
  resyncs = 0;
  pretended = {};
  feed = await newFeed();
  feed.subscribe('*', (changes: Change[]) => void heard.push(...changes.map(({ id }) => id)));
  feed.onResync(() => {
    resyncs += 1;
  });
});
afterEach(() => feed.close());

async function newFeed(pollMilliseconds = 60_000): Promise<PostgresChangeFeed> {
  const connect = async (): Promise<pg.Client> => {
    await mayConnect;
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    connections.push(client);
    return pretending(client);
  };
  const made = new PostgresChangeFeed({ connect, log: testLogger(), pollMilliseconds });
  await made.start();
  return made;
}

/** Puts what is pretended in the place of what the server answers. */
function pretending(client: pg.Client): pg.Client {
  const query = client.query.bind(client) as (text: string) => Promise<unknown>;
  const altered = async (text: string): Promise<unknown> => {
    const result = await query(text);
    for (const { rows } of [result].flat() as { rows: Record<string, string>[] }[])
      for (const row of rows)
        for (const name of Object.keys(row)) if (pretended[name] !== undefined) row[name] = pretended[name];
    return result;
  };
  return Object.assign(client, { query: altered });
}

const put = (id: string) =>
  store.transaction({ tenantId: 'ten_a' }, (tx) =>
    recordChange(tx, { tenantId: 'ten_a', topic: 'route', id, operation: 'put' }),
  );
const prune = (retention: number) => pruneChanges({ transact: store.transaction }, retention);
/** Cuts the connection and holds back the next one until the returned function is called. */
async function cut(): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  mayConnect = promise;
  await connections.at(-1)?.end();
  return resolve;
}

test('what was committed while cut off is heard afterwards', async () => {
  const reconnect = await cut();
  await put('while away');
  reconnect();
  await feed.caughtUp();
  expect([heard, resyncs]).toEqual([['while away'], 0]);
});

test('when that was pruned meanwhile, everything is loaded anew', async () => {
  const reconnect = await cut();
  await put('lost');
  expect(await prune(0)).toBeGreaterThan(0);
  reconnect();
  await feed.caughtUp();
  expect([heard, resyncs]).toEqual([[], 1]);
  await put('after');
  await feed.caughtUp();
  expect([heard, resyncs]).toEqual([['after'], 1]);
});

test('pruning what was heard long ago disturbs nobody', async () => {
  await put('heard');
  await feed.caughtUp();
  await feed.caughtUp();
  await prune(0);
  await feed.caughtUp();
  expect([heard, resyncs]).toEqual([['heard'], 0]);
});

test('pruning leaves what is young, and what an open transaction wrote', async () => {
  await put('young');
  expect(await prune(60_000)).toBe(0);
  await feed.caughtUp();
  const gate = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const open = store.transaction({ tenantId: 'ten_a' }, async (tx) => {
    await recordChange(tx, { tenantId: 'ten_a', topic: 'route', id: 'open', operation: 'put' });
    written.resolve();
    await gate.promise;
  });
  await written.promise;
  await prune(0);
  gate.resolve();
  await open;
  await feed.caughtUp();
  expect(heard).toContain('open');
  expect(resyncs).toBe(0);
});

test('being too far behind to replay leads to a resync', async () => {
  const reconnect = await cut();
  await store.transaction({ system: true }, (tx) =>
    sql`insert into changes (tenant_id, topic, id, operation) select 'ten_a', 't', n::text, 'put' from generate_series(1, 20001) n`.execute(
      tx,
    ),
  );
  reconnect();
  await feed.caughtUp();
  expect([heard, resyncs]).toEqual([[], 1]);
  expect(await prune(0)).toBeGreaterThan(20_000);
});

test('rows that name transactions of another server are dropped without a resync', async () => {
  await store.transaction({ system: true }, (tx) =>
    sql`insert into changes (tenant_id, topic, id, operation, transaction) values ('ten_a', 't', 'foreign', 'put', '99999999999')`.execute(
      tx,
    ),
  );
  await feed.caughtUp();
  await prune(0);
  await put('own');
  await feed.caughtUp();
  expect([heard, resyncs]).toEqual([['foreign', 'own'], 0]);
});

test('a lost notification is found by looking', async () => {
  const impatient = await newFeed(1);
  const found = Promise.withResolvers<string>();
  impatient.subscribe(['quiet'], ([change]) => found.resolve(change?.id ?? ''));
  await store.transaction({ system: true }, (tx) =>
    sql`insert into changes (tenant_id, topic, id, operation) values ('ten_a', 'quiet', 'unannounced', 'put')`.execute(
      tx,
    ),
  );
  expect(await found.promise).toBe('unannounced');
  await impatient.close();
});

test('another server under the same address, restored or failed over to: everything is loaded anew', async () => {
  const reconnect = await cut();
  pretended = { server: 'started at another time' };
  await put('while away');
  reconnect();
  await feed.caughtUp();
  expect(resyncs).toBe(1);
  await put('after');
  await feed.caughtUp();
  expect(heard).toContain('after');
  expect(resyncs).toBe(1);
});

test('transaction numbers that go back: everything is loaded anew, and what follows is heard', async () => {
  pretended = { xmin: '99999999999' };
  await feed.caughtUp();
  pretended = {};
  const before = resyncs;
  await put('under a small number');
  await feed.caughtUp();
  expect(resyncs).toBe(before + 1);
  await put('after');
  await feed.caughtUp();
  expect(heard).toContain('after');
});

test('tells how long ago it last knew everything, and counts while it is cut off', async () => {
  await feed.caughtUp();
  expect(feed.silentMilliseconds()).toBeLessThan(1_000);
  const reconnect = await cut();
  const cutAt = performance.now();
  while (performance.now() < cutAt + 30) await new Promise(setImmediate);
  expect(feed.silentMilliseconds()).toBeGreaterThanOrEqual(30);
  reconnect();
  await feed.caughtUp();
  expect(feed.silentMilliseconds()).toBeLessThan(performance.now() - cutAt);
});

test('a listener that can not load anew counts as silence', async () => {
  await feed.caughtUp();
  const away = Promise.withResolvers<void>();
  const stopListening = feed.subscribe(['broken'], () => Promise.reject(new Error('the database is away')));
  const stopResync = feed.onResync(() => away.promise);
  const failedAt = performance.now();
  await store.transaction({ tenantId: 'ten_a' }, (tx) =>
    recordChange(tx, { tenantId: 'ten_a', topic: 'broken', id: 'x', operation: 'put' }),
  );
  const caughtUp = feed.caughtUp();
  while (performance.now() < failedAt + 50) await new Promise(setImmediate);
  expect(feed.silentMilliseconds()).toBeGreaterThanOrEqual(40);
  away.resolve();
  await caughtUp;
  await feed.caughtUp();
  expect(feed.silentMilliseconds()).toBeLessThan(performance.now() - failedAt);
  stopListening();
  stopResync();
});
