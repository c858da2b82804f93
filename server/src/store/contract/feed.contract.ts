import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '../changes/change.ts';
import { recordChange } from '../changes/record-change.ts';
import type { Store } from '../open-store.ts';
import type { Scope, Tx } from '../scope.ts';
import { asSuperuser, openOn, type Subject } from './subject.ts';

const TENANT = 'ten_feed';
const SCOPE: Scope = { tenantId: TENANT };
const put = (tx: Tx, id: string, topic = 'route') =>
  recordChange(tx, { tenantId: TENANT, topic, id, operation: 'put' });

/** What is committed in one process is heard of in every other, exactly once, whatever happens on the way. */
export function feedContract(subject: () => Subject): void {
  describe('change feed', () => {
    let writer: Store;
    let reader: Store;
    let heard: Change[];
    let stop: () => void;
    beforeAll(async () => {
      writer = await openOn(subject().database);
      reader = await openOn(subject().second);
    });
    afterAll(async () => {
      await reader.close();
      await writer.close();
    });
    beforeEach(() => {
      heard = [];
      stop = reader.changes.subscribe('*', (changes) => void heard.push(...changes));
    });
    afterEach(() => stop());
    const ids = (): string[] => heard.map(({ id }) => id);

    test('a committed change is heard, with everything it says', async () => {
      await writer.transaction(SCOPE, (tx) =>
        recordChange(tx, { tenantId: TENANT, topic: 'resource:route', id: 'weather', operation: 'delete' }),
      );
      await reader.changes.caughtUp();
      expect(heard).toEqual([
        { sequence: expect.any(BigInt), tenantId: TENANT, topic: 'resource:route', id: 'weather', operation: 'delete' },
      ]);
    });

    test('it is heard without being asked for', async () => {
      const arrived = Promise.withResolvers<void>();
      const unsubscribe = reader.changes.subscribe(['pushed'], () => arrived.resolve());
      await writer.transaction(SCOPE, (tx) => put(tx, 'now', 'pushed'));
      await arrived.promise;
      unsubscribe();
      expect(ids()).toEqual(['now']);
    });

    test('what was rolled back is not heard', async () => {
      const failing = writer.transaction(SCOPE, async (tx) => {
        await put(tx, 'never');
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      await reader.changes.caughtUp();
      expect(heard).toEqual([]);
    });

    test('only the topics asked for, in order, until unsubscribed', async () => {
      const routes: string[] = [];
      const unsubscribe = reader.changes.subscribe(
        ['route'],
        (changes) => void routes.push(...changes.map((c) => c.id)),
      );
      await writer.transaction(SCOPE, async (tx) => {
        for (const [id, topic] of [
          ['r1', 'route'],
          ['k1', 'key'],
          ['r2', 'route'],
        ] as const)
          await put(tx, id, topic);
      });
      await reader.changes.caughtUp();
      unsubscribe();
      await writer.transaction(SCOPE, (tx) => put(tx, 'r3'));
      await reader.changes.caughtUp();
      expect(routes).toEqual(['r1', 'r2']);
      expect(ids()).toEqual(['r1', 'k1', 'r2', 'r3']);
    });

    test('caughtUp waits for listeners that take their time', async () => {
      const done: string[] = [];
      const gate = Promise.withResolvers<void>();
      const unsubscribe = reader.changes.subscribe('*', async (changes) => {
        await gate.promise;
        done.push(...changes.map(({ id }) => id));
      });
      await writer.transaction(SCOPE, (tx) => put(tx, 'slow'));
      const caughtUp = reader.changes.caughtUp();
      gate.resolve();
      await caughtUp;
      unsubscribe();
      expect(done).toEqual(['slow']);
    });

    test('a commit out of order of sequence is heard when it comes, and nothing twice', async () => {
      const gate = Promise.withResolvers<void>();
      const drawn = Promise.withResolvers<void>();
      const early = writer.transaction(SCOPE, async (tx) => {
        await put(tx, 'drawn first, committed last');
        drawn.resolve();
        await gate.promise;
      });
      await drawn.promise;
      await writer.transaction(SCOPE, (tx) => put(tx, 'drawn last, committed first'));
      await reader.changes.caughtUp();
      expect(ids()).toEqual(['drawn last, committed first']);
      gate.resolve();
      await early;
      await reader.changes.caughtUp();
      await reader.changes.caughtUp();
      expect(ids()).toEqual(['drawn last, committed first', 'drawn first, committed last']);
    });

    test.each(['in order', 'out of order'])('a cut connection misses nothing: %s', async (order) => {
      const gate = Promise.withResolvers<void>();
      const drawn = Promise.withResolvers<void>();
      const early = writer.transaction(SCOPE, async (tx) => {
        await put(tx, 'early');
        drawn.resolve();
        await gate.promise;
      });
      await drawn.promise;
      if (order === 'in order') gate.resolve();
      if (order === 'in order') await early;
      await cutListeners();
      await writer.transaction(SCOPE, (tx) => put(tx, 'while cut'));
      await reader.changes.caughtUp();
      gate.resolve();
      await early;
      await reader.changes.caughtUp();
      expect(ids().toSorted()).toEqual(['early', 'while cut']);
    });

    test('thousands from many writers, with the connection cut again and again, are each heard once', async () => {
      const writers = Array.from({ length: 8 }, async (_, number) => {
        for (let batch = 0; batch < 25; batch += 1) {
          await writer.transaction(SCOPE, async (tx) => {
            for (let item = 0; item < 10; item += 1) await put(tx, `${number}-${batch}-${item}`);
          });
          if (number === 0 && batch % 8 === 4) await cutListeners();
        }
      });
      await Promise.all(writers);
      await reader.changes.caughtUp();
      expect(heard.length).toBe(2_000);
      expect(new Set(ids()).size).toBe(2_000);
    });

    test('a listener that throws leads to a resync, and harms no other', async () => {
      let resyncs = 0;
      const endResync = reader.changes.onResync(() => {
        resyncs += 1;
      });
      const unsubscribe = reader.changes.subscribe('*', () => Promise.reject(new Error('on purpose')));
      await writer.transaction(SCOPE, (tx) => put(tx, 'hurts'));
      await reader.changes.caughtUp();
      unsubscribe();
      endResync();
      expect(resyncs).toBe(1);
      expect(ids()).toEqual(['hurts']);
    });

    test.each(['', 'nonsense', '{"a":1}', '["1"]', '["x","t","t","i","put","1"]', '[1,2,3,4,5,6]'])(
      'a foreign notification is ignored: %s',
      async (payload) => {
        await asSuperuser(subject(), (client) => client.query("select pg_notify('gatehouse_changes', $1)", [payload]));
        await writer.transaction(SCOPE, (tx) => put(tx, 'after'));
        await reader.changes.caughtUp();
        expect(ids()).toEqual(['after']);
      },
    );

    test.each([
      ['topic', { topic: 't'.repeat(129), id: 'i' }],
      ['id', { topic: 't', id: 'é'.repeat(257) }],
    ])('a %s that is too long is refused', async (_, { topic, id }) => {
      const recording = writer.transaction(SCOPE, (tx) => put(tx, id, topic));
      await expect(recording).rejects.toMatchObject({ code: 'change_too_large' });
    });

    test('the longest topic, id and odd characters come through', async () => {
      const id = `${'"\\\u{1F600}'.repeat(80)}`;
      await writer.transaction(SCOPE, (tx) => put(tx, id, 't'.repeat(128)));
      await reader.changes.caughtUp();
      expect(heard[0]).toMatchObject({ id, topic: 't'.repeat(128) });
    });

    /** The LISTEN connections are those whose last statement was the feed's. One that was cut a moment ago is not back yet. */
    const cutListeners = async (): Promise<void> => {
      const cut = async () => {
        const { rowCount } = await asSuperuser(subject(), (client) =>
          client.query(
            `select pg_terminate_backend(pid, 5000) from pg_stat_activity
             where (query like '%listen gatehouse_changes%' or query like '%from changes_pruned%') and pid <> pg_backend_pid()`,
          ),
        );
        return rowCount;
      };
      await expect.poll(cut, { timeout: 5_000 }).toBeGreaterThan(0);
    };
  });
}
