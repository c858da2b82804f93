import { expect, test } from 'vitest';
import { testLogger } from '#testing';
import { Subscribers } from './subscribers.ts';

const change = { sequence: 1n, tenantId: 'ten_1', topic: 'route', id: 'a', operation: 'put' } as const;

test('a listener that fails loads anew, and again until it succeeds', async () => {
  const subscribers = new Subscribers(testLogger(), new AbortController().signal);
  let loads = 0;
  subscribers.add(['route'], () => Promise.reject(new Error('the database is away')));
  subscribers.onResync(async () => {
    loads += 1;
    if (loads < 3) throw new Error('the database is away');
  });
  subscribers.deliver([change]);
  await subscribers.idle();
  expect(loads).toBe(3);
});

test.for(['closed', 'unsubscribed'] as const)('when %s, nothing is called again', async (how) => {
  const closed = new AbortController();
  const subscribers = new Subscribers(testLogger(), closed.signal);
  let loads = 0;
  const stop = subscribers.onResync(() => {
    loads += 1;
    if (how === 'closed') closed.abort();
    else stop();
    throw new Error('the database is away');
  });
  subscribers.resync();
  await subscribers.idle();
  expect(loads).toBe(1);
});

test('what arrives just as a batch was taken in is taken in too', async () => {
  // The gap lay between the end of the loop and the promise that says so: some turns of the microtask queue.
  for (let turns = 0; turns < 12; turns += 1) {
    const subscribers = new Subscribers(testLogger(), new AbortController().signal);
    const heard: string[] = [];
    subscribers.add('*', (changes) => void heard.push(...changes.map(({ id }) => id)));
    subscribers.deliver([change]);
    for (let turn = 0; turn < turns; turn += 1) await undefined;
    subscribers.deliver([{ ...change, id: 'b' }]);
    await subscribers.idle();
    expect([turns, heard]).toEqual([turns, ['a', 'b']]);
  }
});

test('idle waits for what was handed over before, not for what keeps coming', async () => {
  const subscribers = new Subscribers(testLogger(), new AbortController().signal);
  const taken: string[] = [];
  const batches: PromiseWithResolvers<void>[] = [];
  subscribers.add('*', async (changes) => {
    const batch = Promise.withResolvers<void>();
    batches.push(batch);
    await batch.promise;
    taken.push(...changes.map(({ id }) => id));
  });
  subscribers.deliver([change]);
  subscribers.deliver([{ ...change, id: 'b' }]);
  const idle = subscribers.idle().then(() => [...taken]);
  batches[0]?.resolve();
  while (batches.length < 2) await undefined;
  subscribers.deliver([{ ...change, id: 'c' }]);
  batches[1]?.resolve();
  expect(await idle).toEqual(['a', 'b']);
});
