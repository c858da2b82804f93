import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningExample, startExample } from '../../server/test/running-example.ts';

let example: RunningExample;
/** What the example tells its user to paste. */
let lines: string[];
/** What that prints. */
let printed: string;
const run = async (some: readonly string[]) => (await promisify(execFile)('bash', ['-c', some.join('\n')])).stdout;
beforeAll(async () => {
  example = await startExample('weather-api');
  lines = example.welcome.split('\n').filter((line) => line.startsWith('  '));
  printed = await run(lines);
});
afterAll(() => example?.stop());

test('nobody without a key, and with one the weather and what is left of the plan', () => {
  const [nobody = '', somebody = ''] = printed.split(/(?=HTTP\/1\.1 )/);
  expect(nobody).toMatch(/^HTTP\/1\.1 401 /);
  expect(somebody).toMatch(/^HTTP\/1\.1 200 [\s\S]*ratelimit: "plan";r=9[\s\S]*"city":"Tokyo"/i);
});

test('each plan has its own limit', () => {
  const [free = '', paid = ''] = [...printed.matchAll(/^(?:\d{3} ){20}$/gm)].map(([line]) => line);
  expect(free).toMatch(/^(200 ){9,}(429 )+/);
  expect(paid).toBe('200 '.repeat(20));
});

test('and each key its own bill', async () => {
  const bills = async () =>
    (await run(lines.filter((line) => line.includes('/usage'))))
      .trim()
      .split('\n')
      .map((bill) => {
        const { calls, limited } = JSON.parse(bill).items[0] ?? {};
        return { calls, limited };
      });
  // Counted within a second.
  await expect.poll(bills, { timeout: 20_000 }).toEqual([
    { calls: 21, limited: (printed.match(/429 /g) ?? []).length },
    { calls: 20, limited: 0 },
  ]);
});
