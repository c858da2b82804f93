import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Names the folder of this run of the tests in which the one to copy is kept. Unset where no tests run, as in benchmarks. */
export const DATABASE_COPIES_VARIABLE = 'TEST_DATABASE_COPIES';
const MAKE_MILLISECONDS_MAX = 50_000;
const LOOK_MILLISECONDS = 20;

/**
 * Puts an empty database with every table into a data folder, so that a program that starts there finds what its very first
 * start would have made: that takes two seconds of a processor, which each of sixty would spend again. All else (keys, the
 * local administrator, what it declares) each program makes itself. Does nothing where no tests run.
 */
export async function layNewDatabase(dataFolder: string): Promise<void> {
  const copies = process.env[DATABASE_COPIES_VARIABLE];
  if (copies === undefined) return;
  const kept = await madeOnce(copies);
  // Where PostgreSQL's user can't reach this folder its data lies elsewhere, and a copy would be of the link alone.
  if ((await lstat(kept)).isSymbolicLink()) return;
  await mkdir(dataFolder, { recursive: true, mode: 0o711 });
  // With its owner, who is another one where the tests run as root.
  await run('cp', ['-a', kept, join(dataFolder, 'postgres')]);
}

/** Whoever asks first makes it, and the others wait; should that fail, the next one tries. */
async function madeOnce(copies: string): Promise<string> {
  const [kept, turn, draft] = ['made', 'turn', 'draft'].map((name) => join(copies, name)) as [string, string, string];
  const giveUpAt = performance.now() + MAKE_MILLISECONDS_MAX;
  while (!existsSync(kept)) {
    if (performance.now() > giveUpAt) throw new Error(`nobody has made the database to copy: see ${copies}`);
    if (!(await isTaken(turn))) await wait(LOOK_MILLISECONDS);
    else {
      try {
        if (existsSync(kept)) break;
        await rm(draft, { recursive: true, force: true });
        await run(process.execPath, [join(import.meta.dirname, 'programs/make-database.ts'), draft]);
        await rename(draft, kept);
      } finally {
        await rmdir(turn);
      }
    }
  }
  return join(kept, 'postgres');
}

async function isTaken(turn: string): Promise<boolean> {
  try {
    await mkdir(turn);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
