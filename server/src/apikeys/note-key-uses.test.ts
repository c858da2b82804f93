import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import type { Store } from '#store';
import { openSecondStore, openTestStore, type TestStore, testLogger } from '#testing';
import { issueApiKey } from './issue-api-key.ts';
import { keyPolicyKind } from './key-policy.ts';
import { getApiKey, listApiKeys } from './list-api-keys.ts';
import { type KeyUseNotes, openKeyUseNotes } from './note-key-uses.ts';
import { retireUnusedKeys } from './retire-unused-keys.ts';
import { actor, clock, deps, migrations } from './sample-deps.fixture.ts';

const DAY = 86_400_000;
let store: TestStore;
let other: Store;
let tenants = 0;
beforeAll(async () => {
  store = await openTestStore(migrations);
  other = await openSecondStore(store, migrations);
});
afterAll(async () => {
  await other?.close();
  await store?.close();
});

async function world() {
  tenants += 1;
  const tenantId = `ten_note_${tenants}`;
  const issue = async (more: object = {}) =>
    (await issueApiKey({ ...deps, store }, { tenantId, actor: { ...actor, tenantId }, name: 'ci', ...more })).apiKey.id;
  const principal = (id: string, type: Principal['credential']['type'] = 'api_key'): Principal => ({
    ...actor,
    tenantId,
    credential: { type, id },
  });
  const documents = readPlainDocuments(kindRegistry([keyPolicyKind]), [
    { kind: 'key_policy', name: 'default', spec: { retireUnusedAfterDays: 30 } },
  ]);
  await applyResources({ ...deps, store }, { caller: systemCaller(tenantId, 'test'), documents });
  const lastUse = async (id: string) => (await getApiKey({ store }, { tenantId, id })).lastUse;
  return { tenantId, issue, principal, lastUse };
}
const open = (on: Pick<Store, 'transaction'> = store): KeyUseNotes =>
  openKeyUseNotes({ store: on, log: testLogger(), flushMilliseconds: 3_600_000 });

describe('a use elsewhere than at the gateway', () => {
  test('is kept, the latest of several, whichever process saw it', async () => {
    const { issue, principal, lastUse } = await world();
    const id = await issue();
    const [one, two] = [open(), open(other)];
    const at = clock.now();
    one.note(principal(id), { at: at + 5, address: '192.0.2.5' });
    one.note(principal(id), { at: at + 4, address: '192.0.2.4' });
    two.note(principal(id), { at: at + 3, address: '192.0.2.3' });
    expect(await lastUse(id)).toBeUndefined();
    await Promise.all([one.flush(), two.flush()]);
    expect(await lastUse(id)).toEqual({ at: at + 5, address: '192.0.2.5', route: '' });
    two.note(principal(id), { at: at + 9, address: '192.0.2.9' });
    await Promise.all([one.close(), two.close()]);
    expect(await lastUse(id)).toMatchObject({ at: at + 9 });
  });

  test('is one of the key when it was by a token made from it, and of nothing when by another', async () => {
    const { issue, principal, lastUse } = await world();
    const id = await issue();
    const token = principal('jti_1', 'access_token');
    const notes = open();
    notes.note(token, { at: clock.now(), address: '192.0.2.1' });
    await notes.flush();
    expect(await lastUse(id)).toBeUndefined();
    const made = { ...token, credential: { ...token.credential, apiKeyId: id } };
    notes.note(made, { at: clock.now(), address: '192.0.2.2' });
    await notes.close();
    expect(await lastUse(id)).toMatchObject({ address: '192.0.2.2' });
  });

  test('keeps a key from being retired', async () => {
    const { tenantId, issue, principal } = await world();
    const [used, unused] = [await issue(), await issue()];
    clock.advance(30 * DAY + 1);
    const notes = open();
    notes.note(principal(used), { at: clock.now(), address: '192.0.2.1' });
    await notes.close();
    expect(await retireUnusedKeys({ ...deps, store }, { tenantId })).toBe(1);
    const { items } = await listApiKeys({ store }, { tenantId });
    expect(items.filter(({ revokedAt }) => revokedAt !== undefined).map(({ id }) => id)).toEqual([unused]);
  });

  test('of another credential is none; nor is the key’s of another tenant', async () => {
    const { issue, principal, lastUse } = await world();
    const id = await issue();
    const notes = open();
    notes.note(principal(id, 'access_token'), { at: 5, address: '192.0.2.1' });
    notes.note({ ...principal(id), tenantId: 'ten_note_else' }, { at: 5, address: '192.0.2.1' });
    await notes.close();
    expect(await lastUse(id)).toBeUndefined();
  });

  test('is passed over while the database is away, and the next one kept', async () => {
    const { issue, principal, lastUse } = await world();
    const id = await issue();
    let away = true;
    const notes = open({
      transaction: (scope, work, options) => {
        if (away) throw new TypeError('away');
        return store.transaction(scope, work, options);
      },
    });
    notes.note(principal(id), { at: 5, address: '192.0.2.1' });
    await notes.flush();
    away = false;
    notes.note(principal(id), { at: 6, address: '192.0.2.1' });
    await notes.close();
    expect(await lastUse(id)).toMatchObject({ at: 6 });
  });
});

test('a key that was used while others were being retired stays', async () => {
  const { tenantId, issue, principal } = await world();
  const [first, second] = [await issue(), await issue()].toSorted();
  clock.advance(30 * DAY + 1);
  const notes = open();
  const transaction: Store['transaction'] = async (scope, work, options) => {
    const result = await store.transaction(scope, work, options);
    // Between the look at all of them and the end of the first.
    notes.note(principal(second ?? ''), { at: clock.now(), address: '192.0.2.1' });
    await notes.flush();
    return result;
  };
  expect(await retireUnusedKeys({ ...deps, store: { transaction } }, { tenantId })).toBe(1);
  expect((await getApiKey({ store }, { tenantId, id: first ?? '' })).revokedAt).toBe(clock.now());
  expect((await getApiKey({ store }, { tenantId, id: second ?? '' })).revokedAt).toBeUndefined();
  await notes.close();
});
