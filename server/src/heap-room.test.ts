import { expect, test } from 'vitest';
import { growthPercent } from './heap-room.ts';

const MB = 2 ** 20;

test.each([
  ['one that has just started may double, and no more', 10 * MB, 100],
  ['32 MB of 64', 64 * MB, 50],
  ['32 MB of 200', 200 * MB, 16],
  ['a tenth is what V8 does by itself', 320 * MB, 0],
  ['a million keys', 1100 * MB, 0],
])('how far a heap grows before it is collected: %s', (_, used, percent) => {
  expect(growthPercent(used)).toBe(percent);
});
