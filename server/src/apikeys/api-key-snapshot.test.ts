import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemRandom } from '#base';
import { mintCredential } from '#keyring';
import { recordChange, type Store } from '#store';
import { openSecondStore, openTestStore, type TestStore } from '#testing';
import { type ApiKeySnapshot, openApiKeySnapshot } from './api-key-snapshot.ts';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import type { KeyRights } from './key-owners.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { actor, clock, deps, keyring, migrations, owners, ownersBut } from './sample-deps.fixture.ts';

const tenantId = 'ten_1';
let here: TestStore;
let there: Store;
beforeAll(async () => {
  here = await openTestStore(migrations);
  there = await openSecondStore(here, migrations);
});
afterAll(async () => {
  await there.close();
  await here.close();
});

const issue = (input: Partial<IssueApiKeyInput> = {}) =>
  issueApiKey({ ...deps, store: here }, { tenantId, actor, name: 'demo', ...input });
const revoke = (id: string) => revokeApiKey({ ...deps, store: here }, { tenantId, actor, id });

async function open(store: Store = there, textsMax?: number, lateKeys = {}): Promise<ApiKeySnapshot> {
  const snapshot = await openApiKeySnapshot({
    store,
    keyring,
    clock,
    owners,
    lateKeys,
    ...(textsMax === undefined ? {} : { textsMax }),
  });
  onTestFinished(() => snapshot.close());
  return snapshot;
}

describe('a principal', () => {
  test.for([
    ['without an owner is the key itself', {}, { type: 'api_key', id: expect.stringMatching(/^key_/) }],
    ['owned by a person', { owner: { type: 'user', id: 'usr_1' } }, { type: 'user', id: 'usr_1' }],
    [
      'owned by a service account',
      { owner: { type: 'service_account', id: 'svc_1' } },
      { type: 'service_account', id: 'svc_1' },
    ],
    ['in an organization', { organizationId: 'org_1' }, { organizationId: 'org_1' }],
  ] as const)('%s', async ([, input, expected]) => {
    const { key, apiKey } = await issue({ scopes: ['a'], roles: ['r'], expiresAt: clock.now() + 5500, ...input });
    const verified = (await open()).verifyApiKey(key, clock.now());
    expect(verified).toMatchObject({
      ok: true,
      principal: {
        tenantId,
        scopes: ['a'],
        roles: ['r'],
        credential: {
          type: 'api_key',
          id: apiKey.id,
          environment: 'live',
          expiresAt: Math.floor((clock.now() + 5500) / 1000),
        },
        ...expected,
      },
    });
  });
});

describe('refused', () => {
  test.for([
    ['nothing', '', 'malformed'],
    ['another word', 'password', 'malformed'],
    ['a wrong checksum', `${mintCredential('api_key', systemRandom).slice(0, -1)}_`, 'malformed'],
    ['another kind of credential', mintCredential('session', systemRandom), 'malformed'],
    ['a huge text', `gh_live_${'x'.repeat(100_000)}`, 'malformed'],
    ['a key that was never issued', mintCredential('api_key', systemRandom), 'unknown'],
  ] as const)('%s', async ([, text, reason]) => {
    expect((await open()).verifyApiKey(text, clock.now())).toMatchObject({ ok: false, reason });
  });

  test('an expired key, from its last millisecond on, also when it was just accepted', async () => {
    const { key } = await issue({ expiresAt: clock.now() + 1000 });
    const snapshot = await open();
    expect(snapshot.verifyApiKey(key, clock.now() + 999).ok).toBe(true);
    expect(snapshot.verifyApiKey(key, clock.now() + 1000)).toMatchObject({ ok: false, reason: 'expired' });
    expect((await open()).verifyApiKey(key, clock.now() + 1000)).toMatchObject({ ok: false, reason: 'expired' });
  });

  test('a revoked key, also when it was just accepted, and after a restart', async () => {
    const { key, apiKey } = await issue();
    const snapshot = await open();
    expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
    await revoke(apiKey.id);
    await there.changes.caughtUp();
    // Named for the record: what was tried with it afterwards must be found under the key's id.
    expect(snapshot.verifyApiKey(key, clock.now())).toMatchObject({
      ok: false,
      reason: 'revoked',
      former: { credential: { id: apiKey.id } },
    });
    expect((await open()).verifyApiKey(key, clock.now())).toMatchObject({ ok: false, reason: 'revoked' });
  });

  test('a key whose row is gone', async () => {
    const { key, apiKey } = await issue();
    const snapshot = await open();
    expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
    await here.transaction({ system: true }, async (tx) => {
      await sql`delete from api_keys where id = ${apiKey.id}`.execute(tx);
      await recordChange(tx, { tenantId, topic: 'api_key', id: apiKey.id, operation: 'delete' });
    });
    await there.changes.caughtUp();
    expect(snapshot.verifyApiKey(key, clock.now())).toMatchObject({ ok: false, reason: 'revoked' });
  });
});

describe('a key whose owner is disabled', () => {
  const ada = { tenantId, id: 'usr_ada' };
  const changed = ({ tenantId: tenant, id }: typeof ada) =>
    here.transaction({ tenantId: tenant }, (tx) =>
      recordChange(tx, { tenantId: tenant, topic: 'user', id, operation: 'put' }),
    );

  test('is refused everywhere, also when it was just accepted, and works again when the owner does', async () => {
    const disabled = new Set<string>();
    const asked = ownersBut(disabled);
    const { key } = await issue({ owner: { type: 'user', id: ada.id } });
    const { key: unowned } = await issue();
    const { key: other } = await issue({ owner: { type: 'user', id: 'usr_bob' } });
    const snapshot = await openApiKeySnapshot({ store: there, keyring, clock, owners: asked });
    onTestFinished(() => snapshot.close());
    const accepted = () => [key, unowned, other].map((text) => snapshot.verifyApiKey(text, clock.now()).ok);
    expect(accepted()).toEqual([true, true, true]);
    disabled.add(`${tenantId} ${ada.id}`);
    await changed(ada);
    await there.changes.caughtUp();
    expect(accepted()).toEqual([false, true, true]);
    expect(snapshot.verifyApiKey(key, clock.now())).toMatchObject({ reason: 'revoked' });
    const restarted = await openApiKeySnapshot({ store: there, keyring, clock, owners: asked });
    onTestFinished(() => restarted.close());
    expect(restarted.verifyApiKey(key, clock.now()).ok).toBe(false);
    disabled.delete(`${tenantId} ${ada.id}`);
    await changed(ada);
    await there.changes.caughtUp();
    expect(accepted()).toEqual([true, true, true]);
  });

  test('is another person’s in another tenant', async () => {
    const { key } = await issue({ owner: { type: 'user', id: ada.id } });
    const elsewhere = ownersBut(new Set([`ten_2 ${ada.id}`]));
    const snapshot = await openApiKeySnapshot({ store: there, keyring, clock, owners: elsewhere });
    onTestFinished(() => snapshot.close());
    expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
  });
});

test('a key does no more than its owner, from the moment that a change of either is heard of', async () => {
  let held = ['editor', 'viewer'];
  let version = 0;
  const owning = {
    standing: async (places: readonly unknown[]) => places.map(() => ({ roles: held, groups: ['grp_1'] })),
    narrow: (_place: unknown, { roles }: { roles: readonly string[] }, key: KeyRights) => ({
      roles: key.roles.filter((role) => roles.includes(role) && (version === 0 || role !== 'viewer')),
      scopes: key.byOwner ? [] : key.scopes,
    }),
    version: () => version,
  };
  const { key } = await issue({ owner: { type: 'user', id: 'usr_eve' }, roles: ['editor', 'viewer'], scopes: ['a:b'] });
  const own = { ...actor, id: 'usr_eve' };
  const { key: byHerself } = await issue({ owner: { type: 'user', id: 'usr_eve' }, scopes: ['a:b'], actor: own });
  const snapshot = await openApiKeySnapshot({ store: there, keyring, clock, owners: owning });
  onTestFinished(() => snapshot.close());
  const principal = (text: string) => {
    const verification = snapshot.verifyApiKey(text, clock.now());
    return verification.ok ? verification.principal : undefined;
  };
  expect(principal(key)).toMatchObject({ roles: ['editor', 'viewer'], scopes: ['a:b'], groups: ['grp_1'] });
  expect(principal(byHerself)?.scopes).toEqual([]);
  // Worked out once, not with each request.
  expect(principal(key)).toBe(principal(key));
  for (const topic of ['user', 'group']) {
    held = topic === 'user' ? ['viewer'] : ['editor'];
    await here.transaction({ tenantId }, (tx) =>
      recordChange(tx, { tenantId, topic, id: topic === 'user' ? 'usr_eve' : 'grp_1', operation: 'put' }),
    );
    await there.changes.caughtUp();
    expect(principal(key)?.roles).toEqual(held);
  }
  held = ['viewer'];
  version = 1;
  await here.transaction({ tenantId }, (tx) =>
    recordChange(tx, { tenantId, topic: 'user', id: 'usr_eve', operation: 'delete' }),
  );
  await there.changes.caughtUp();
  expect(principal(key)?.roles).toEqual([]);
});

test('a new key is accepted by another process as soon as that has heard of it', async () => {
  const snapshot = await open();
  const { key } = await issue();
  await there.changes.caughtUp();
  expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
});

test('a flood of made-up keys grows nothing and asks the database nothing', async () => {
  let transactions = 0;
  const counted: Store = {
    ...there,
    transaction: (scope, work, options) => {
      transactions += 1;
      return there.transaction(scope, work, options);
    },
  };
  const snapshot = await open(counted);
  const before = { ...snapshot.stats(), transactions };
  let waited = 0;
  for (let n = 0; n < 5000; n += 1) {
    const text = mintCredential('api_key', systemRandom);
    snapshot.verifyApiKey(text, clock.now());
    if (snapshot.whenHeard(text) !== undefined) waited += 1;
  }
  expect({ ...snapshot.stats(), transactions }).toEqual(before);
  // Nobody's time was up in between: nothing here gives way to a timer.
  expect(waited).toBe(100);
});

test('a key that was made at another process is waited for, and good the first time it is used', async () => {
  const snapshot = await open(there, undefined, { waitMilliseconds: 30_000 });
  for (let n = 0; n < 20; n += 1) {
    const { key } = await issue();
    if (!snapshot.verifyApiKey(key, clock.now()).ok) await snapshot.whenHeard(key);
    expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
  }
});

test('what is no key of ours is not waited for', async () => {
  const snapshot = await open();
  expect(snapshot.whenHeard('password')).toBeUndefined();
  expect(snapshot.whenHeard(`${mintCredential('api_key', systemRandom).slice(0, -1)}_`)).toBeUndefined();
});

test('a revocation acts also when the database can’t be read any more', async () => {
  const { key, apiKey } = await issue();
  let away = false;
  const flaky: Store = {
    ...there,
    transaction: (scope, work, options) =>
      away ? Promise.reject(new Error('away')) : there.transaction(scope, work, options),
  };
  const snapshot = await open(flaky);
  expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
  away = true;
  await revoke(apiKey.id);
  while (snapshot.verifyApiKey(key, clock.now()).ok) await new Promise(setImmediate);
  const { key: later } = await issue();
  expect(snapshot.verifyApiKey(later, clock.now()).ok).toBe(false);
  away = false;
  await there.changes.caughtUp();
  expect(snapshot.verifyApiKey(later, clock.now()).ok).toBe(true);
  expect(snapshot.verifyApiKey(key, clock.now())).toMatchObject({ ok: false, reason: 'revoked' });
});

test('remembered texts are bounded; forgotten ones still verify', async () => {
  const keys = await Promise.all(Array.from({ length: 5 }, () => issue()));
  const snapshot = await open(there, 3);
  for (let round = 0; round < 3; round += 1) {
    for (const { key } of keys) expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
    expect(snapshot.stats().texts).toBe(3);
  }
});

test('keys issued while the snapshot loads are not missed', async () => {
  const loading = openApiKeySnapshot({ store: there, keyring, clock, owners });
  const issued = await Promise.all(Array.from({ length: 20 }, () => issue()));
  const snapshot = await loading;
  onTestFinished(() => snapshot.close());
  await there.changes.caughtUp();
  for (const { key } of issued) expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
});

test('fifty keys revoked under constant verification: each refused elsewhere within 100 ms, and never accepted again', async () => {
  const tries: number[] = [];
  // A machine that is busy with other work just then gets another try, for the time alone.
  while (tries.length < 3 && !tries.some((slowest) => slowest < 100)) tries.push(await revokeFifty());
  // Of 50 the 99th percentile is the largest. Measured here: half a millisecond.
  expect(Math.min(...tries)).toBeLessThan(100);
}, 60_000);

/** @returns how long the slowest was still accepted, in milliseconds */
async function revokeFifty(): Promise<number> {
  const snapshot = await open();
  const local = await open(here);
  const issued = await Promise.all(Array.from({ length: 50 }, () => issue()));
  await there.changes.caughtUp();
  const delays: number[] = [];
  const comebacks: string[] = [];
  for (const { key, apiKey } of issued) {
    expect(snapshot.verifyApiKey(key, clock.now()).ok).toBe(true);
    await revoke(apiKey.id);
    const acknowledged = performance.now();
    while (snapshot.verifyApiKey(key, clock.now()).ok) await new Promise(setImmediate);
    delays.push(performance.now() - acknowledged);
    for (const other of issued.slice(0, delays.length)) {
      if (snapshot.verifyApiKey(other.key, clock.now()).ok) comebacks.push(other.apiKey.id);
    }
  }
  await here.changes.caughtUp();
  expect(comebacks).toEqual([]);
  expect(issued.filter(({ key }) => local.verifyApiKey(key, clock.now()).ok)).toEqual([]);
  return Math.max(...delays);
}
