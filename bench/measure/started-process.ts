import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

export interface StartedProcess {
  pid: number;
  /** What it last told the person who started it: its standard error. */
  notes(): string;
  stop(): Promise<void>;
}

/** A million keys take half a minute of a processor, which others may need as well. */
const START_TIMEOUT_MILLISECONDS = 180_000;
const NOTES_LENGTH_MAX = 4000;

export interface StartOptions {
  /** Processor it is pinned to. */
  core: number;
  /** Ready when this port accepts a connection. */
  port: number;
  env?: Record<string, string>;
}

/** Starts a server pinned to one processor, waits until it listens, and ends it, by its pid, when told. */
export async function startProcess(
  command: readonly string[],
  { core, port, env }: StartOptions,
): Promise<StartedProcess> {
  const child = spawn('taskset', ['-c', String(core), ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ...env },
  });
  let notes = '';
  child.stderr?.on('data', (chunk) => {
    notes = (notes + chunk).slice(-NOTES_LENGTH_MAX);
  });
  const deadline = Date.now() + START_TIMEOUT_MILLISECONDS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await end(child);
      throw new Error(`${command.join(' ')} did not start: ${notes}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { pid: child.pid ?? 0, notes: () => notes, stop: () => end(child) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
