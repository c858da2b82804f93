import { expect, test } from 'vitest';
import { defineErrors } from './errors.ts';
import { inBatches } from './in-batches.ts';

const errors = defineErrors({ all_gone: { category: 'unavailable', message: 'Nobody is there.' } });

test('what comes while work is under way is the next piece of it, up to the largest, in order, key by key', async () => {
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const ask = inBatches<number, number>(async (key, items) => {
    seen.push(`${key}:${items.join(',')}`);
    await gate.promise;
    return items.map((item) => item * 10);
  }, 3);
  const first = [ask('a', 1), ask('a', 2), ask('b', 3)];
  await new Promise(setImmediate);
  const later = [4, 5, 6, 7].map((item) => ask('a', item));
  gate.resolve();
  expect(await Promise.all([...first, ...later])).toEqual([10, 20, 30, 40, 50, 60, 70]);
  expect(seen).toEqual(['a:1,2', 'b:3', 'a:4,5,6', 'a:7']);
});

test('one that fails is done alone, and so are the others: they succeed', async () => {
  const seen: number[][] = [];
  const ask = inBatches<number, number>(async (_, items) => {
    seen.push([...items]);
    if (items.includes(2)) throw new TypeError('two');
    return items;
  }, 10);
  const results = await Promise.allSettled([1, 2, 3].map((item) => ask('a', item)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test('what all need and is not there is tried once for all', async () => {
  let runs = 0;
  const ask = inBatches<number, number>(async () => {
    runs += 1;
    throw errors.all_gone();
  }, 10);
  const results = await Promise.allSettled([1, 2, 3].map((item) => ask('a', item)));
  expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual(
    Array(3).fill('all_gone'),
  );
  expect(runs).toBe(1);
  await expect(ask('a', 4)).rejects.toMatchObject({ code: 'all_gone' });
});
