import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** In a process of its own: the priority of a thread can't be raised again. */
const SCRIPT = `
  import { readFile } from 'node:fs/promises';
  import { readdirSync, readFileSync } from 'node:fs';
  import { lowerWorkerPriority } from ${JSON.stringify(new URL('worker-priority.ts', import.meta.url).href)};
  await readFile('/proc/self/comm');
  const lowered = lowerWorkerPriority();
  const niceness = {};
  for (const task of readdirSync('/proc/self/task')) {
    const name = readFileSync('/proc/self/task/' + task + '/comm', 'utf8').trim();
    const fields = readFileSync('/proc/self/task/' + task + '/stat', 'utf8').split(') ')[1].split(' ');
    (niceness[name] ??= new Set()).add(Number(fields[16]));
  }
  console.log(JSON.stringify({ lowered, niceness: Object.fromEntries(Object.entries(niceness).map(([name, all]) => [name, [...all]])) }));
`;

it.runIf(process.platform === 'linux')('threads that hash passwords stand back, and no others', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT]);
  const { lowered, niceness }: { lowered: number; niceness: Record<string, number[]> } = JSON.parse(stdout);
  const { 'libuv-worker': workers = [], ...others } = niceness;
  const own = Object.values(others).flat();
  expect(lowered).toBeGreaterThan(0);
  expect(new Set(own).size).toBe(1);
  expect(workers).toEqual([Math.max(own[0] ?? 0, 10)]);
});
