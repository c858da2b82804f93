import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testLogger } from '#testing';
import type { Store } from '../open-store.ts';
import { createPool } from '../pool.ts';
import type { Scope, Tx } from '../scope.ts';
import { asSuperuser, type ContractTables, openOn, type Subject } from './subject.ts';

const SCOPE = { tenantId: 'ten_transaction' };

/** Retry, rollback, timeouts, and what is said when the database is not there. */
export function transactionContract(subject: () => Subject): void {
  describe('transaction', () => {
    let store: Store;
    beforeAll(async () => {
      store = await openOn(subject().database, { statementTimeoutMilliseconds: 2_000 });
      await store.transaction(SCOPE, async (tx) => {
        for (const id of ['raced', 'left', 'right', 'kept']) await setCounter(tx, id, 0);
      });
    });
    afterAll(() => store.close());

    const setCounter = (tx: Tx, id: string, value: number) =>
      tx
        .withTables<ContractTables>()
        .insertInto('counters')
        .values({ tenant_id: SCOPE.tenantId, id, value })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet({ value }))
        .execute();
    const counter = async (tx: Tx, id: string): Promise<number> => {
      const db = tx.withTables<ContractTables>();
      return (await db.selectFrom('counters').select('value').where('id', '=', id).executeTakeFirstOrThrow()).value;
    };

    test.each(['repeatable read', 'serializable'] as const)('%s: racing increments all count', async (isolation) => {
      await store.transaction(SCOPE, (tx) => setCounter(tx, 'raced', 0));
      const increments = Array.from({ length: 20 }, () =>
        store.transaction(SCOPE, async (tx) => setCounter(tx, 'raced', (await counter(tx, 'raced')) + 1), {
          isolation,
        }),
      );
      await Promise.all(increments);
      expect(await store.transaction(SCOPE, (tx) => counter(tx, 'raced'))).toBe(20);
    });

    test.each<[string, (tx: Tx) => Promise<unknown>]>([
      ['U+0000 in a text', (tx: Tx): Promise<unknown> => setCounter(tx, 'a\0b', 1)],
      ['U+0000 in jsonb', (tx: Tx): Promise<unknown> => sql`select ${'{"a":"\\u0000"}'}::jsonb`.execute(tx)],
    ])('what can’t be stored is the mistake of whoever sent it: %s', async (_, work) => {
      await expect(store.transaction(SCOPE, work)).rejects.toMatchObject({ code: 'invalid_input' });
    });

    test('a statement that the server keeps survives a migration by a newer program, and a change of scope', async () => {
      const read = (scope: Scope) =>
        store.transaction(scope, (tx) =>
          tx.withTables<ContractTables>().selectFrom('counters').selectAll().where('id', '=', 'kept').execute(),
        );
      for (let round = 0; round < 20; round += 1) {
        expect(await read(SCOPE)).toHaveLength(1);
        expect(await read({ tenantId: 'ten_somebody_else' })).toEqual([]);
        expect((await read({ system: true })).length).toBeGreaterThan(0);
      }
      await asSuperuser(subject(), (client) => client.query('alter table counters add column if not exists note text'));
      expect(await read(SCOPE)).toEqual([expect.objectContaining({ id: 'kept', note: null })]);
    });

    test('a retry happens even when the room wrapped the error', async () => {
      let runs = 0;
      const lose = async (tx: Tx): Promise<number> => {
        runs += 1;
        const value = await counter(tx, 'raced');
        if (runs === 1) await store.transaction(SCOPE, (other) => setCounter(other, 'raced', 100));
        try {
          await setCounter(tx, 'raced', value + 1);
        } catch (cause) {
          throw new Error('the room says it its own way', { cause });
        }
        return value;
      };
      expect(await store.transaction(SCOPE, lose, { isolation: 'repeatable read' })).toBe(100);
      expect(runs).toBe(2);
    });

    test('a deadlock ends with both done', async () => {
      const bothHoldOne = barrier(2);
      const lockBoth = (first: string, second: string) =>
        store.transaction(SCOPE, async (tx) => {
          await sql`update counters set value = value + 1 where id = ${first}`.execute(tx);
          await bothHoldOne();
          await sql`update counters set value = value + 1 where id = ${second}`.execute(tx);
        });
      await Promise.all([lockBoth('left', 'right'), lockBoth('right', 'left')]);
      expect(
        await store.transaction(SCOPE, async (tx) => [await counter(tx, 'left'), await counter(tx, 'right')]),
      ).toEqual([2, 2]);
    });

    test('endless contention ends with an error', async () => {
      let runs = 0;
      const alwaysLose = async (tx: Tx): Promise<void> => {
        runs += 1;
        const value = await counter(tx, 'raced');
        await store.transaction(SCOPE, (other) => setCounter(other, 'raced', runs));
        await setCounter(tx, 'raced', value + 1);
      };
      await expect(store.transaction(SCOPE, alwaysLose, { isolation: 'serializable' })).rejects.toMatchObject({
        code: 'database_contended',
        category: 'unavailable',
      });
      expect(runs).toBe(10);
    });

    /** Tells a tick later than others do. */
    const late = async <T>(work: Promise<T>): Promise<T> => {
      const [outcome] = await Promise.allSettled([work]);
      await new Promise(setImmediate);
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    };
    test.each([
      ['an error of the work', async () => Promise.reject(new Error('on purpose')), { message: 'on purpose' }],
      ['a statement that fails', (tx: Tx) => sql`select 1 / 0`.execute(tx), { code: '22012' }],
      [
        'a failed statement whose error was swallowed',
        async (tx: Tx) => sql`select 1 / 0`.execute(tx).catch(() => undefined),
        { code: 'transaction_aborted' },
      ],
      [
        'a statement that fails among others at once',
        (tx: Tx) =>
          Promise.all([late(sql`select 1 / 0`.execute(tx)), sql`select 2`.execute(tx), sql`select 3`.execute(tx)]),
        { code: '22012' },
      ],
      [
        'a statement that takes too long',
        (tx: Tx) => sql`select pg_sleep(60)`.execute(tx),
        { code: 'database_timeout' },
      ],
    ] as [string, (tx: Tx) => Promise<unknown>, object][])('%s rolls back', async (_, fail, error) => {
      const work = async (tx: Tx): Promise<void> => {
        await setCounter(tx, 'kept', 99);
        await fail(tx);
      };
      await expect(store.transaction(SCOPE, work)).rejects.toMatchObject(error);
      expect(await store.transaction(SCOPE, (tx) => counter(tx, 'kept'))).toBe(0);
    });

    test('outside of a transaction nothing is written, not even by who owns everything', async () => {
      const { superuser } = subject();
      const pool = createPool(superuser, {}, testLogger());
      try {
        const writing = pool.query(`insert into machinery (id) values ('stray')`);
        await expect(writing).rejects.toMatchObject({ code: '25006' });
      } finally {
        await pool.end();
      }
    });

    test('read only means it', async () => {
      const write = store.transaction(SCOPE, (tx) => setCounter(tx, 'kept', 1), { readOnly: true });
      await expect(write).rejects.toMatchObject({ code: '25006' });
    });

    test('work whose connection is cut before commit is run again', async () => {
      let runs = 0;
      await store.transaction(SCOPE, async (tx) => {
        runs += 1;
        await setCounter(tx, 'cut', runs);
        if (runs === 1) await terminate(await backendOf(tx));
        await setCounter(tx, 'cut', runs);
      });
      expect(await store.transaction(SCOPE, (tx) => counter(tx, 'cut'))).toBe(2);
    });

    test('a connection that breaks while idle is replaced', async () => {
      const pids = await Promise.all(Array.from({ length: 3 }, () => store.transaction(SCOPE, backendOf)));
      for (const pid of pids) await terminate(pid);
      await store.ping();
    });

    test('an exhausted pool says so in time, and serves again', async () => {
      const small = await openOn(subject().second, { sizeMax: 1, connectTimeoutMilliseconds: 1_000 });
      const gate = Promise.withResolvers<void>();
      try {
        const holder = small.transaction(SCOPE, () => gate.promise);
        const waiting = small.ping();
        await expect(waiting).rejects.toMatchObject({ code: 'database_unavailable' });
        gate.resolve();
        await holder;
        await small.ping();
      } finally {
        gate.resolve();
        await small.close();
      }
    });

    test('after close everything is refused, and closing again is harmless', async () => {
      const closed = await openOn(subject().second);
      await closed.close();
      await closed.close();
      await expect(closed.ping()).rejects.toMatchObject({ code: 'store_closed' });
      await expect(closed.changes.caughtUp()).rejects.toMatchObject({ code: 'store_closed' });
    });

    const backendOf = async (tx: Tx): Promise<number> => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      return rows[0]?.pid ?? 0;
    };
    const terminate = (pid: number): Promise<pg.QueryResult> =>
      asSuperuser(subject(), (client) => client.query('select pg_terminate_backend($1, 5000)', [pid]));
  });
}

/** Lets `count` callers through together, and later ones at once. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived >= count) resolve();
    return promise;
  };
}
