import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock, seededRandom, temporaryFolder, testLogger } from '#testing';
import { acknowledgedMigrations } from '../../../testing/programs/acknowledge-rows.ts';
import { openStore } from '../open-store.ts';
import { commandLineOf } from './processes.ts';

const PROGRAM = join(import.meta.dirname, '../../../testing/programs/acknowledge-rows.ts');

interface Running {
  child: ChildProcess;
  /** Waits for the next `count` lines. */
  lines(count: number): Promise<string[]>;
  exited: Promise<number | null>;
}

/** Killed at random moments (the seed is fixed: how many rows into its life), then started again: nothing may be missing. */
describe('kill -9', () => {
  let folder: string;
  let data: string;
  const acknowledged = new Set<string>();
  const started: ChildProcess[] = [];
  const random = seededRandom('kill');
  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder, 'postgres');
  });
  // Also when a test failed half way: what it started would write on for ever.
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const start = (): Running => {
    const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    const queue: string[] = [];
    let arrived = Promise.withResolvers<void>();
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (/^\d/.test(line)) acknowledged.add(line);
      queue.push(line);
      arrived.resolve();
    });
    const exit = Promise.withResolvers<number | null>();
    child.once('close', exit.resolve);
    void exit.promise.then(() => arrived.resolve());
    return {
      child,
      exited: exit.promise,
      lines: async (count) => {
        while (queue.length < count && child.exitCode === null && child.signalCode === null) {
          arrived = Promise.withResolvers<void>();
          await arrived.promise;
        }
        return queue.splice(0, count);
      },
    };
  };
  const databasePid = async (): Promise<number> =>
    Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const rowsMissing = async (): Promise<string[]> => {
    const store = await openStore({
      database: { kind: 'embedded', dataFolder: folder },
      migrations: [acknowledgedMigrations],
      clock: fixedClock(),
      random: seededRandom(),
      log: testLogger(),
    });
    try {
      const { rows } = await store.transaction({ tenantId: 'ten_a' }, (tx) =>
        sql<{ id: string }>`select id from rows`.execute(tx),
      );
      const present = new Set(rows.map(({ id }) => id));
      return [...acknowledged].filter((id) => !present.has(id));
    } finally {
      await store.close();
    }
  };
  const soon = (): number => 1 + random.bytes(1).readUInt8() * 2;

  test.each(['program', 'database', 'both', 'program', 'database', 'both'])(
    'of the %s: nothing acknowledged is lost',
    async (victim) => {
      const running = start();
      expect(await running.lines(1)).toEqual(['open']);
      await running.lines(soon());
      const pid = await databasePid();
      if (victim !== 'program') process.kill(pid, 'SIGKILL');
      if (victim !== 'database') running.child.kill('SIGKILL');
      if (victim === 'database') {
        // The program lives on, with a new server.
        expect(await running.lines(400)).toHaveLength(400);
        expect(await databasePid()).not.toBe(pid);
        running.child.kill('SIGKILL');
      }
      await running.exited;
      expect(acknowledged.size).toBeGreaterThan(0);
      expect(await rowsMissing()).toEqual([]);
      expect(await serversOn(data)).toEqual([]);
    },
  );

  test('an orphan is taken over by one of several that start together', async () => {
    const first = start();
    await first.lines(5);
    first.child.kill('SIGKILL');
    await first.exited;
    expect(await serversOn(data)).toHaveLength(1);
    const rivals = [start(), start(), start()];
    const outcomes = await Promise.all(rivals.map((rival) => rival.lines(1)));
    expect(outcomes.flat().toSorted()).toEqual(['failed data_folder_in_use', 'failed data_folder_in_use', 'open']);
    expect(await serversOn(data)).toHaveLength(1);
    for (const rival of rivals) rival.child.kill('SIGKILL');
    await Promise.all(rivals.map(({ exited }) => exited));
    expect(await rowsMissing()).toEqual([]);
  });

  test('killed in the middle of the very first start', async () => {
    const fresh = await temporaryFolder();
    const child = spawn(process.execPath, [PROGRAM, fresh], { stdio: 'ignore' });
    while ((await readdir(fresh)).length === 0) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
    const store = await openStore({
      database: { kind: 'embedded', dataFolder: fresh },
      migrations: [],
      clock: fixedClock(),
      random: seededRandom(),
      log: testLogger(),
    });
    await store.ping();
    await store.close();
    await rm(fresh, { recursive: true, force: true });
  });
});

/** Servers on a data folder, by the list of processes. A backend bears its server's arguments until it has named itself. */
async function serversOn(data: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const lines = await Promise.all(pids.map(async (pid) => ({ pid, command: await commandLineOf(pid) })));
  const found = lines.filter(({ command }) => command?.[1] === '-D' && command[2] === data).map(({ pid }) => pid);
  const parents = await Promise.all(found.map(parentOf));
  return found.filter((_, index) => !found.includes(parents[index] ?? 0));
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
