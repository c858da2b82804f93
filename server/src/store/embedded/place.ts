import { createHash, randomUUID } from 'node:crypto';
import { chown, lstat, readFile, readlink, realpath, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Logger } from '#base';
import { ensureFolder } from './binaries.ts';
import { ensurePrivateFolder } from './private-folder.ts';
import { canReach } from './reachable.ts';
import type { RunAs } from './run-as.ts';

export interface Place {
  /** PostgreSQL's own folder (PGDATA), whether it exists yet or not. */
  data: string;
  /** Private to the user PostgreSQL runs as. */
  sockets: string;
  /** For a copy of the program, should one be needed. */
  copies: string;
  /** The major version that made the folder; undefined when it does not exist yet. */
  majorVersion: number | undefined;
}

/** Where root keeps what the unprivileged user must reach. */
const ROOT_FOLDER = '/var/lib/gatehouse';
/** sun_path of a Unix socket, without its final zero; the shortest of the platforms we run on is macOS's 104. */
const SOCKET_PATH_BYTES_MAX = 103;
export const SOCKET_PORT = 5432;

/** Decides where everything lies: in the data folder if the user PostgreSQL runs as can get there, else elsewhere. */
export async function choosePlace({ log, runAs }: { log: Logger; runAs: RunAs }, dataFolder: string): Promise<Place> {
  await ensureFolder(dataFolder);
  const folder = await realpath(dataFolder);
  const inFolder = join(folder, 'postgres');
  const elsewhere = runAs.ids !== undefined && !(await canReach(folder, runAs.ids));
  const data = await existingOrNew(inFolder, elsewhere, log);
  return {
    data,
    sockets: await socketFolder(data, runAs),
    copies: runAs.ids === undefined ? folder : ROOT_FOLDER,
    majorVersion: await readMajorVersion(data),
  };
}

/** `postgres` in the data folder, or what that link points to; a link is made first when the data must lie elsewhere. */
async function existingOrNew(inFolder: string, elsewhere: boolean, log: Logger): Promise<string> {
  const entry = await lstat(inFolder).catch(() => undefined);
  if (entry?.isSymbolicLink()) return resolve(dirname(inFolder), await readlink(inFolder));
  if (entry !== undefined || !elsewhere) return inFolder;
  await ensureFolder(dirname(ROOT_FOLDER));
  await ensurePrivateFolder(ROOT_FOLDER, 0o711);
  // A name that is never used again: a data folder that was removed and made anew must not find its old data here.
  const placedAt = join(ROOT_FOLDER, randomUUID());
  try {
    await symlink(placedAt, inFolder);
  } catch (error) {
    // Another program that starts at the same time has just made the link.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return existingOrNew(inFolder, elsewhere, log);
    throw error;
  }
  log.warn(
    { folder: inFolder, placedAt },
    'PostgreSQL does not run as root, and its user cannot reach the data folder: the data is placed elsewhere and linked',
  );
  return placedAt;
}

/** PGDATA itself, as it is private anyway; a short private folder when the socket's path would be too long. */
async function socketFolder(data: string, runAs: RunAs): Promise<string> {
  if (Buffer.byteLength(join(data, `.s.PGSQL.${SOCKET_PORT}.lock`)) <= SOCKET_PATH_BYTES_MAX) return data;
  const uid = runAs.ids?.uid ?? process.getuid?.() ?? 0;
  const base = runAs.ids === undefined ? tmpdir() : ROOT_FOLDER;
  if (runAs.ids !== undefined) await ensurePrivateFolder(ROOT_FOLDER, 0o711);
  const folder = join(base, `gatehouse-${uid}-${shortHash(data)}`);
  await ensurePrivateFolder(folder, 0o700, (await lstat(folder).catch(() => undefined))?.uid === uid ? uid : undefined);
  if (runAs.ids !== undefined) await chown(folder, runAs.ids.uid, runAs.ids.gid);
  return folder;
}

async function readMajorVersion(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
