import { expect, test } from 'vitest';
import { nearMisses } from './near-misses.ts';

const near = nearMisses(['orders:read', 'orders:write', 'GET', 'cancel', 'v1', 'order', 'v1:orders']);

test.each([
  ['two letters swapped', 'orders:raed', 'orders:read'],
  ['a letter missing', 'order:read', 'orders:read'],
  ['a letter too many', 'orders:writee', 'orders:write'],
  ['another letter', 'canzel', 'cancel'],
  ['other capitals', 'get', 'GET'],
])('%s: %s was %s', (_, word, meant) => {
  expect(near(word)).toBe(meant);
});

test.each([
  ['known itself', 'orders:read'],
  ['known, one letter from another', 'order'],
  ['another number', 'v2:orders'],
  ['no number', 'v:orders'],
  ['two mistakes', 'odrers:raed'],
  ['another word', 'orders:delete'],
  ['another short word', 'v2'],
  ['a short word less a letter', 'GT'],
  ['nothing', ''],
  ['a text without end', 'x'.repeat(100_000)],
])('no word was meant: %s', (_, word) => {
  expect(near(word)).toBeUndefined();
});
