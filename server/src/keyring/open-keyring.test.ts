import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemRandom } from '#base';
import { recordChange, type Store } from '#store';
import { fixedClock, openSecondStore, openTestStore, type TestStore, testLogger } from '#testing';
import type { MasterKeySource } from './master-key.ts';
import { keyringMigrations } from './migrations.ts';
import { type Keyring, openKeyring } from './open-keyring.ts';

const place = { table: 'things', column: 'secret', row: 'ten_1/a' };
const clock = fixedClock();
const key = (byte: number): MasterKeySource => ({
  kind: 'environment',
  variable: 'KEY',
  environment: { KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => (index * byte) % 251)).toString('base64') },
});

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([keyringMigrations]);
});
afterAll(() => store.close());

async function open(masterKey: MasterKeySource, on: Store = store): Promise<Keyring> {
  const keyring = await openKeyring({
    store: on,
    recordChange,
    masterKey,
    clock,
    random: systemRandom,
    log: testLogger(),
  });
  onTestFinished(() => keyring.close());
  return keyring;
}

const rows = (on: Store = store) =>
  on.transaction({ system: true }, async (tx) => {
    const result = await sql<{ kind: string; generation: number; wrapped: string }>`
      select * from keyring_keys order by kind, generation`.execute(tx);
    return result.rows;
  });

async function freshStore(): Promise<TestStore> {
  const fresh = await openTestStore([keyringMigrations]);
  onTestFinished(() => fresh.close());
  return fresh;
}

test('what was sealed opens after a restart, and keyed hashes stay the same', async () => {
  const first = await open(key(3));
  const sealed = first.seal('secret', place);
  const second = await open(key(3));
  expect(second.open(sealed, place).toString()).toBe('secret');
  expect(second.mac('credential', 'x')).toEqual(first.mac('credential', 'x'));
});

test('keyed hashes of different purposes have nothing in common', async () => {
  const keyring = await open(key(3));
  expect(keyring.mac('a', 'x')).toHaveLength(32);
  expect(keyring.mac('a', 'x')).not.toEqual(keyring.mac('b', 'x'));
  expect(keyring.mac('a', 'bx')).not.toEqual(keyring.mac('ab', 'x'));
});

test('a value that does not open says where, and nothing else', async () => {
  const keyring = await open(key(3));
  const elsewhere = { ...place, row: 'ten_1/b' };
  const error = await Promise.try(() => keyring.open(keyring.seal('secret', place), elsewhere)).catch(
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code: 'sealed_value_invalid' });
  expect(String(error.cause)).toContain('things.secret, row ten_1/b');
});

test('another master key is refused and changes nothing', async () => {
  await open(key(3));
  const before = await rows();
  await expect(open(key(5))).rejects.toMatchObject({
    code: 'master_key_wrong',
    message: expect.stringMatching(/sealed under master key [0-9a-f]{16}; the one given is [0-9a-f]{16}/),
  });
  expect(await rows()).toEqual(before);
});

test('a lost key file is not replaced by a new one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-keyring-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const source = { kind: 'file', path: join(folder, 'master.key') } as const;
  const fresh = await freshStore();
  const keyring = await open(source, fresh);
  expect(keyring.open(keyring.seal('x', place), place).toString()).toBe('x');
  rmSync(source.path);
  await expect(open(source, fresh)).rejects.toMatchObject({ code: 'master_key_missing' });
  expect(readdirSync(folder)).toEqual([]);
});

test('an altered wrapped key is refused', async () => {
  const fresh = await freshStore();
  await open(key(3), fresh);
  await fresh.transaction({ system: true }, async (tx) => {
    await sql`update keyring_keys set wrapped = (select wrapped from keyring_keys where kind = 'mac') where kind = 'data'`.execute(
      tx,
    );
  });
  await expect(open(key(3), fresh)).rejects.toMatchObject({ code: 'sealed_value_invalid' });
});

test('processes that start together for the first time agree on the keys', async () => {
  const fresh = await freshStore();
  const keyrings = await Promise.all(Array.from({ length: 6 }, () => open(key(3), fresh)));
  const sealed = keyrings.map((keyring) => keyring.seal('x', place));
  for (const keyring of keyrings) {
    for (const text of sealed) expect(keyring.open(text, place).toString()).toBe('x');
    expect(keyring.mac('p', 'x')).toEqual(keyrings[0]?.mac('p', 'x'));
  }
  expect(await rows(fresh)).toHaveLength(2);
});

test('of two that start together with different master keys, one is refused', async () => {
  const fresh = await freshStore();
  const outcomes = await Promise.allSettled([open(key(3), fresh), open(key(5), fresh)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'master_key_wrong' } });
});

test('no tenant’s scope sees the keys', async () => {
  await open(key(3));
  const seen = store.transaction({ tenantId: 'ten_1' }, (tx) => sql`select * from keyring_keys`.execute(tx));
  await expect(seen).rejects.toThrow('permission denied');
});

describe('rotation of the master key', () => {
  test('the new key opens everything, the old one nothing, and the running process goes on', async () => {
    const fresh = await freshStore();
    const keyring = await open(key(3), fresh);
    const [sealed, mac] = [keyring.seal('x', place), keyring.mac('p', 'x')];
    await keyring.rotateMasterKey(key(5));
    expect(keyring.open(sealed, place).toString()).toBe('x');
    expect(keyring.mac('p', 'x')).toEqual(mac);
    await expect(open(key(3), fresh)).rejects.toMatchObject({ code: 'master_key_wrong' });
    const next = await open(key(5), fresh);
    expect(next.open(sealed, place).toString()).toBe('x');
    expect(next.mac('p', 'x')).toEqual(mac);
    await keyring.rotateDataKey();
    expect((await open(key(5), fresh)).open(keyring.seal('y', place), place).toString()).toBe('y');
  });

  test('a process that does not know of an earlier rotation can’t rotate', async () => {
    const fresh = await freshStore();
    const [one, two] = [await open(key(3), fresh), await open(key(3), fresh)];
    await one.rotateMasterKey(key(5));
    const before = await rows(fresh);
    await expect(two.rotateMasterKey(key(7))).rejects.toMatchObject({ code: 'master_key_wrong' });
    await expect(two.rotateDataKey()).rejects.toMatchObject({ code: 'master_key_wrong' });
    expect(await rows(fresh)).toEqual(before);
  });

  test('a new key that can’t be read leaves everything as it was', async () => {
    const keyring = await open(key(3));
    const before = await rows();
    const source = { kind: 'environment', variable: 'KEY', environment: {} } as const;
    await expect(keyring.rotateMasterKey(source)).rejects.toMatchObject({ code: 'master_key_missing' });
    expect(await rows()).toEqual(before);
  });
});

test('a new data key is used by every process after a minute, and the old one still opens', async () => {
  const fresh = await freshStore();
  const second = await openSecondStore(fresh, [keyringMigrations]);
  onTestFinished(() => second.close());
  const [here, there] = [await open(key(3), fresh), await open(key(3), second)];
  const old = here.seal('old', place);
  expect(await here.rotateDataKey()).toEqual({ keyId: 'data-2', activatesAt: clock.now() + 60_000 });
  expect(here.seal('x', place)).toMatch(/^v1\.data-1\./);
  await second.changes.caughtUp();
  clock.advance(60_000);
  const sealed = here.seal('new', place);
  expect(sealed).toMatch(/^v1\.data-2\./);
  expect(there.seal('x', place)).toMatch(/^v1\.data-2\./);
  expect(there.open(sealed, place).toString()).toBe('new');
  expect(there.open(old, place).toString()).toBe('old');
});
