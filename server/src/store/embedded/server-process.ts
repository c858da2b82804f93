import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from '#base';
import { storeErrors } from '../errors.ts';
import { pause } from '../pause.ts';
import type { Binaries } from './binaries.ts';
import type { Place } from './place.ts';
import { isReadyFor, ownerArgument, stopPostmaster } from './postmaster.ts';
import type { RunAs } from './run-as.ts';

export interface ServerProcess {
  pid: number;
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Recovery after a crash replays at most `max_wal_size` of log; this leaves ample room on a slow disk. */
const READY_MAX_MILLISECONDS = 120_000;
const READY_POLL_MILLISECONDS = 2;
const LAST_WORDS_MAX = 20;

const LOG_LEVELS: Record<string, 'debug' | 'warn' | 'error'> = {
  LOG: 'debug',
  HINT: 'debug',
  DETAIL: 'debug',
  CONTEXT: 'debug',
  STATEMENT: 'debug',
  WARNING: 'warn',
  ERROR: 'warn',
  FATAL: 'warn',
  PANIC: 'error',
};

/**
 * Starts the server and waits until it takes connections.
 * @throws `database_start_failed`, with the server's last words as cause.
 */
export async function startServer(
  { log, runAs }: { log: Logger; runAs: RunAs },
  binaries: Binaries,
  place: Place,
): Promise<ServerProcess> {
  const settings = [`unix_socket_directories=${place.sockets}`, await ownerArgument()].flatMap((s) => ['-c', s]);
  const child = spawn(join(binaries.folder, 'postgres'), ['-D', place.data, ...settings], {
    ...runAs.ids,
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A process group of its own: Ctrl-C in the terminal is for us, who close the database last.
    detached: true,
  });
  const lastWords = forwardLog(child, log);
  const ended = whenEnded(child);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const { pid } = child;
  if (pid === undefined) throw storeErrors.database_start_failed({ cause: await spawnError(child) });
  child.unref();
  // A program that ends without closing its store still ends its database.
  const onExit = (): void => void child.kill('SIGINT');
  process.once('exit', onExit);
  void ended.then(() => process.off('exit', onExit));
  const giveUpAt = performance.now() + READY_MAX_MILLISECONDS;
  while (!(await isReadyFor(place.data, pid))) {
    if (over || performance.now() > giveUpAt) {
      if (!over) await stopPostmaster(pid);
      throw storeErrors.database_start_failed({ cause: lastWords.join('\n') });
    }
    await pause(READY_POLL_MILLISECONDS);
  }
  return {
    pid,
    ended,
    stop: async () => {
      // Its end is awaited: while that was not heard, a program with nothing else to do would end by itself, as one that failed.
      child.ref();
      if (!over) await stopPostmaster(pid);
      await ended;
    },
  };
}

async function whenEnded(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  child.once('error', () => resolve());
  await promise;
}

async function spawnError(child: ChildProcess): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  child.once('error', resolve);
  return promise;
}

/** The server's log becomes ours, line by line. Returns its newest lines, for the error when it does not come up. */
function forwardLog(child: ChildProcess, log: Logger): string[] {
  const lastWords: string[] = [];
  if (child.stderr === null) return lastWords;
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    const [, severity = 'LOG', text = line] = /^(?:\S+: )?([A-Z]+): {2}(.*)$/.exec(line) ?? [];
    log[LOG_LEVELS[severity] ?? 'debug']({ postgresql: severity }, text);
    lastWords.push(line);
    if (lastWords.length > LAST_WORDS_MAX) lastWords.shift();
  });
  (child.stderr as unknown as { unref?: () => void }).unref?.();
  return lastWords;
}
