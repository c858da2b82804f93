import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../open-store.ts';
import { asSuperuser, openOn, type Subject } from './subject.ts';

/** Only one process leads; when it goes, however it goes, another takes over. */
export function leaderContract(subject: () => Subject): void {
  describe('leader', () => {
    let first: Store;
    let second: Store;
    beforeEach(async () => {
      first = await openOn(subject().database);
      second = await openOn(subject().second);
    });
    afterEach(async () => {
      await first.close();
      await second.close();
    });

    /** Leads until aborted; tells when it began. */
    const lead = (store: Store, name: string) => {
      const began = Promise.withResolvers<AbortSignal>();
      const ended = Promise.withResolvers<void>();
      let runs = 0;
      const handle = store.leader(name, async (signal) => {
        runs += 1;
        began.resolve(signal);
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        ended.resolve();
      });
      return { handle, began: began.promise, ended: ended.promise, runs: () => runs };
    };

    test('one leads, the other waits, and takes over when the first stops', async () => {
      const one = lead(first, 'rotation');
      await one.began;
      const other = lead(second, 'rotation');
      const witness = lead(second, 'witness');
      // The witness was asked for later and has its turn after: by then the other has tried, and lost.
      await witness.began;
      expect([one.handle.held, other.handle.held]).toEqual([true, false]);
      await one.handle.stop();
      await other.began;
      expect([one.handle.held, other.handle.held]).toEqual([false, true]);
    });

    test('names are apart', async () => {
      const one = lead(first, 'a');
      const other = lead(second, 'b');
      await Promise.all([one.began, other.began]);
      expect([one.handle.held, other.handle.held]).toEqual([true, true]);
    });

    test('a leader whose process closes is replaced', async () => {
      const one = lead(first, 'close');
      await one.began;
      const other = lead(second, 'close');
      await first.close();
      await one.ended;
      await other.began;
      expect(other.handle.held).toBe(true);
    });

    test('a leader whose connection is cut is told at once, and leads again or is replaced', async () => {
      const one = lead(first, 'cut');
      const signal = await one.began;
      await asSuperuser(subject(), (client) =>
        client.query("select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and granted"),
      );
      await one.ended;
      expect(signal.aborted).toBe(true);
      const other = lead(second, 'cut');
      await Promise.race([other.began, until(() => one.runs() === 2)]);
      expect([one.handle.held, other.handle.held].filter(Boolean)).toHaveLength(1);
    });

    test('work that fails is taken up again', async () => {
      const twice = Promise.withResolvers<void>();
      let runs = 0;
      const handle = first.leader('fails', async () => {
        runs += 1;
        if (runs === 2) twice.resolve();
        throw new Error('on purpose');
      });
      await twice.promise;
      await handle.stop();
      expect(handle.held).toBe(false);
    });
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
