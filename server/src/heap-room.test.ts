import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
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

/** In a process of its own, which has as many young objects as loading leaves. */
const SCRIPT = `
  import { setTimeout as wait } from 'node:timers/promises';
  import { getHeapSpaceStatistics } from 'node:v8';
  import { giveHeapRoom } from ${JSON.stringify(new URL('heap-room.ts', import.meta.url).href)};
  const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
  const kept = [];
  for (let index = 0; index < 500_000; index += 1) kept.push({ index });
  const before = young();
  giveHeapRoom([500, 1000, 1500]);
  await wait(2000);
  console.log(JSON.stringify({ before, after: young(), kept: kept.length }));
`;

test('what loading needed for young objects is given back once the program has nothing to do', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT]);
  const { before, after }: { before: number; after: number } = JSON.parse(stdout);
  expect(before).toBeGreaterThan(8 * MB);
  expect(after).toBeLessThan(4 * MB);
});
