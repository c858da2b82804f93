import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tx } from '#store';
import { openSignin, tenantId } from '../signin.fixture.ts';
import { databaseCounters } from '../throttle/database-counters.ts';
import { findKnownDevices, rememberDevices } from './known-devices.ts';

let room: Awaited<ReturnType<typeof openSignin>>;
let ada: string;
let eve: string;
beforeAll(async () => {
  room = await openSignin();
  ada = (await room.addUser('ada@example.com', 'violet kettle marches north')).id;
  eve = (await room.addUser('eve@example.com', 'violet kettle marches north')).id;
});
afterAll(() => room.close());

const seen = (userId: string, deviceToken?: string) => ({
  userId,
  deviceToken,
  userAgent: 'a browser',
  rememberMs: 0,
  known: deviceToken !== undefined,
});
const remember = (tx: Tx, all: ReturnType<typeof seen>[]) => rememberDevices(tx, room.deps, { tenantId, seen: all });

test('asked for several at once, each browser is known to whom it is known, and to nobody else', async () => {
  const known = await room.store.transaction({ tenantId }, async (tx) => {
    const [adas, eves] = await remember(tx, [seen(ada), seen(eve)]);
    const which = [
      { userId: eve, deviceToken: adas },
      { userId: ada, deviceToken: undefined },
      { userId: ada, deviceToken: adas },
      { userId: eve, deviceToken: 'gh_dv_planted' },
      { userId: eve, deviceToken: eves },
      { userId: ada, deviceToken: adas },
    ];
    return findKnownDevices(tx, room.deps, { tenantId, which });
  });
  expect(known.map((device) => device !== undefined)).toEqual([false, false, true, false, true, true]);
});

/** Of the rows that this transaction changed, how many left every index as it was. */
async function changesBesideIndexes(tx: Tx, table: string): Promise<{ changed: number; besideIndexes: number }> {
  const { rows } = await sql<{ changed: number; besideIndexes: number }>`
    select pg_stat_get_xact_tuples_updated(${table}::regclass) as changed,
      pg_stat_get_xact_tuples_hot_updated(${table}::regclass) as "besideIndexes"`.execute(tx);
  return rows[0] ?? { changed: 0, besideIndexes: 0 };
}

test.each([
  [
    'a browser that is seen again',
    'known_devices',
    async (tx: Tx) => {
      const [token] = await remember(tx, [seen(ada)]);
      room.clock.advance(60_000);
      await remember(tx, [seen(ada, token)]);
    },
  ],
  [
    'a failure that is counted again',
    'sign_in_counters',
    async (tx: Tx) => {
      const counters = databaseCounters(room);
      for (let count = 0; count < 2; count += 1) {
        await counters.add(tenantId, [{ key: 'account ada', forgiveMs: 1000 }], room.clock.now(), tx);
        room.clock.advance(60_000);
      }
    },
  ],
])('%s adds nothing to an index, or each would grow with every attempt', async (_, table, change) => {
  const counted = await room.store.transaction({ tenantId }, async (tx) => {
    await change(tx);
    return changesBesideIndexes(tx, table);
  });
  expect(counted).toEqual({ changed: 1, besideIndexes: 1 });
});
