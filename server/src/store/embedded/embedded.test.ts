import { spawnSync } from 'node:child_process';
import { lstat, mkdir, readFile, readlink, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder, testLogger } from '#testing';
import { type EmbeddedServer, openEmbedded } from './embedded.ts';
import { isAlive } from './processes.ts';

const asRoot = process.getuid?.() === 0;
const log = testLogger();

describe('the embedded server', () => {
  let made: string;
  let folder: string;
  const open: EmbeddedServer[] = [];
  beforeAll(async () => {
    // Initialising takes half a second: once, then copied.
    made = await temporaryFolder();
    await (await openEmbedded({ log }, { dataFolder: made })).close();
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    // Owners and modes count here, and node's copy keeps no owner.
    spawnSync('cp', ['-a', `${made}/.`, folder]);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(() => rm(made, { recursive: true, force: true }));

  const start = async (options: { dataFolder?: string; attach?: boolean } = {}): Promise<EmbeddedServer> => {
    const server = await openEmbedded({ log }, { dataFolder: folder, ...options });
    open.push(server);
    return server;
  };
  const ask = async (server: EmbeddedServer, text: string, as: 'owner' | 'program' = 'owner'): Promise<unknown[]> => {
    const client = new pg.Client(server.target[as]);
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text).finally(() => client.end());
    return rows.map((row) => Object.values(row)[0]);
  };

  test.each([
    ['fsync', 'on'],
    ['synchronous_commit', 'on'],
    ['full_page_writes', 'on'],
    ['data_checksums', 'on'],
    ['listen_addresses', ''],
    ['unix_socket_permissions', '0700'],
  ])('%s is %j', async (setting, value) => {
    expect(await ask(await start(), `show ${setting}`)).toEqual([value]);
  });

  test('its folder is private, and the program is no superuser', async () => {
    const server = await start();
    expect((await stat(join(folder, 'postgres'))).mode & 0o777).toBe(0o700);
    expect(
      await ask(server, 'select rolsuper or rolcreaterole from pg_roles where rolname = current_user', 'program'),
    ).toEqual([false]);
  });

  test('a folder in use is refused, and the server goes on', async () => {
    const server = await start();
    await expect(start()).rejects.toMatchObject({ code: 'data_folder_in_use', details: { pid: process.pid } });
    expect(await ask(server, 'select 1')).toEqual([1]);
  });

  test('attaching uses the running server and leaves it running', async () => {
    const server = await start();
    const attached = await openEmbedded({ log }, { dataFolder: folder, attach: true });
    expect(attached.pid()).toBeUndefined();
    expect(await ask(attached, 'select 1')).toEqual([1]);
    await attached.close();
    expect(await ask(server, 'select 1')).toEqual([1]);
  });

  test.each([
    ['of a process that is gone', '999999'],
    ['whose number now belongs to another process', String(process.ppid)],
    ['whose number now belongs to us', String(process.pid)],
    ['that makes no sense', 'nonsense'],
    ['that is empty', ''],
  ])('a pid file %s does not keep it from starting', async (_, pid) => {
    await writeFile(
      join(folder, 'postgres', 'postmaster.pid'),
      pid === '' ? '' : `${pid}\n${join(folder, 'postgres')}\n`,
    );
    expect(await ask(await start(), 'select 1')).toEqual([1]);
  });

  test('a long path gets a short private folder for its socket', async () => {
    const deep = join(folder, 'd'.repeat(60), 'e'.repeat(60));
    await mkdir(dirname(deep), { recursive: true, mode: 0o711 });
    await mkdir(deep, { mode: 0o711 });
    const server = await start({ dataFolder: deep });
    const sockets = String(server.target.owner.host);
    expect(sockets.length).toBeLessThan(85);
    expect((await stat(sockets)).mode & 0o777).toBe(0o700);
    expect(await ask(server, 'select 1')).toEqual([1]);
    await rm(sockets, { recursive: true });
  });

  test('a folder of another major version is refused', async () => {
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '9\n');
    await expect(start()).rejects.toMatchObject({ code: 'database_version_mismatch' });
  });

  test('a damaged folder is refused with what the server said', async () => {
    await truncate(join(folder, 'postgres', 'global', 'pg_control'), 0);
    await expect(start()).rejects.toMatchObject({
      code: 'database_start_failed',
      cause: expect.stringContaining('pg_control'),
    });
  });

  test('closing while the server is being restarted leaves none behind', async () => {
    const server = await start();
    const pid = server.pid() ?? 0;
    process.kill(pid, 'SIGKILL');
    while (server.pid() === pid) await new Promise((resolve) => setImmediate(resolve));
    await server.close();
    expect(server.pid() === undefined || !isAlive(server.pid() ?? 0)).toBe(true);
    const left = Number.parseInt(
      await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => ''),
      10,
    );
    expect(Number.isNaN(left) || !isAlive(left)).toBe(true);
  });

  test.runIf(asRoot)('as root, a folder others cannot reach is placed elsewhere, and said', async () => {
    const hidden = join(folder, 'hidden');
    await mkdir(hidden, { mode: 0o700 });
    const lines: string[] = [];
    const noting = Object.create(log, { warn: { value: (...args: unknown[]) => lines.push(JSON.stringify(args)) } });
    const server = await openEmbedded({ log: noting }, { dataFolder: hidden });
    const placed = await readlink(join(hidden, 'postgres'));
    expect(lines.join()).toContain(placed);
    expect((await lstat(placed)).uid).not.toBe(0);
    expect(await ask(server, 'select 1')).toEqual([1]);
    await server.close();
    const again = await openEmbedded({ log }, { dataFolder: hidden });
    expect(await ask(again, 'select 1')).toEqual([1]);
    await again.close();
    await rm(placed, { recursive: true });
  });

  // The server's own user can reach the socket but is not let in; any other can't even reach it.
  test.runIf(asRoot).each([
    ['the user the server runs as', undefined, 'Peer authentication failed'],
    ['another user', 54_321, 'EACCES'],
  ])('%s is not let in', async (_, uid, message) => {
    const server = await start();
    const owner = (await stat(join(folder, 'postgres'))).uid;
    const script = `const pg = require(${JSON.stringify(createRequire(import.meta.url).resolve('pg'))});
      const client = new pg.Client(${JSON.stringify(server.target.owner)});
      client.connect().then(() => console.log('in'), (error) => console.log(error.message, error.code));`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], { uid: uid ?? owner, cwd: '/', encoding: 'utf8' });
    expect(stdout).toContain(message);
  });

  test('nothing readable by others lies in the folder', async () => {
    await start();
    const hba = await readFile(join(folder, 'postgres', 'pg_hba.conf'), 'utf8');
    expect(hba.trim().split('\n')).toEqual(['local all gatehouse,gatehouse_program peer map=gatehouse']);
  });
});
