import { expect, test } from 'vitest';
import { RecentCache } from './recent-cache.ts';

test('never holds more than it may', () => {
  const cache = new RecentCache<number>(100);
  for (let index = 0; index < 10_000; index += 1) {
    cache.set(`key ${index}`, index);
    expect(cache.size).toBeLessThanOrEqual(100);
  }
});

test('keeps what is used and forgets what is not', () => {
  const cache = new RecentCache<number>(10);
  cache.set('used', 1);
  cache.set('unused', 2);
  for (let index = 0; index < 50; index += 1) {
    cache.set(`other ${index}`, index);
    expect(cache.get('used')).toBe(1);
  }
  expect(cache.get('unused')).toBeUndefined();
});

test('a deleted entry is gone from both generations', () => {
  const cache = new RecentCache<number>(4);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('c', 3);
  cache.delete('a');
  expect(cache.get('a')).toBeUndefined();
  expect(cache.get('c')).toBe(3);
});
