import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { testLogger } from '#testing';
import { Leaders } from './leader.ts';

/** What the contract can't see: the driver only warns of it, once in a process, and its next version refuses. */
test('the connection is asked for one thing at a time, whatever ends and begins meanwhile', async () => {
  let underWay = 0;
  let underWayMax = 0;
  const client = {
    on: () => client,
    end: async () => undefined,
    query: async () => {
      underWay += 1;
      underWayMax = Math.max(underWayMax, underWay);
      await setImmediate();
      underWay -= 1;
      return { rows: [{ won: true }] };
    },
  };
  const leaders = new Leaders({
    connect: async () => client as unknown as pg.Client,
    log: testLogger(),
    pollMilliseconds: 1,
  });
  const ran = Array.from({ length: 5 }, (_, index) => {
    const thrice = Promise.withResolvers<void>();
    let runs = 0;
    leaders.add(`work ${index}`, async () => {
      runs += 1;
      if (runs === 3) thrice.resolve();
    });
    return thrice.promise;
  });
  await Promise.all(ran);
  await leaders.close();
  expect(underWayMax).toBe(1);
});
