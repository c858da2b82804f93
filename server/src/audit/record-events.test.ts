import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemPrincipal, systemRandom } from '#base';
import { fixedClock, openTestStore, type TestStore } from '#testing';
import { chainHash, genesisHash } from './chain.ts';
import { auditMigrations } from './migrations.ts';
import { recordEvent } from './record-event.ts';
import { recordEvents } from './record-events.ts';

const source = { clock: fixedClock(), random: systemRandom };
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([auditMigrations]);
});
afterAll(() => store.close());

const event = (tenantId: string, n: number, text = '') => ({
  type: 'token.issued' as const,
  actor: systemPrincipal(tenantId, 'test'),
  target: { type: 'grant', id: `g${n}` },
  detail: { n, text },
});
const write = (tenantId: string, ...numbers: number[]) =>
  store.transaction({ tenantId }, (tx) =>
    recordEvents(tx, source, { tenantId, events: numbers.map((n) => event(tenantId, n)) }),
  );

/** What the chain says of itself, once it was computed again. */
async function numbersOf(tenantId: string): Promise<unknown[]> {
  const [events, head] = await store.transaction({ tenantId }, async (tx) => [
    (
      await sql<{ sequence: number; hash: Buffer; body: string }>`select * from audit_events order by sequence`.execute(
        tx,
      )
    ).rows,
    (await sql<{ sequence: number; hash: Buffer }>`select * from audit_heads`.execute(tx)).rows[0],
  ]);
  let hash = genesisHash(tenantId);
  for (const [index, row] of events.entries()) {
    hash = chainHash(hash, index + 1, row.body);
    expect(row).toMatchObject({ sequence: index + 1, hash });
  }
  expect(head ?? { sequence: 0, hash }).toMatchObject({ sequence: events.length, hash });
  return events.map(({ body }) => JSON.parse(body).detail.n);
}

test('none, one and several make the same chain as one after the other', async () => {
  for (const numbers of [[], [1, 2, 3], [4], [5, 6]]) await write('ten_several', ...numbers);
  await store.transaction({ tenantId: 'ten_several' }, (tx) =>
    recordEvent(tx, source, { ...event('ten_several', 7), tenantId: 'ten_several' }),
  );
  expect(await numbersOf('ten_several')).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('many transactions of several at once, in a tenant that has no event yet, leave no gap', async () => {
  const tenantId = 'ten_racing';
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 3 === 0 ? write(tenantId, n) : write(tenantId, n, n + 100, n + 200))),
  );
  expect((await numbersOf(tenantId)).length).toBe(7 + 13 * 3);
});

test('all of them are kept, or none', async () => {
  const tenantId = 'ten_atomic';
  const events = [event(tenantId, 1), event(tenantId, 2, 'x'.repeat(70_000))];
  const failing = store.transaction({ tenantId }, (tx) => recordEvents(tx, source, { tenantId, events }));
  await expect(failing).rejects.toMatchObject({ code: 'audit_event_too_large' });
  expect(await numbersOf(tenantId)).toEqual([]);
});

test('the head does not run ahead of the events, also not to one with another hash', async () => {
  const tenantId = 'ten_ahead';
  await write(tenantId, 1, 2);
  for (const statement of [
    sql`update audit_heads set sequence = sequence + 2`,
    sql`update audit_heads set sequence = sequence - 1, hash = (select hash from audit_events where sequence = 1)`,
    sql`with added as (insert into audit_events
          select tenant_id, organization_id, sequence + 2, hash, body, id, at, type, actor_id, target_type, target_id
          from audit_events) update audit_heads set sequence = sequence + 2, hash = '\\x00'`,
  ]) {
    await expect(store.transaction({ tenantId }, (tx) => statement.execute(tx))).rejects.toMatchObject({
      code: '42501',
    });
  }
  expect(await numbersOf(tenantId)).toEqual([1, 2]);
});
