import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { baseErrors, type SafeFetch } from '#base';
import type { Store } from '#store';
import { openSecondStore } from '#testing';
import { startWebhookWorker } from './webhook-worker.ts';
import { MIGRATIONS, openWebhooks, receiver } from './webhooks.fixture.ts';

const EVENTS = 40;

let world: Awaited<ReturnType<typeof openWebhooks>>;
let other: Store;
beforeAll(async () => {
  world = await openWebhooks();
  other = await openSecondStore(world.store, MIGRATIONS, { clock: world.clock });
});
afterAll(async () => {
  await other?.close();
  await world?.close();
});

const idsOf = (got: readonly { headers: Record<string, string> }[]) => got.map(({ headers }) => headers['webhook-id']);

test('a worker that had nothing to follow hears of the first webhook', async () => {
  const { got, fetch } = receiver();
  const worker = startWebhookWorker({ ...world.deps, fetch });
  await expect.poll(() => worker.held, { timeout: 10_000 }).toBe(true);
  // By now it has looked, and sleeps for longer than this waits.
  await wait(300);
  await world.declare('first', { events: ['api_key.*'] });
  await world.happen('api_key.issued');
  await expect.poll(() => got.length, { timeout: 10_000 }).toBe(1);
  await worker.stop();
  await world.remove('first');
});

test('of two processes one sends; when it dies at work the other goes on, and nothing is lost', async () => {
  await world.declare('hook', { events: ['user.*'] });
  const { got, fetch: take } = receiver();
  let stuck = 0;
  // Arrived, and not answered before the process is gone: nobody knows that it arrived.
  const hanging: SafeFetch = async (url, options) => {
    if (got.length < EVENTS / 4) return take(url, options);
    stuck += 1;
    await take(url, options);
    await wait(60_000, undefined, { signal: options?.signal }).catch(() => undefined);
    throw baseErrors.fetch_failed({ cause: new Error('gone') });
  };
  const first = startWebhookWorker({ ...world.deps, fetch: hanging });
  await expect.poll(() => first.held, { timeout: 10_000 }).toBe(true);
  for (let event = 0; event < EVENTS; event += 1) await world.happen('user.created');
  const second = startWebhookWorker({ ...world.deps, store: other, fetch: take });
  await expect.poll(() => stuck, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(second.held).toBe(false);
  await first.stop();
  await expect.poll(() => new Set(idsOf(got)).size, { timeout: 10_000 }).toBe(EVENTS);
  await expect
    .poll(async () => (await world.deliveries('hook')).every(({ status }) => status === 'delivered'), {
      timeout: 10_000,
    })
    .toBe(true);
  await second.stop();
  // What hung went twice, under the id that it had; all else once.
  expect(got).toHaveLength(EVENTS + stuck);
});

test('one that is slow holds up itself alone', async () => {
  await world.declare('slow', { url: 'https://slow.example.com/', events: ['api_key.*'] });
  await world.declare('quick', { url: 'https://quick.example.com/', events: ['api_key.*'] });
  const { got, fetch: take } = receiver();
  const fetch: SafeFetch = async (url, options) => {
    if (url.includes('slow')) await wait(60_000, undefined, { signal: options?.signal });
    return take(url, options);
  };
  const worker = startWebhookWorker({ ...world.deps, fetch });
  for (let event = 0; event < EVENTS; event += 1) await world.happen('api_key.issued');
  await expect.poll(() => got.filter(({ url }) => url.includes('quick')).length, { timeout: 10_000 }).toBe(EVENTS);
  expect(got.filter(({ url }) => url.includes('slow'))).toEqual([]);
  await worker.stop();
});
