import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditMigrations, listEvents } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal, systemRandom } from '#base';
import { type Keyring, keyringMigrations, openKeyring } from '#keyring';
import {
  deleteResource,
  exportResources,
  findResource,
  kindRegistry,
  putResource,
  readSpec,
  resourcesMigrations,
  settledBy,
  systemCaller,
} from '#resources';
import { recordChange, type Store } from '#store';
import { fixedClock, openSecondStore, openTestStore, type TestStore, testLogger } from '#testing';
import { upstreamKind } from '../upstreams/upstream-kind.ts';
import { listUpstreamSecrets, removeUpstreamSecret, setUpstreamSecret } from './change-secrets.ts';
import { openUpstreamSecrets, type UpstreamSecrets } from './secret-memory.ts';
import { gatewayMigrations } from './secret-table.ts';
import { settleUpstreamSecrets } from './settle-secrets.ts';

const MIGRATIONS = [keyringMigrations, auditMigrations, resourcesMigrations, gatewayMigrations];
const VALUE = 'sk-of-the-third-party';
const tenantId = DEFAULT_TENANT_ID;
const actor = systemPrincipal(tenantId, 'test');
const caller = systemCaller(tenantId, 'test');
const kind = settledBy(upstreamKind, settleUpstreamSecrets);
const kinds = kindRegistry([kind]);
const clock = fixedClock();
const place = { tenantId, upstream: 'third', name: 'key' };

let store: TestStore;
let other: Store;
let keyring: Keyring;
let here: UpstreamSecrets;
/** Another process. */
let there: UpstreamSecrets;
const deps = () => ({ store, keyring, clock, random: systemRandom });

beforeAll(async () => {
  store = await openTestStore(MIGRATIONS);
  other = await openSecondStore(store, MIGRATIONS);
  const environment = {
    KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => (index * 7) % 251)).toString('base64'),
  };
  const masterKey = { kind: 'environment', variable: 'KEY', environment } as const;
  keyring = await openKeyring({ store, recordChange, masterKey, clock, random: systemRandom, log: testLogger() });
  here = await openUpstreamSecrets({ store, keyring, log: testLogger() });
  there = await openUpstreamSecrets({ store: other, keyring, log: testLogger() });
});
afterAll(async () => {
  for (const memory of [here, there]) memory?.close();
  keyring?.close();
  await other?.close();
  await store?.close();
});

const AT = 'http://third.test';

async function declare(...names: string[]): Promise<void> {
  await declareAt([AT], names);
}

async function declareAt(urls: readonly string[], names: readonly string[]): Promise<void> {
  const secrets = names.map((name) => ({ name, header: { name: `x-${name}` } }));
  const spec = { targets: urls.map((url) => ({ url })), secrets };
  const document = readSpec(kinds, kind, 'third', spec);
  const before = await store.transaction({ tenantId }, (tx) => findResource(tx, { tenantId, kind, name: 'third' }));
  await putResource(deps(), { caller, document, ...(before === undefined ? {} : { expected: 'present' }) });
  await store.changes.caughtUp();
}

beforeEach(async () => {
  await store.transaction({ system: true }, (tx) => sql`delete from upstream_secrets`.execute(tx));
  await declare('key', 'spare');
});

const valueThere = async (name = 'key', at = [AT]) => {
  await other.changes.caughtUp();
  return there.secretOf(tenantId, 'third', name, at);
};

describe('a secret', () => {
  test('is used by every process when it is set, and the next one in its place', async () => {
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    expect([here.secretOf(tenantId, 'third', 'key', [AT]), await valueThere()]).toEqual([VALUE, VALUE]);
    await setUpstreamSecret(deps(), { ...place, value: 'rotated', actor });
    expect([here.secretOf(tenantId, 'third', 'key', [AT]), await valueThere()]).toEqual(['rotated', 'rotated']);
    expect(await listUpstreamSecrets(deps(), place)).toEqual([
      { name: 'key', setAt: clock.now(), origins: [AT] },
      { name: 'spare' },
    ]);
  });

  test('ends in every process when it is removed', async () => {
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    await removeUpstreamSecret(deps(), { ...place, actor });
    expect([here.secretOf(tenantId, 'third', 'key', [AT]), await valueThere()]).toEqual([undefined, undefined]);
  });

  test('ends with its declaration, and does not come back with it', async () => {
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    await setUpstreamSecret(deps(), { ...place, name: 'spare', value: 'other', actor });
    await declare('spare');
    expect([await valueThere(), await valueThere('spare')]).toEqual([undefined, 'other']);
    await declare('key', 'spare');
    expect(await valueThere()).toBeUndefined();
  });

  test('ends with its upstream, and is not inherited by another of that name', async () => {
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    await deleteResource(deps(), { caller, kind, name: 'third' });
    await declare('key');
    expect(await valueThere()).toBeUndefined();
    expect(await listUpstreamSecrets(deps(), place)).toEqual([{ name: 'key' }]);
  });

  test('is in no export, no event and no row', async () => {
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    const exported = JSON.stringify(await exportResources(deps(), { kinds: [kind], caller }));
    expect(exported).toContain('x-key');
    const events = await listEvents({ store }, { tenantId, type: 'upstream_secret.set' });
    expect(events.items.at(-1)).toMatchObject({ target: { name: 'third' }, detail: { name: 'key' } });
    const rows = await store.transaction({ system: true }, (tx) => sql`select * from upstream_secrets`.execute(tx));
    for (const text of [exported, JSON.stringify(events), JSON.stringify(rows.rows)]) expect(text).not.toContain(VALUE);
  });

  test('that was moved to another upstream behind our back does not open', async () => {
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    await store.transaction({ system: true }, async (tx) => {
      await sql`insert into upstream_secrets select tenant_id, 'mine', name, sealed, set_at, origins from upstream_secrets`.execute(
        tx,
      );
    });
    const memory = await openUpstreamSecrets({ store, keyring, log: testLogger() });
    expect([memory.secretOf(tenantId, 'mine', 'key', [AT]), memory.secretOf(tenantId, 'third', 'key', [AT])]).toEqual([
      undefined,
      VALUE,
    ]);
    memory.close();
  });
});

describe('where it may be sent', () => {
  const EVIL = 'http://evil.test';

  test('to the targets that it was set for, and nowhere else: not by a change of the upstream', async () => {
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    for (const urls of [[EVIL], [AT, EVIL], ['https://third.test'], ['http://third.test:8080']]) {
      await expect(declareAt(urls, ['key']), urls.join()).rejects.toMatchObject({
        code: 'upstream_secret_misplaced',
        message: expect.stringContaining('--also'),
      });
    }
    await declareAt([AT], ['key']);
    expect(await valueThere()).toBe(VALUE);
    expect([await valueThere('key', [EVIL]), await valueThere('key', [AT, EVIL])]).toEqual([undefined, undefined]);
  });

  test('to targets to come, for whoever knows the value', async () => {
    const next = 'http://next.test';
    await setUpstreamSecret(deps(), { ...place, value: VALUE, also: [next], actor });
    await declareAt([AT, next], ['key']);
    expect(await valueThere('key', [AT, next])).toBe(VALUE);
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    await declareAt([next], ['key']);
    expect((await listUpstreamSecrets(deps(), place))[0]?.origins).toEqual([AT, next]);
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    await expect(declareAt([AT], ['key'])).rejects.toMatchObject({ code: 'upstream_secret_misplaced' });
    await removeUpstreamSecret(deps(), { ...place, actor });
    await declareAt([EVIL], ['key']);
    expect(await valueThere('key', [EVIL])).toBeUndefined();
  });

  test('a place that was written in behind our back does not open it', async () => {
    await declare('key');
    await setUpstreamSecret(deps(), { ...place, value: VALUE, actor });
    await store.transaction({ system: true }, (tx) =>
      sql`update upstream_secrets set origins = ${`${AT} ${EVIL}`}`.execute(tx),
    );
    const memory = await openUpstreamSecrets({ store, keyring, log: testLogger() });
    expect(memory.secretOf(tenantId, 'third', 'key', [AT])).toBeUndefined();
    memory.close();
    await removeUpstreamSecret(deps(), { ...place, actor });
  });
});

describe('refused', () => {
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );

  test.for([
    ['no such secret', { ...place, name: 'unheard' }],
    ['no such upstream', { ...place, upstream: 'unheard' }],
    ['another tenant', { ...place, tenantId: `ten_${'1'.repeat(26)}` }],
  ] as const)('%s', async ([, where]) => {
    expect(await refusal(setUpstreamSecret(deps(), { ...where, value: 'x', actor }))).toBe('upstream_secret_unknown');
    expect(await refusal(removeUpstreamSecret(deps(), { ...where, actor }))).toBe('upstream_secret_unknown');
  });

  test('removing what is not set', async () => {
    expect(await refusal(removeUpstreamSecret(deps(), { ...place, name: 'spare', actor }))).toBe(
      'upstream_secret_unknown',
    );
  });

  test('setting while the declaration goes: never a value without one', async () => {
    for (let round = 0; round < 5; round += 1) {
      await declare('key');
      await Promise.allSettled([setUpstreamSecret(deps(), { ...place, value: VALUE, actor }), declare('spare')]);
      await declare('key');
      expect(await valueThere()).toBeUndefined();
    }
  });
});
