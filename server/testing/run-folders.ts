import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN_FOLDER_VARIABLE, roomiest } from './temporary-folder.ts';

export interface RunFolders {
  /** Ends nothing: whoever uses them has ended. */
  remove(): Promise<void>;
}

/** With the id of the process it is of. */
const OF_A_RUN = /^gatehouse-tests-(\d+)-/;

/**
 * One folder in memory, where there is room, and one on the disk, for all that the tests of this run and the programs they
 * start put into temporary folders: workers and programs inherit both by their environment. They go with the run, and what
 * runs left behind whose process is gone goes before.
 */
export async function openRunFolders(): Promise<RunFolders> {
  const parents = [roomiest(), tmpdir()];
  for (const parent of new Set(parents)) await removeLeftBehind(parent);
  const [memory, disk] = (await Promise.all(parents.map(makeFolder))) as [string, string];
  // What Node keeps of compiled programs is as good for the next run.
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');
  process.env[RUN_FOLDER_VARIABLE] = memory;
  process.env.TMPDIR = disk;
  const guard = guardFolders(memory, disk);
  return {
    async remove() {
      guard.stdin?.end('done\n');
      await Promise.all([memory, disk].map((each) => rm(each, { recursive: true, force: true })));
    },
  };
}

async function makeFolder(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, `gatehouse-tests-${process.pid}-`));
  // The database's user has to walk through.
  await chmod(folder, 0o711);
  return folder;
}

async function removeLeftBehind(parent: string): Promise<void> {
  const left = (await readdir(parent)).filter((name) => {
    const owner = OF_A_RUN.exec(name)?.[1];
    return owner !== undefined && !isRunning(Number(owner));
  });
  await Promise.all(left.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * A test run that is killed can't clean up. This shell waits on a pipe from us: when it ends without a word, we are gone. Then it
 * ends whoever was told one of the folders when it was started (databases, programs, browsers, proxies), and removes them.
 */
const GUARD = `memory="$1/" disk="$2/"
reach() {
  reached=1
  for found in $(grep -laF -e "$memory" -e "$disk" /proc/[0-9]*/cmdline); do
    pid="\${found#/proc/}"; pid="\${pid%/cmdline}"
    [ "$pid" != $$ ] && kill "$1" "$pid" && reached=0
  done
  return $reached
}
read -r word
[ "$word" = done ] && exit
reach -INT
for look in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do reach -0 || break; sleep 0.2; done
reach -KILL && sleep 0.2
rm -rf "$memory" "$disk"`;

function guardFolders(memory: string, disk: string): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', memory, disk], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return guard;
}
