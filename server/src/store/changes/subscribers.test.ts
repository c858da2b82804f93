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
