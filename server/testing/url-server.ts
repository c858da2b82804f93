import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { findBinaries, systemBinaries } from '../src/store/embedded/binaries.ts';
import { isReadyFor, stopPostmaster } from '../src/store/embedded/postmaster.ts';
import { chooseUser, type RunAs } from '../src/store/embedded/run-as.ts';
import { pause } from '../src/store/pause.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { testLogger } from './test-logger.ts';

export interface UrlServer {
  /** A database on it, and a login that owns the database, may create roles, and is no superuser. */
  url: string;
  superuserUrl: string;
  version: number;
  close(): Promise<void>;
}

/**
 * A PostgreSQL server as an operator would name it in DATABASE_URL: over TCP, with a password. The one installed on this
 * system if there is one (an older version is a better test), else the embedded program.
 */
export async function startUrlServer(): Promise<UrlServer> {
  const runAs = await chooseUser();
  const folder = await temporaryFolder();
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  const passwordFile = join(folder, 'password');
  const secret = randomBytes(16).toString('hex');
  await writeFile(passwordFile, secret);
  if (runAs.ids !== undefined) {
    await chown(data, runAs.ids.uid, runAs.ids.gid);
    await chown(passwordFile, runAs.ids.uid, runAs.ids.gid);
  }
  const [installed] = await systemBinaries();
  const binaries =
    installed ?? (await findBinaries({ log: testLogger(), runAs }, { majorVersion: undefined, copyFolder: folder }));
  const access = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--username=postgres', '--encoding=UTF8'];
  await run(join(binaries.folder, 'initdb'), ['-D', data, ...access, '--locale=C', '--no-sync'], runAs);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'];
  const child = spawn(join(binaries.folder, 'postgres'), ['-D', data, ...settings.flatMap((s) => ['-c', s])], {
    ...runAs.ids,
    cwd: '/',
    stdio: 'ignore',
  });
  const pid = child.pid ?? 0;
  process.once('exit', () => child.kill('SIGQUIT'));
  while (!(await isReadyFor(data, pid))) {
    if (child.exitCode !== null) throw new Error('the PostgreSQL server for DATABASE_URL tests did not start');
    await pause(3);
  }
  const superuserUrl = `postgresql://postgres:${secret}@127.0.0.1:${port}/postgres`;
  await query(superuserUrl, `create role operator login createrole password '${secret}'`);
  await query(superuserUrl, 'create database installation owner operator');
  return {
    url: `postgresql://operator:${secret}@127.0.0.1:${port}/installation`,
    superuserUrl: superuserUrl.replace(/postgres$/, 'installation'),
    version: binaries.majorVersion,
    close: async () => {
      await stopPostmaster(pid);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

async function run(program: string, args: string[], runAs: RunAs): Promise<void> {
  const child = spawn(program, args, { ...runAs.ids, cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('exit', resolve);
  if ((await promise) !== 0) throw new Error(`${program} failed`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
