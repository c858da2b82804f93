import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '#store';
import { storeErrors } from '#store';
import { openTestStore, type TestStore } from '#testing';
import type { ApikeysTables } from './api-key.ts';
import { issueApiKey, newApiKeyRow } from './issue-api-key.ts';
import { readAllKeys } from './read-all-keys.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { actor, clock, deps, migrations } from './sample-deps.fixture.ts';

const tenantId = 'ten_1';
const KEYS = 300;
let store: TestStore;
let ended: string;
let ids: string[];
beforeAll(async () => {
  store = await openTestStore(migrations);
  const { apiKey } = await issueApiKey({ ...deps, store }, { tenantId, actor, name: 'ended' });
  ended = apiKey.id;
  await revokeApiKey({ ...deps, store }, { tenantId, actor, id: ended });
  ids = Array.from({ length: KEYS }, (_, index) => `key_zzz${String(index).padStart(4, '0')}`);
  const { row } = newApiKeyRow(deps, {
    ...{ tenant_id: tenantId, organization_id: null, environment: 'live', owner_type: null, owner_id: null },
    ...{ scopes: [], roles: [], plan: null, created_by: actor.id, expires_at: null, description: null, tags: [] },
    ...{ contact_email: null, allowed_addresses: null, allowed_apis: null, allowed_routes: null, replaces: null },
    name: '',
  });
  const rows = ids.map((id) => ({ ...row, name: id, id, hash: id }));
  await store.transaction({ tenantId }, (tx) =>
    tx.withTables<ApikeysTables>().insertInto('api_keys').values(rows).execute(),
  );
});
afterAll(() => store.close());

/** A database that gives up pages of more than so many rows, and how often it was asked. */
function givesUp(most: number, times = Number.POSITIVE_INFINITY) {
  let asked = 0;
  let left = times;
  const patched: Pick<Store, 'transaction'> = {
    transaction: (scope, work, options) => {
      asked += 1;
      return store.transaction(
        scope,
        async (tx) => {
          const found = await work(tx);
          if (Array.isArray(found) && found.length > most && left > 0) {
            left -= 1;
            throw storeErrors.database_timeout();
          }
          return found;
        },
        options,
      );
    },
  };
  return { store: patched, asked: () => asked };
}

async function readAll(from: Pick<Store, 'transaction'>, endedAfter = clock.now()): Promise<string[]> {
  const found: string[] = [];
  await readAllKeys({ store: from }, endedAfter, ({ id }) => void found.push(id));
  return found.sort();
}

describe('every key that has not ended, once', () => {
  test.each([
    ['in one page', givesUp(5_000), 1],
    ['when the first try takes too long', givesUp(0, 1), 2],
    ['in smaller pages', givesUp(100), 12],
    ['in the smallest', givesUp(50), 12],
  ])('%s', async (_how, { store: slow, asked }, most) => {
    expect(await readAll(slow)).toEqual(ids);
    expect(asked()).toBeLessThanOrEqual(most);
  });

  test('and those that ended lately', async () => {
    expect(await readAll(store, clock.now() - 1000)).toEqual([ended, ...ids]);
  });
});

test.each([
  ['a database that never answers in time', givesUp(0), 'database_timeout', 8],
  [
    'a database that is away is for whoever asks to try again',
    {
      store: { transaction: () => Promise.reject(storeErrors.database_unavailable()) },
      asked: () => 1,
    },
    'database_unavailable',
    1,
  ],
])('%s', async (_what, { store: slow, asked }, code, times) => {
  await expect(readAll(slow)).rejects.toMatchObject({ code });
  expect(asked()).toBe(times);
});
