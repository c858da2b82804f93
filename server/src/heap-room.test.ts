import { expect, test } from 'vitest';
import { growthPercent } from './heap-room.ts';

const MB = 2 ** 20;

test.each([
  ['one that has just started may double, and no more', 10 * MB, 100],
  ['64 MB of 128', 128 * MB, 50],
  ['64 MB of 400', 400 * MB, 16],
  ['a tenth is what V8 does by itself', 640 * MB, 0],
  ['a million keys', 1100 * MB, 0],
])('how far a heap grows before it is collected: %s', (_, used, percent) => {
  expect(growthPercent(used)).toBe(percent);
});
