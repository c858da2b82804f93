import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { pause } from '../pause.ts';
import { commandLineOf, isAlive, startOf } from './processes.ts';

/** What is running on a data folder. */
export type Postmaster =
  | { state: 'none' }
  /** Left by a server that is gone; the pid now belongs to some other process or to none. */
  | { state: 'stale' }
  | {
      state: 'running';
      pid: number;
      /** The program that started it, if that is one of ours and still alive. */
      owner: number | undefined;
      /** Was it started by a Gatehouse at all? */
      ours: boolean;
      ready: boolean;
      sockets: string;
    };

const OWNER_SETTING = 'gatehouse.owner=';

/** Put on the server's command line, where it is visible from the first moment to the last: who started it. */
export async function ownerArgument(): Promise<string> {
  return `${OWNER_SETTING}${process.pid}:${await startOf(process.pid)}`;
}

export async function inspectPostmaster(data: string): Promise<Postmaster> {
  const lines = await readPidFile(data);
  if (lines === undefined) return { state: 'none' };
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return { state: 'stale' };
  const command = await commandLineOf(pid);
  // The folder is named on its command line: anything else merely got the same pid later.
  if (command === undefined || !command.includes(data) || (await startOf(pid)) === undefined) return { state: 'stale' };
  const owner = command.find((argument) => argument.startsWith(OWNER_SETTING))?.slice(OWNER_SETTING.length);
  const [ownerPid = '', ownerStart] = owner?.split(':') ?? [];
  const ownerAlive = ownerStart !== undefined && (await startOf(Number(ownerPid))) === ownerStart;
  return {
    state: 'running',
    pid,
    owner: ownerAlive ? Number(ownerPid) : undefined,
    ours: owner !== undefined,
    ready: isReady(lines),
    sockets: lines[4] ?? '',
  };
}

/** Has the server with this pid opened for connections? It says so in the eighth line of its pid file. */
export async function isReadyFor(data: string, pid: number): Promise<boolean> {
  const lines = await readPidFile(data);
  return lines !== undefined && Number(lines[0]) === pid && isReady(lines);
}

/** A server in another container can share the folder but not our list of processes; its socket still answers. */
export async function answersOn(socketPath: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection(socketPath);
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  const answers = await promise;
  socket.destroy();
  return answers;
}

const STOP_STEPS = [
  // Fast shutdown: ends sessions, writes everything out.
  { signal: 'SIGINT', waitMilliseconds: 10_000 },
  // Immediate shutdown: the next start recovers from the log.
  { signal: 'SIGQUIT', waitMilliseconds: 5_000 },
  { signal: 'SIGKILL', waitMilliseconds: 5_000 },
] as const;
const STOP_POLL_MILLISECONDS = 3;

/** Ends a server, gently first. True when it is gone. */
export async function stopPostmaster(pid: number): Promise<boolean> {
  const start = await startOf(pid);
  if (start === undefined) return true;
  for (const { signal, waitMilliseconds } of STOP_STEPS) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
    const until = performance.now() + waitMilliseconds;
    while (performance.now() < until) {
      if ((await startOf(pid)) !== start) return true;
      await pause(STOP_POLL_MILLISECONDS);
    }
  }
  return false;
}

async function readPidFile(data: string): Promise<string[] | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  return text?.split('\n');
}

function isReady(lines: string[]): boolean {
  return lines[7]?.trim() === 'ready';
}
