import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CredentialEnvironment, Principal } from '#base';
import { openTestStore, type TestStore } from '#testing';
import { type ApiKeySnapshot, openApiKeySnapshot } from './api-key-snapshot.ts';
import { declareBreach } from './declare-breach.ts';
import { type ForeignFormats, openForeignFormats } from './foreign/foreign-formats.ts';
import { importForeignKeys } from './foreign/import-foreign-keys.ts';
import { issueApiKey } from './issue-api-key.ts';
import { listApiKeys } from './list-api-keys.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { actor, clock, keyring as macs, migrations, owners, deps as roomDeps } from './sample-deps.fixture.ts';

const tenantId = 'ten_1';
const keyring = {
  ...macs,
  seal: (text: string | Uint8Array) => Buffer.from(text).toString('hex'),
  open: (text: string) => Buffer.from(text, 'hex'),
};
let store: TestStore;
let formats: ForeignFormats;
let snapshot: ApiKeySnapshot;
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

const withKey = (type: 'api_key' | 'access_token', environment: CredentialEnvironment): Principal => ({
  ...actor,
  credential: { type, id: 'key_1', environment },
});
const issue = (environment?: CredentialEnvironment, by = actor) =>
  issueApiKey(
    { ...roomDeps, store },
    { tenantId, actor: by, name: 'demo', ...(environment === undefined ? {} : { environment }) },
  );
const rotate = (id: string, by: Principal) =>
  rotateApiKey({ ...roomDeps, store }, { tenantId, actor: by, id, overlapMilliseconds: 60_000 });
const bring = (record: object, by = actor) =>
  importForeignKeys(
    { ...roomDeps, store, keyring },
    {
      ...{ tenantId, actor: by, from: 0 },
      format: { algorithm: 'sha256', prefix: 'sk_old_', lengthMin: 20, lengthMax: 64 },
      records: [{ name: 'old', ...record }],
    },
  );
const old = (name: string) => `sk_old_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
const environmentOf = async (key: string) => {
  await store.changes.caughtUp();
  const found = snapshot.verifyApiKey(key, clock.now(), { tenantId, address: '192.0.2.1' });
  return found.ok ? found.principal.credential.environment : found.reason;
};

describe('part of what is verified', () => {
  test.each<[CredentialEnvironment | undefined, CredentialEnvironment]>([
    [undefined, 'live'],
    ['live', 'live'],
    ['test', 'test'],
  ])('made as %s it is %s, and so is its successor', async (asked, environment) => {
    const { key, apiKey } = await issue(asked);
    const successor = await rotate(apiKey.id, actor);
    expect([await environmentOf(key), await environmentOf(successor.key)]).toEqual([environment, environment]);
  });

  test.each<[string, object, CredentialEnvironment]>([
    ['says nothing of it', {}, 'live'],
    ['says live', { environment: 'live' }, 'live'],
    ['says test', { environment: 'test' }, 'test'],
  ])('an imported key whose record %s', async (name, more, environment) => {
    expect(await bring({ hash: hashOf(old(name)), ...more })).toMatchObject({ created: 1 });
    expect(await environmentOf(old(name))).toBe(environment);
  });

  test('an imported key of an environment that nobody knows is none', async () => {
    expect(await bring({ hash: hashOf(old('x')), environment: 'staging' })).toMatchObject({ created: 0, failed: 1 });
    expect(await environmentOf(old('x'))).toBe('unknown');
  });
});

describe('whoever holds a test key makes no live one of it', () => {
  const EXCEEDED = { code: 'api_key_environment_exceeded' };
  const count = async () => (await listApiKeys({ store }, { tenantId, limit: 100 })).items.length;

  test.each(['api_key', 'access_token'] as const)('not by issuing, rotating or importing, with an %s', async (type) => {
    const by = withKey(type, 'test');
    const { apiKey, key } = await issue('live');
    const before = await count();
    await expect(issue('live', by)).rejects.toMatchObject(EXCEEDED);
    await expect(issue(undefined, by)).rejects.toMatchObject(EXCEEDED);
    await expect(rotate(apiKey.id, by)).rejects.toMatchObject(EXCEEDED);
    expect(await bring({ hash: hashOf(old(`by a test ${type}`)) }, by)).toMatchObject({
      ...{ created: 0, failed: 1 },
      errors: [EXCEEDED],
    });
    await expect(
      declareBreach({ ...roomDeps, store }, { tenantId, actor: by, credential: apiKey.id, reason: 'x', replace: true }),
    ).rejects.toMatchObject(EXCEEDED);
    expect([await count(), await environmentOf(key)]).toEqual([before, 'live']);
  });

  test('it makes and rotates test keys, and a live key makes both', async () => {
    const { apiKey } = await issue('test', withKey('api_key', 'test'));
    expect((await rotate(apiKey.id, withKey('api_key', 'test'))).apiKey.environment).toBe('test');
    expect((await issue('test', withKey('api_key', 'live'))).apiKey.environment).toBe('test');
    expect((await issue('live', withKey('api_key', 'live'))).apiKey.environment).toBe('live');
  });
});
