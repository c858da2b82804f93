import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listEvents } from '#audit';
import { systemPrincipal } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import { openTestStore, type TestStore } from '#testing';
import { openApiKeySnapshot } from './api-key-snapshot.ts';
import { changeApiKey } from './change-api-key.ts';
import { apikeysErrors } from './errors.ts';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { keyPolicyKind } from './key-policy.ts';
import { getApiKey } from './list-api-keys.ts';
import { quarantineApiKey, releaseApiKey } from './quarantine-api-key.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { actor, clock, deps, keyring, migrations, owners } from './sample-deps.fixture.ts';

const tenantId = 'ten_1';
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(migrations);
});
afterAll(() => store.close());

const issue = (input: Partial<IssueApiKeyInput> = {}) =>
  issueApiKey({ ...deps, store }, { tenantId, actor, name: 'demo', ...input });
const key = (id: string) => ({ tenantId, actor, id });
const change = (id: string, changes: object) => changeApiKey({ ...deps, store }, { ...key(id), ...changes });

async function verifier() {
  const snapshot = await openApiKeySnapshot({ store, keyring, clock, owners });
  onTestFinished(() => snapshot.close());
  return async (text: string, address: string) => {
    await store.changes.caughtUp();
    const verification = snapshot.verifyApiKey(text, clock.now(), { address });
    return verification.ok ? 'good' : verification.reason;
  };
}

describe('changing', () => {
  test('sets, takes away, and leaves alone what is not named', async () => {
    const { apiKey } = await issue({ description: 'old', tags: ['a'], contactEmail: 'a@example.com' });
    expect(await change(apiKey.id, { name: ' new name ', tags: ['b', 'b'] })).toEqual({
      ...apiKey,
      name: 'new name',
      tags: ['b'],
    });
    const { description, contactEmail, ...without } = await getApiKey({ store }, key(apiKey.id));
    expect(await change(apiKey.id, { description: null, contactEmail: null })).toEqual(without);
    const { items } = await listEvents({ store }, { tenantId, targetId: apiKey.id, type: 'api_key.updated' });
    expect(items.map(({ detail }) => detail)).toEqual([
      { changed: ['description', 'contactEmail'] },
      { changed: ['name', 'tags'] },
    ]);
  });

  test('a key that is bound to a place is good, and not anywhere', async () => {
    const { apiKey } = await issue();
    const snapshot = await openApiKeySnapshot({ store, keyring, clock, owners });
    onTestFinished(() => snapshot.close());
    const live = async () => {
      await store.changes.caughtUp();
      return [false, true].map((anywhere) => snapshot.isLive(tenantId, apiKey.id, clock.now(), anywhere));
    };
    expect(await live()).toEqual([true, true]);
    await change(apiKey.id, { restrictions: { apis: ['weather'] } });
    expect(await live()).toEqual([true, false]);
    await change(apiKey.id, { restrictions: {} });
    expect(await live()).toEqual([true, true]);
    await revokeApiKey({ ...deps, store }, key(apiKey.id));
    expect(await live()).toEqual([false, false]);
  });

  test('a restriction is in force on the gateways, and can be lifted', async () => {
    const { key: text, apiKey } = await issue();
    const verify = await verifier();
    expect(await verify(text, '192.0.2.1')).toBe('good');
    await change(apiKey.id, { restrictions: { addresses: ['198.51.100.0/24'] } });
    expect([await verify(text, '192.0.2.1'), await verify(text, '198.51.100.9')]).toEqual(['wrong_place', 'good']);
    await change(apiKey.id, { restrictions: {} });
    expect(await verify(text, '192.0.2.1')).toBe('good');
  });

  test('nothing writes nothing', async () => {
    const { apiKey } = await issue();
    expect(await change(apiKey.id, {})).toEqual(apiKey);
    expect((await listEvents({ store }, { tenantId, targetId: apiKey.id })).items).toHaveLength(1);
  });

  const refusals: [string, object, string][] = [
    ['an empty name', { name: ' ' }, 'name'],
    ['a name taken away', { name: null }, 'name'],
    ['a tag with a space', { tags: ['a b'] }, 'tags.0'],
    ['a contact that is no address', { contactEmail: 'ops' }, 'contactEmail'],
    ['a range that is none', { restrictions: { addresses: ['10.0.0.0/40'] } }, 'restrictions.addresses.0'],
    ['an empty list of addresses', { restrictions: { addresses: [] } }, 'restrictions.addresses'],
    ['an API that can’t be a name', { restrictions: { apis: ['A b'] } }, 'restrictions.apis.0'],
    ['other scopes', { scopes: ['admin'] }, 'scopes'],
    ['other roles', { roles: ['administrator'] }, 'roles'],
    ['another owner', { owner: { type: 'user', id: 'usr_1' } }, 'owner'],
  ];
  test.for(refusals)('%s is refused', async ([, changes, path]) => {
    const { apiKey } = await issue();
    await expect(change(apiKey.id, changes)).rejects.toMatchObject({ code: 'invalid_input', fields: [{ path }] });
    expect(await getApiKey({ store }, key(apiKey.id))).toEqual(apiKey);
  });

  test('an unknown plan, a key that is not there or has ended are refused', async () => {
    const { apiKey } = await issue();
    await expect(change(apiKey.id, { plan: 'gold' })).rejects.toMatchObject({ code: 'api_key_plan_unknown' });
    await expect(change('key_x', { name: 'x' })).rejects.toMatchObject({ code: 'api_key_not_found' });
    await revokeApiKey({ ...deps, store }, key(apiKey.id));
    await expect(change(apiKey.id, { name: 'x' })).rejects.toMatchObject({ code: 'api_key_ended' });
  });

  test.for([
    [
      'to lift a restriction',
      (narrow: typeof deps & { store: TestStore }, id: string) =>
        changeApiKey(narrow, { ...key(id), restrictions: {} }),
    ],
    [
      'to release',
      (narrow: typeof deps & { store: TestStore }, id: string) => releaseApiKey(narrow, { ...key(id), reason: 'x' }),
    ],
  ] as const)('%s takes the right to hand the key out', async ([, work]) => {
    const { apiKey } = await issue({ restrictions: { addresses: ['192.0.2.1'] } });
    const aside = await quarantineApiKey({ ...deps, store }, { ...key(apiKey.id), reason: 'x' });
    const authorizeGrant = () => {
      throw apikeysErrors.api_key_not_found({ message: 'not yours to give' });
    };
    await expect(work({ ...deps, store, authorizeGrant }, apiKey.id)).rejects.toThrow('not yours to give');
    expect(await getApiKey({ store }, key(apiKey.id))).toEqual(aside);
  });
});

describe('a key set aside', () => {
  test('is refused until it is released, and each step is recorded once', async () => {
    const { key: text, apiKey } = await issue();
    const verify = await verifier();
    const aside = await quarantineApiKey({ ...deps, store }, { ...key(apiKey.id), reason: 'found in a gist' });
    expect(aside).toMatchObject({ quarantinedAt: clock.now(), quarantineReason: 'found in a gist' });
    expect(await quarantineApiKey({ ...deps, store }, { ...key(apiKey.id), reason: 'again' })).toEqual(aside);
    expect(await verify(text, '192.0.2.1')).toBe('quarantined');
    expect(await releaseApiKey({ ...deps, store }, { ...key(apiKey.id), reason: 'a test key' })).toEqual(apiKey);
    expect(await verify(text, '192.0.2.1')).toBe('good');
    const { items } = await listEvents({ store }, { tenantId, targetId: apiKey.id });
    expect(items.map(({ type, detail }) => [type, detail?.reason])).toEqual([
      ['api_key.released', 'a test key'],
      ['api_key.quarantined', 'found in a gist'],
      ['api_key.issued', undefined],
    ]);
  });

  test('can be revoked; one that is not set aside can’t be released', async () => {
    const { apiKey } = await issue();
    const release = () => releaseApiKey({ ...deps, store }, { ...key(apiKey.id), reason: 'x' });
    await expect(release()).rejects.toMatchObject({ code: 'api_key_not_quarantined' });
    await quarantineApiKey({ ...deps, store }, { ...key(apiKey.id), reason: 'x' });
    await revokeApiKey({ ...deps, store }, key(apiKey.id));
    await expect(release()).rejects.toMatchObject({ code: 'api_key_ended' });
  });
});

test('no key lives longer than the policy of the tenant allows', async () => {
  const kinds = kindRegistry([keyPolicyKind]);
  const documents = readPlainDocuments(kinds, [{ kind: 'key_policy', name: 'default', spec: { lifetimeDaysMax: 30 } }]);
  await applyResources({ ...deps, store }, { caller: systemCaller('ten_bounded', 'test'), documents });
  const bounded = (expiresAt?: number) =>
    issue({ tenantId: 'ten_bounded', ...(expiresAt === undefined ? {} : { expiresAt }) });
  const day = 86_400_000;
  await expect(bounded()).rejects.toMatchObject({ code: 'api_key_lifetime_refused' });
  await expect(bounded(clock.now() + 30 * day + 1)).rejects.toMatchObject({
    message: 'API keys may live 30 days at most. Ask for an end within that time.',
  });
  const own = { tenantId: 'ten_bounded', actor: systemPrincipal('ten_bounded', 'test') };
  expect((await issue(own)).apiKey.expiresAt).toBeUndefined();
  expect((await bounded(clock.now() + 30 * day)).apiKey.expiresAt).toBe(clock.now() + 30 * day);
});
