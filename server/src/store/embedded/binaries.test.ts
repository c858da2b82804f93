import { chmod, mkdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder, testLogger } from '#testing';
import { systemBinaries, usableRoot } from './binaries.ts';
import { ensurePrivateFolder } from './private-folder.ts';
import type { RunAs } from './run-as.ts';

const self: RunAs = { userName: userInfo().username, ids: undefined };
const stranger: RunAs = { userName: 'stranger', ids: { uid: 54_321, gid: 54_321 } };

/** A package as npm unpacks it: without its links. */
describe('the packaged PostgreSQL', () => {
  let folder: string;
  let root: string;
  let copy: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    root = join(folder, 'package', 'native');
    copy = join(folder, 'copies', 'postgresql-18');
    for (const name of ['bin', 'lib', 'share']) await mkdir(join(root, name), { recursive: true, mode: 0o755 });
    await writeFile(join(root, 'bin', 'postgres'), 'program', { mode: 0o755 });
    await writeFile(join(root, 'lib', 'libpq.so.5.18'), 'library');
    await writeFile(join(root, 'lib', 'libpq.a'), 'for compilers');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    await writeFile(join(root, 'pg-symlinks.json'), JSON.stringify(links));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const use = (runAs: RunAs): Promise<string> => usableRoot(root, copy, { log: testLogger(), runAs });

  test('is used in place, its links restored, as often as it is asked for', async () => {
    for (let time = 0; time < 2; time += 1) expect(await use(self)).toBe(root);
    expect(await readlink(join(root, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });

  test('is used in place by another user who can reach it', async () => {
    expect(await use(stranger)).toBe(root);
  });

  test.each([
    ['a folder on the way is closed', () => chmod(join(folder, 'package'), 0o700)],
    ['the program may not be read', () => chmod(join(root, 'bin', 'postgres'), 0o700)],
    ['its files are closed', () => chmod(join(root, 'share'), 0o700)],
  ])('is copied for another user when %s', async (_, close) => {
    await close();
    for (let time = 0; time < 2; time += 1) expect(await use(stranger)).toBe(copy);
    expect(await readFile(join(copy, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
    expect((await stat(join(folder, 'copies'))).mode & 0o777).toBe(0o711);
    for (const name of ['', 'share', 'bin/postgres']) expect((await stat(join(copy, name))).mode & 0o777).toBe(0o755);
    await expect(stat(join(copy, 'lib', 'libpq.a'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is copied once by many that start together', async () => {
    await chmod(join(folder, 'package'), 0o700);
    expect(new Set(await Promise.all([use(stranger), use(stranger), use(stranger)]))).toEqual(new Set([copy]));
  });

  test('is never copied into a folder that others can write', async () => {
    await chmod(join(folder, 'package'), 0o700);
    await mkdir(join(folder, 'copies'));
    await chmod(join(folder, 'copies'), 0o777);
    await expect(use(stranger)).rejects.toMatchObject({ code: 'data_folder_unsafe' });
  });
});

test('a PostgreSQL on the system is found with its version, the newest first', async () => {
  const versions = (await systemBinaries()).map(({ majorVersion }) => majorVersion);
  expect(versions).toEqual(versions.toSorted((left, right) => right - left));
  expect(versions.every((version) => version >= 15)).toBe(true);
});

test.runIf(process.getuid?.() === 0)('a private folder of another user is refused', async () => {
  const folder = await temporaryFolder();
  await expect(ensurePrivateFolder(folder, 0o700, 54_321)).rejects.toMatchObject({ code: 'data_folder_unsafe' });
  await rm(folder, { recursive: true });
});
