import { compactVerify, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemRandom } from '#base';
import { recordChange, type Store } from '#store';
import { fixedClock, openSecondStore, openTestStore, type TestStore, testLogger } from '#testing';
import { keyringMigrations } from './migrations.ts';
import { type Keyring, openKeyring } from './open-keyring.ts';
import { openSigningKeys, type SigningKeys } from './open-signing-keys.ts';
import { SIGNING_ALGORITHMS, verifyBytes } from './signing-algorithms.ts';
import type { SigningKeyStep } from './signing-key-rows.ts';

const MASTER_KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64');
const times = { announcedMs: 1000, activeMs: 10_000, retiringMs: 5000 };
const clock = fixedClock();
const tenant = 'ten_1';
const steps: SigningKeyStep[] = [];

let store: TestStore;
let secondStore: Store;
let keyring: Keyring;
let keys: SigningKeys;

beforeAll(async () => {
  store = await openTestStore([keyringMigrations]);
  secondStore = await openSecondStore(store, [keyringMigrations]);
  const environment = { KEY: MASTER_KEY };
  const masterKey = { kind: 'environment', variable: 'KEY', environment } as const;
  keyring = await openKeyring({ store, recordChange, masterKey, clock, random: systemRandom, log: testLogger() });
});
afterAll(async () => {
  keyring.close();
  await secondStore.close();
  await store.close();
});
beforeEach(async () => {
  keys = await open(store);
  steps.length = 0;
});
afterEach(async () => {
  keys.close();
  await store.transaction({ system: true }, (tx) => sql`delete from signing_keys`.execute(tx));
});

function open(on: Store): Promise<SigningKeys> {
  return openSigningKeys({
    store: on,
    recordChange,
    recordStep: async (_, step) => {
      steps.push(step);
    },
    keyring,
    clock,
    random: systemRandom,
    log: testLogger(),
    times,
  });
}

const states = (of: SigningKeys = keys) => of.list(tenant).map(({ state }) => state);
const stepsOf = (id: string) => steps.filter(({ keyId }) => keyId === id).map(({ step }) => step);

test('a key of another algorithm is made when it is first wanted, once for all who want it, or announced before', async () => {
  await keys.ensure(tenant);
  const signed = await Promise.all(
    Array.from({ length: 3 }, () => keys.sign(tenant, {}, { typ: 'JWT', alg: 'ES384' })),
  );
  expect(new Set(signed.map((token) => decodeProtectedHeader(token).kid)).size).toBe(1);
  expect((await keys.rotate(tenant, { alg: 'EdDSA' })).state).toBe('announced');
  expect(
    keys
      .list(tenant)
      .map(({ alg, state }) => `${alg} ${state}`)
      .sort(),
  ).toEqual(['ES256 active', 'ES384 active', 'EdDSA announced']);
});

test.for(SIGNING_ALGORITHMS)('%s: others can verify what was signed with what is published', async (alg) => {
  await keys.ensure(tenant, alg);
  const text = await keys.sign(tenant, { sub: 'usr_1', exp: 4_102_444_800 }, { typ: 'at+jwt', alg });
  const { payload, protectedHeader } = await jwtVerify(text, createLocalJWKSet({ keys: keys.publicKeys(tenant) }));
  expect(payload).toEqual({ sub: 'usr_1', exp: 4_102_444_800 });
  expect(protectedHeader).toEqual({ alg, typ: 'at+jwt', kid: keys.list(tenant)[0]?.id });
  expect(verifyHere(keys, text)).toBe(true);
});

test('a published key holds no private member', async () => {
  for (const alg of SIGNING_ALGORITHMS) await keys.ensure(tenant, alg);
  expect(keys.publicKeys(tenant)).toHaveLength(SIGNING_ALGORITHMS.length);
  for (const jwk of keys.publicKeys(tenant)) {
    expect(Object.keys(jwk).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(name))).toEqual([]);
    expect(jwk).toMatchObject({ use: 'sig', kid: expect.stringMatching(/^sig_/) });
  }
});

test('the database holds no private key in the open', async () => {
  await keys.ensure(tenant);
  await keys.sign(tenant, {}, { typ: 'JWT' });
  const { rows } = await store.transaction({ system: true }, (tx) =>
    sql<{ private_key: string }>`select private_key from signing_keys`.execute(tx),
  );
  expect(rows).toEqual([{ private_key: expect.stringMatching(/^v1\.data-1\./) }]);
});

test('many who ensure the first key together get one', async () => {
  const others = await Promise.all([store, secondStore, store].map(open));
  await Promise.all([keys, ...others].map((each) => each.ensure(tenant)));
  expect(new Set([keys, ...others].map((each) => each.list(tenant)[0]?.id)).size).toBe(1);
  expect(steps.filter(({ step }) => step === 'activated')).toHaveLength(1);
  for (const other of others) other.close();
});

test('tenants have keys of their own', async () => {
  await keys.ensure(tenant);
  await keys.ensure('ten_2');
  const kid = keys.list(tenant)[0]?.id ?? '';
  expect(keys.verificationKey(tenant, kid)?.alg).toBe('ES256');
  expect(keys.verificationKey('ten_2', kid)).toBeUndefined();
  expect(keys.verificationKey('ten_3', kid)).toBeUndefined();
});

describe('refused', () => {
  test.for([
    ['signing without a key', 'signing_key_missing', () => keys.sign('ten_9', {}, { typ: 'JWT' })],
    ['rotating without a key', 'signing_key_missing', () => keys.rotate('ten_9')],
    ['removing an unknown key', 'signing_key_not_found', () => keys.remove(tenant, 'sig_x')],
    ['removing the active key', 'signing_key_in_use', () => keys.remove(tenant, keys.list(tenant)[0]?.id ?? '')],
    ['announcing twice', 'signing_key_announced', () => keys.rotate(tenant).then(() => keys.rotate(tenant))],
  ] as const)('%s', async ([, code, work]) => {
    await keys.ensure(tenant);
    await expect(work()).rejects.toMatchObject({ code });
  });
});

test('a key lives: announced, active, retiring, gone', async () => {
  await keys.ensure(tenant);
  const first = keys.list(tenant)[0]?.id ?? '';
  const next = await keys.rotate(tenant);
  expect(next).toMatchObject({ state: 'announced', activatesAt: clock.now() + 1000 });
  expect(states()).toEqual(['active', 'announced']);
  expect(signerOf(await keys.sign(tenant, {}, { typ: 'JWT' }))).toBe(first);

  await pass(999);
  expect(states()).toEqual(['active', 'announced']);
  await pass(1);
  expect(states()).toEqual(['active', 'retiring']);
  expect(signerOf(await keys.sign(tenant, {}, { typ: 'JWT' }))).toBe(next.id);
  expect(keys.publicKeys(tenant)).toHaveLength(2);

  await pass(4999);
  expect(keys.verificationKey(tenant, first)).toBeDefined();
  await pass(1);
  expect(states()).toEqual(['active']);
  expect(keys.verificationKey(tenant, first)).toBeUndefined();
  expect(stepsOf(first)).toEqual(['announced', 'activated', 'retired', 'erased']);
  expect(stepsOf(next.id)).toEqual(['announced', 'activated']);
  const { rows } = await store.transaction({ system: true }, (tx) =>
    sql`select state, private_key from signing_keys where id = ${first}`.execute(tx),
  );
  expect(rows).toEqual([{ state: 'gone', private_key: null }]);
});

test('an old key is followed by another without anyone asking, also when all advance at once', async () => {
  await keys.ensure(tenant);
  const others = await Promise.all([store, secondStore].map(open));
  clock.advance(times.activeMs);
  await Promise.all([keys, ...others].map((each) => each.advance(clock.now())));
  // One of them did it; the others hear of it.
  await expect.poll(() => states()).toEqual(['active', 'announced']);
  clock.advance(times.announcedMs);
  await Promise.all([keys, ...others].map((each) => each.advance(clock.now())));
  await expect.poll(() => states()).toEqual(['active', 'retiring']);
  for (const other of others) other.close();
});

test('an immediate rotation signs with the new key at once, the announced one when there is one', async () => {
  await keys.ensure(tenant);
  const first = await keys.rotate(tenant, { immediately: true });
  expect(states()).toEqual(['active', 'retiring']);
  expect(signerOf(await keys.sign(tenant, {}, { typ: 'JWT' }))).toBe(first.id);
  const announced = await keys.rotate(tenant);
  expect((await keys.rotate(tenant, { immediately: true })).id).toBe(announced.id);
});

test('a removed key is gone from every process at once, and its private half is erased', async () => {
  const there = await open(secondStore);
  onTestFinished(() => there.close());
  await keys.ensure(tenant);
  const first = keys.list(tenant)[0]?.id ?? '';
  await keys.rotate(tenant, { immediately: true });
  await keys.remove(tenant, first);
  await secondStore.changes.caughtUp();
  expect(keys.verificationKey(tenant, first)).toBeUndefined();
  expect(there.verificationKey(tenant, first)).toBeUndefined();
  expect(there.list(tenant)).toHaveLength(1);
});

test('a verification key stays the same object while its key lives', async () => {
  await keys.ensure(tenant);
  const kid = keys.list(tenant)[0]?.id ?? '';
  const before = keys.verificationKey(tenant, kid)?.key;
  await keys.rotate(tenant);
  await pass(1000);
  expect(keys.verificationKey(tenant, kid)?.key).toBe(before);
});

test('rotation under load fails no request: two processes sign and verify throughout four rotations', async () => {
  const there = await open(secondStore);
  onTestFinished(() => there.close());
  await keys.ensure(tenant);
  await secondStore.changes.caughtUp();

  let stopped = false;
  let tokens = 0;
  const failures: string[] = [];
  const signers = new Set<string>();
  /** Signs with one, verifies with both, by memory and by what is published. */
  const load = async (signer: SigningKeys) => {
    while (!stopped) {
      const text = await signer.sign(tenant, { n: tokens }, { typ: 'JWT' });
      for (const verifier of [keys, there]) {
        if (!verifyHere(verifier, text)) failures.push(`not verified: ${JSON.stringify(decodeProtectedHeader(text))}`);
        await compactVerify(text, createLocalJWKSet({ keys: verifier.publicKeys(tenant) })).catch((error) =>
          failures.push(String(error)),
        );
      }
      signers.add(signerOf(text));
      tokens += 1;
      await new Promise(setImmediate);
    }
  };
  const loads = [keys, there].map((signer) => load(signer));
  const bothHeard = async () => {
    await Promise.all([store.changes.caughtUp(), secondStore.changes.caughtUp()]);
    const until = tokens + 20;
    while (tokens < until) await new Promise(setImmediate);
  };
  for (let rotation = 0; rotation < 4; rotation += 1) {
    await (rotation % 2 === 0 ? keys : there).rotate(tenant);
    await bothHeard();
    clock.advance(times.announcedMs);
    await Promise.all([keys.advance(clock.now()), there.advance(clock.now())]);
    await bothHeard();
    clock.advance(times.retiringMs);
    await there.advance(clock.now());
    await bothHeard();
  }
  stopped = true;
  await Promise.all(loads);
  expect(failures).toEqual([]);
  expect(signers.size).toBe(5);
  expect(tokens).toBeGreaterThan(200);
}, 30_000);

async function pass(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await keys.advance(clock.now());
}

function signerOf(text: string): string {
  return decodeProtectedHeader(text).kid ?? '';
}

function verifyHere(by: SigningKeys, text: string): boolean {
  const found = by.verificationKey(tenant, signerOf(text));
  const [header, payload, signature = ''] = text.split('.');
  if (found === undefined) return false;
  return verifyBytes(found.alg, found.key, `${header}.${payload}`, Buffer.from(signature, 'base64url'));
}
