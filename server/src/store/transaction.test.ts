import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '#testing';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

test('a transaction answers a query', async () => {
  const { rows } = await store.transaction({ tenantId: 'ten_a' }, (tx) =>
    sql<{
      who: string;
      tenant: string;
    }>`select current_user as who, current_setting('gatehouse.tenant') as tenant`.execute(tx),
  );
  expect(rows).toEqual([{ who: 'gatehouse_app', tenant: 'ten_a' }]);
});
