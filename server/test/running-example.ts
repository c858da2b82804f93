/** An example as a user has it: `npm run example <name>`, on free ports and in a folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { layNewDatabase, temporaryFolder } from '#testing';
import { freePort } from './running-program.ts';
import { repositoryRoot } from './source-tree.ts';

export interface RunningExample {
  issuer: string;
  gatewayUrl: string;
  /** The first of the example's own ten ports. */
  port: number;
  folder: string;
  /** What it printed for its user. */
  welcome: string;
  stop(): Promise<void>;
}

const STARTED = 'Stop with Ctrl-C.';
const START_MILLISECONDS_MAX = 50_000;

export async function startExample(name: string): Promise<RunningExample> {
  const folder = await temporaryFolder();
  await layNewDatabase(join(folder, 'data'));
  const [control, gateway, port] = [await freePort(), await freePort(), await freePorts(10)];
  const issuer = `http://localhost:${control}`;
  const config = join(folder, 'gatehouse.yaml');
  writeFileSync(
    config,
    `issuer: ${issuer}
dataFolder: ${join(folder, 'data')}
listeners:
  control: { port: ${control} }
  gateway: { port: ${gateway} }
`,
  );
  const args = ['scripts/start-example.ts', name, '--config', config, '--port', String(port)];
  const child = spawn(process.execPath, args, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill('SIGINT');
  process.once('exit', end);
  let output = '';
  const started = new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`the example ${name} did not start:\n${output}`));
    const timer = setTimeout(fail, START_MILLISECONDS_MAX);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes(STARTED)) {
          clearTimeout(timer);
          resolve();
        }
      });
    }
    child.once('exit', () => {
      clearTimeout(timer);
      fail();
    });
  });
  const stop = async () => {
    process.off('exit', end);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  await started.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { issuer, gatewayUrl: `http://localhost:${gateway}`, port, folder, welcome: output, stop };
}

/** As many in a row, of which the first is returned. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = await freePort();
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The password that it printed for somebody. */
export function passwordOf({ welcome }: RunningExample, email: string): string {
  const found = new RegExp(`${email.replaceAll('.', '\\.')} with the password (\\S+)`).exec(welcome)?.[1];
  if (found === undefined) throw new Error(`no password of ${email} in:\n${welcome}`);
  return found;
}
