import { chown, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunAs } from './run-as.ts';

/** Owns the database: migrations, roles. */
export const OWNER_USER = 'gatehouse';
/** What the program works as: no superuser, so that nothing it is tricked into can leave the database. */
export const PROGRAM_USER = 'gatehouse_program';
export const DATABASE = 'gatehouse';

/**
 * Small memory, full durability. `fsync`, `synchronous_commit` and `full_page_writes` are on by default; they are named
 * so that nobody has to look that up.
 */
const SETTINGS = `# Written by Gatehouse at every start: changes made here are lost.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
superuser_reserved_connections = 3
shared_buffers = '32MB'
huge_pages = off
work_mem = '4MB'
maintenance_work_mem = '32MB'
max_worker_processes = 2
max_parallel_workers_per_gather = 0
autovacuum_max_workers = 1
jit = off
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = minimal
max_wal_senders = 0
max_replication_slots = 0
min_wal_size = '32MB'
max_wal_size = '256MB'
password_encryption = 'scram-sha-256'
log_destination = 'stderr'
logging_collector = off
log_line_prefix = ''
log_min_messages = warning
log_min_error_statement = panic
log_checkpoints = off
lc_messages = 'C'
log_timezone = 'UTC'
timezone = 'UTC'
`;
/** Three processes less; at our size reading in the calling process is no slower. New in 18. */
const SETTINGS_FROM_18 = `io_method = sync\n`;

/**
 * Only local sockets, and only the system user Gatehouse runs as (and root, whom nothing stops): `peer` asks the kernel
 * who is calling, so there is no password to keep.
 */
function accessRules(systemUsers: readonly string[]): { hba: string; ident: string } {
  const users = [OWNER_USER, PROGRAM_USER];
  const lines = systemUsers.flatMap((name) => users.map((user) => `gatehouse "${name}" ${user}`));
  return { hba: `local all ${users.join(',')} peer map=gatehouse\n`, ident: `${lines.join('\n')}\n` };
}

/** Writes configuration and access rules into PGDATA, each file only if it differs. */
export async function writeSettings(data: string, majorVersion: number, runAs: RunAs, extra = ''): Promise<void> {
  const { hba, ident } = accessRules([...new Set(['root', ...(runAs.ids === undefined ? [runAs.userName] : [])])]);
  const settings = `${SETTINGS}${majorVersion >= 18 ? SETTINGS_FROM_18 : ''}${extra}`;
  await Promise.all([
    writeOwned(join(data, 'gatehouse.conf'), settings, runAs),
    writeOwned(join(data, 'pg_hba.conf'), hba, runAs),
    writeOwned(join(data, 'pg_ident.conf'), ident, runAs),
  ]);
}

async function writeOwned(path: string, text: string, runAs: RunAs): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const draft = `${path}.new-${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  if (runAs.ids !== undefined) await chown(draft, runAs.ids.uid, runAs.ids.gid);
  await rename(draft, path);
}
