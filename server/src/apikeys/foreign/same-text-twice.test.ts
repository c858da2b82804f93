/** One text that is several keys: of two tenants, or imported under two formats. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Mailer } from '#mail';
import { openTestStore, type TestStore } from '#testing';
import { type ApiKeySnapshot, openApiKeySnapshot } from '../api-key-snapshot.ts';
import { declareBreach } from '../declare-breach.ts';
import { reportLeakedKey } from '../report-leaked-key.ts';
import { revokeApiKey } from '../revoke-api-key.ts';
import { actor, clock, keyring as macs, migrations, owners, deps as roomDeps } from '../sample-deps.fixture.ts';
import type { ForeignFormat } from './foreign-format.ts';
import { type ForeignFormats, openForeignFormats } from './foreign-formats.ts';
import { importForeignKeys } from './import-foreign-keys.ts';

const plain: ForeignFormat = { algorithm: 'sha256', prefix: 'sk_old_', lengthMin: 20, lengthMax: 64 };
const keyring = {
  ...macs,
  seal: (text: string | Uint8Array) => Buffer.from(text).toString('hex'),
  open: (text: string) => Buffer.from(text, 'hex'),
};
let store: TestStore;
let formats: ForeignFormats;
let snapshot: ApiKeySnapshot;
let tenants = 0;
beforeAll(async () => {
  store = await openTestStore(migrations);
  formats = await openForeignFormats({ store, keyring });
  snapshot = await openApiKeySnapshot({ store, keyring, clock, owners, foreign: formats });
});
afterAll(async () => {
  snapshot?.close();
  formats?.close();
  await store?.close();
});

function tenant() {
  tenants += 1;
  const tenantId = `ten_twice_${tenants}`;
  const verify = (text: string) => snapshot.verifyApiKey(text, clock.now(), { tenantId, address: '192.0.2.1' });
  return {
    tenantId,
    verify,
    idOf: (text: string) => {
      const found = verify(text);
      return found.ok ? found.principal.credential.id : found.reason;
    },
    bring: async (text: string, format: ForeignFormat = plain) => {
      const hashed = `${format.saltBefore ?? ''}${text}`;
      const records = [{ name: 'old', hash: createHash('sha256').update(hashed).digest('hex') }];
      const input = { tenantId, actor: { ...actor, tenantId }, format, from: 0, records };
      const { created, existing, failed } = await importForeignKeys({ ...roomDeps, store, keyring }, input);
      await store.changes.caughtUp();
      return [created, existing, failed];
    },
    revoke: async (id: string) => {
      await revokeApiKey({ ...roomDeps, store }, { tenantId, actor, id });
      await store.changes.caughtUp();
    },
  };
}
const key = (n: number) => `sk_old_${String(n).padStart(20, '0')}`;

test('a key of two tenants is to each its own, whichever came first, and what one does to it is nothing to the other', async () => {
  const [one, other, third] = [tenant(), tenant(), tenant()];
  expect([await one.bring(key(1)), await other.bring(key(1))]).toEqual([
    [1, 0, 0],
    [1, 0, 0],
  ]);
  for (let round = 0; round < 2; round += 1) {
    expect(one.verify(key(1))).toMatchObject({ ok: true, principal: { tenantId: one.tenantId } });
    expect(other.verify(key(1))).toMatchObject({ ok: true, principal: { tenantId: other.tenantId } });
  }
  await other.revoke(other.idOf(key(1)));
  expect([one.verify(key(1)).ok, other.idOf(key(1)), third.idOf(key(1))]).toEqual([true, 'revoked', 'malformed']);
  expect(snapshot.verifyApiKey(key(1), clock.now())).toMatchObject({ ok: false, reason: 'malformed' });
});

test('what a tenant imports changes nothing for the tokens of another', async () => {
  const [one, other] = [tenant(), tenant()];
  await one.bring('a'.repeat(32), { algorithm: 'sha256', prefix: '', lengthMin: 32, lengthMax: 32 });
  const looks = [one, other].map(({ tenantId }) => snapshot.looksForeign('b'.repeat(32), tenantId));
  expect(looks).toEqual([true, false]);
});

test('the look of the keys was told otherwise: the same keys, and those that were revoked stay so', async () => {
  const { bring, idOf, revoke } = tenant();
  await bring(key(2));
  await revoke(idOf(key(2)));
  expect(await bring(key(2), { ...plain, lengthMax: 65 })).toEqual([0, 1, 0]);
  expect(await bring(key(2), { ...plain, prefix: 'sk_' })).toEqual([0, 1, 0]);
  expect(idOf(key(2))).toBe('revoked');
});

test('imported under two salts: good while all that it is are good', async () => {
  const { bring, idOf, revoke } = tenant();
  await bring(key(3));
  const first = idOf(key(3));
  clock.advance(1);
  expect(await bring(key(3), { ...plain, saltBefore: 'pepper:' })).toEqual([1, 0, 0]);
  expect(idOf(key(3))).toBe(first);
  await revoke(first);
  expect(idOf(key(3))).toBe('revoked');
});

test('imported by ten at once it is one key, and nobody fails', async () => {
  const { bring } = tenant();
  const done = await Promise.all(Array.from({ length: 10 }, () => bring(key(4))));
  expect(done.map(([created]) => created).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(done.map(([, , failed]) => failed)).toEqual(Array(10).fill(0));
});

test('a key of another system that is in the wrong hands, or was found, is told by its text, in its own tenant', async () => {
  const [one, other] = [tenant(), tenant()];
  for (const { bring } of [one, other]) for (const n of [5, 6]) await bring(key(n));
  const declared = { tenantId: one.tenantId, actor, credential: key(5), reason: 'stolen', replace: true };
  const { replacement } = await declareBreach({ ...roomDeps, store, foreign: formats }, declared);
  expect(replacement?.key).toMatch(/^gh_live_/);
  const mailer: Mailer = { queue: async () => 'queued', request: async () => undefined };
  const report = (within?: { tenantId: string }) =>
    reportLeakedKey(
      { ...roomDeps, store, mailer, foreign: formats, mailAddressOf: async () => undefined },
      { text: key(6), source: 'scan' },
      { actor: () => actor, ...(within === undefined ? {} : { within }) },
    );
  expect((await report()).outcome).toBe('unknown');
  expect((await report({ tenantId: one.tenantId })).outcome).toBe('revoked');
  await store.changes.caughtUp();
  expect([5, 6].map((n) => [one.idOf(key(n)), other.verify(key(n)).ok])).toEqual([
    ['revoked', true],
    ['revoked', true],
  ]);
});
