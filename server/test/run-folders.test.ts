/** What a run of the tests puts into temporary folders goes with it, however it ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '#testing';

const PROGRAM = join(import.meta.dirname, '../testing/programs/open-run-folders.ts');

interface Opened {
  folder: string;
  disk: string;
  started: number;
}

let parent: string;
beforeEach(async () => {
  parent = await temporaryFolder();
});

async function open(): Promise<{ run: ChildProcess; opened: Opened }> {
  const { TEST_RUN_FOLDER: _, ...environment } = process.env;
  const run = fork(PROGRAM, { env: { ...environment, TMPDIR: parent } });
  const [opened] = (await once(run, 'message')) as [Opened];
  const own = join(parent, `gatehouse-tests-${run.pid}-`);
  expect([opened.folder, opened.disk].map((path) => path.slice(0, own.length))).toEqual([own, own]);
  return { run, opened };
}

const isRunning = (pid: number) => existsSync(`/proc/${pid}`);

test('that ends: its folders are gone', async () => {
  const { run } = await open();
  expect(readdirSync(parent)).toHaveLength(2);
  run.send('end');
  await once(run, 'exit');
  expect(readdirSync(parent)).toEqual([]);
});

test('that is killed: so are they, and what it had started is ended', async () => {
  const { run, opened } = await open();
  writeFileSync(join(opened.folder, 'written'), 'by a test');
  expect(isRunning(opened.started)).toBe(process.platform === 'linux');
  run.kill('SIGKILL');
  await expect.poll(() => [readdirSync(parent), isRunning(opened.started)]).toEqual([[], false]);
});

test('what is left of one whose process is gone is removed by the next; what is another’s stays', async () => {
  const gone = fork(PROGRAM, ['--version'], { execArgv: ['--check'], stdio: 'ignore' });
  await once(gone, 'exit');
  for (const name of [
    `gatehouse-tests-${gone.pid}-a`,
    `gatehouse-tests-${process.pid}-b`,
    'gatehouse-tests-c',
    'other',
  ])
    mkdirSync(join(parent, name, 'within'), { recursive: true });
  const { run } = await open();
  const left = readdirSync(parent).filter((name) => !name.startsWith(`gatehouse-tests-${run.pid}-`));
  expect(left.toSorted()).toEqual([`gatehouse-tests-${process.pid}-b`, 'gatehouse-tests-c', 'other']);
  run.send('end');
  await once(run, 'exit');
});
