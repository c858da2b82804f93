import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { credentialHash, recogniseCredential } from '#keyring';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import { openTestStore, type TestStore } from '#testing';
import { apikeysErrors } from './errors.ts';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { getApiKey, listApiKeys } from './list-api-keys.ts';
import { planKind } from './plan-kind.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { actor, clock, deps, keyring, migrations } from './sample-deps.fixture.ts';

const tenantId = 'ten_1';
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(migrations);
});
afterAll(() => store.close());

const issue = (input: Partial<IssueApiKeyInput> = {}) =>
  issueApiKey({ ...deps, store }, { tenantId, actor, name: 'demo', ...input });
const count = async () => {
  const { rows } = await store.transaction({ system: true }, (tx) =>
    sql<{ keys: number; events: number; changes: number }>`select (select count(*) from api_keys) as keys,
      (select count(*) from audit_events) as events, (select count(*) from changes) as changes`.execute(tx),
  );
  return rows[0];
};

describe('issuing', () => {
  test('gives the key once, and keeps only its hash', async () => {
    const { key, apiKey } = await issue({ scopes: ['weather:read', 'weather:read'], roles: ['viewer'] });
    expect(recogniseCredential(key)).toEqual({ kind: 'api_key', environment: 'live' });
    expect(apiKey).toEqual({
      id: expect.stringMatching(/^key_/),
      tenantId,
      name: 'demo',
      environment: 'live',
      displayPrefix: key.slice(0, 12),
      last4: key.slice(-4),
      scopes: ['weather:read'],
      roles: ['viewer'],
      createdAt: clock.now(),
      createdBy: 'usr_admin',
      tags: [],
      restrictions: {},
    });
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toEqual(apiKey);
    const { rows } = await store.transaction({ system: true }, (tx) =>
      sql<{
        everything: string;
      }>`select (select jsonb_agg(k)::text from api_keys k) || (select jsonb_agg(e)::text from audit_events e) as everything`.execute(
        tx,
      ),
    );
    const dump = rows[0]?.everything ?? '';
    expect(dump).toContain(credentialHash(keyring, key));
    for (const form of [key, Buffer.from(key).toString('base64'), Buffer.from(key).toString('hex')]) {
      expect(dump).not.toContain(form);
    }
  });

  test('keeps all that was asked for', async () => {
    const { key, apiKey } = await issue({
      name: ' nightly import ',
      environment: 'test',
      organizationId: 'org_1',
      owner: { type: 'service_account', id: 'svc_1' },
      expiresAt: clock.now() + 1,
    });
    expect(key).toMatch(/^gh_test_/);
    expect(apiKey).toMatchObject({
      name: 'nightly import',
      environment: 'test',
      organizationId: 'org_1',
      owner: { type: 'service_account', id: 'svc_1' },
      expiresAt: clock.now() + 1,
    });
  });

  test('is recorded, with what was given and not the key', async () => {
    const { key, apiKey } = await issue({ scopes: ['a'], roles: ['b'] });
    const { items } = await listEvents({ store }, { tenantId, targetId: apiKey.id });
    expect(items).toMatchObject([
      {
        type: 'api_key.issued',
        actor: { id: 'usr_admin' },
        target: { type: 'api_key', id: apiKey.id, name: 'demo' },
        detail: { environment: 'live', scopes: ['a'], roles: ['b'] },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(key);
  });

  test('takes a plan that exists', async () => {
    await expect(issue({ plan: 'gold' })).rejects.toMatchObject({ code: 'api_key_plan_unknown' });
    const spec = { limits: [{ requests: 10, perSeconds: 1 }] };
    const caller = systemCaller(tenantId, 'test');
    const documents = readPlainDocuments(kindRegistry([planKind]), [{ kind: 'plan', name: 'gold', spec }]);
    await applyResources({ ...deps, store }, { caller, documents });
    expect((await issue({ plan: 'gold' })).apiKey).toMatchObject({ plan: 'gold' });
  });
});

describe('refused, with nothing written', () => {
  const refusals: [string, Partial<IssueApiKeyInput>, string][] = [
    ['no name', { name: '' }, 'name'],
    ['a name of spaces', { name: '   ' }, 'name'],
    ['a long name', { name: 'x'.repeat(64) }, 'name'],
    ['an unknown environment', { environment: 'prod' as never }, 'environment'],
    ['a scope with a space', { scopes: ['a b'] }, 'scopes.0'],
    ['an empty scope', { scopes: [''] }, 'scopes.0'],
    ['too many scopes', { scopes: Array.from({ length: 201 }, (_, n) => `s${n}`) }, 'scopes'],
    ['a role in capitals', { roles: ['Admin'] }, 'roles.0'],
    ['a plan that is no name', { plan: '../x' }, 'plan'],
    ['an unknown owner type', { owner: { type: 'robot' as never, id: 'x' } }, 'owner.type'],
    ['an expiry that has passed', { expiresAt: clock.now() }, 'expiresAt'],
    ['an expiry that is no time', { expiresAt: 1.5 }, 'expiresAt'],
    ['an unknown field', { scope: 'x' } as never, 'scope'],
  ];
  test.for(refusals)('%s', async ([, input, path]) => {
    const before = await count();
    await expect(issue(input)).rejects.toMatchObject({ code: 'invalid_input', fields: [{ path }] });
    expect(await count()).toEqual(before);
  });

  test('more than the actor may give', async () => {
    const before = await count();
    const asked: unknown[] = [];
    const authorizeGrant = (_: unknown, by: { id: string }, grant: unknown) => {
      asked.push(by.id, grant);
      throw apikeysErrors.api_key_not_found({ message: 'not yours to give' });
    };
    const work = issueApiKey(
      { ...deps, store, authorizeGrant },
      { tenantId, actor, name: 'x', scopes: ['s'], roles: ['r'] },
    );
    await expect(work).rejects.toThrow('not yours to give');
    expect(asked).toEqual(['usr_admin', { tenantId, scopes: ['s'], roles: ['r'], restrictions: {} }]);
    expect(await count()).toEqual(before);
  });
});

describe('revoking', () => {
  const revoke = (id: string, reason?: string, tenant = tenantId) =>
    revokeApiKey({ ...deps, store }, { tenantId: tenant, actor, id, ...(reason === undefined ? {} : { reason }) });

  test('keeps when and why, and records it once however many do it together', async () => {
    const { apiKey } = await issue();
    const ended = await Promise.all([
      revoke(apiKey.id, 'leaked'),
      revoke(apiKey.id, 'leaked'),
      revoke(apiKey.id, 'leaked'),
    ]);
    for (const each of ended) expect(each).toMatchObject({ revokedAt: clock.now(), revokeReason: 'leaked' });
    expect(await revoke(apiKey.id, 'another reason')).toEqual(ended[0]);
    const { items } = await listEvents({ store }, { tenantId, targetId: apiKey.id, type: 'api_key.revoked' });
    expect(items).toMatchObject([{ detail: { reason: 'leaked' } }]);
  });

  test('an unknown key, or another tenant’s, is not found and stays as it was', async () => {
    const { apiKey } = await issue();
    await expect(revoke('key_x')).rejects.toMatchObject({ code: 'api_key_not_found' });
    await expect(revoke(apiKey.id, 'x', 'ten_2')).rejects.toMatchObject({ code: 'api_key_not_found' });
    await expect(getApiKey({ store }, { tenantId: 'ten_2', id: apiKey.id })).rejects.toMatchObject({
      code: 'api_key_not_found',
    });
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toEqual(apiKey);
  });

  test('an organization can’t reach a key outside of it', async () => {
    const { apiKey } = await issue({ organizationId: 'org_1' });
    const elsewhere = { tenantId, organizationId: 'org_2', actor, id: apiKey.id };
    await expect(revokeApiKey({ ...deps, store }, elsewhere)).rejects.toMatchObject({ code: 'api_key_not_found' });
    const inside = { tenantId, organizationId: 'org_1', actor, id: apiKey.id };
    expect(await revokeApiKey({ ...deps, store }, inside)).toMatchObject({ revokeReason: 'not stated' });
  });
});

test('listing goes page by page, newest first, and never shows a key or its hash', async () => {
  const list = { tenantId: 'ten_list' };
  const issued: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const owner = { type: 'user', id: n % 2 === 0 ? 'usr_even' : 'usr_odd' } as const;
    const { key, apiKey } = await issue({ ...list, name: `k${n}`, owner, environment: n === 4 ? 'test' : 'live' });
    issued.push(apiKey.id, key, credentialHash(keyring, key));
    clock.advance(1);
  }
  const first = await listApiKeys({ store }, { ...list, limit: 2 });
  const second = await listApiKeys({ store }, { ...list, limit: 2, after: first.next ?? '' });
  const third = await listApiKeys({ store }, { ...list, limit: 2, after: second.next ?? '' });
  expect([first, second, third].flatMap(({ items }) => items.map(({ name }) => name))).toEqual([
    'k4',
    'k3',
    'k2',
    'k1',
    'k0',
  ]);
  expect(third.next).toBeUndefined();
  const text = JSON.stringify([first, second, third]);
  for (const [index, secret] of issued.entries()) expect(text.includes(secret)).toBe(index % 3 === 0);
  const names = async (filter: object) =>
    (await listApiKeys({ store }, { ...list, ...filter })).items.map(({ name }) => name);
  expect(await names({ ownerId: 'usr_odd' })).toEqual(['k3', 'k1']);
  expect(await names({ environment: 'test' })).toEqual(['k4']);
});
