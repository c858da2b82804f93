import { createHash } from 'node:crypto';
import type pg from 'pg';
import pgDriver from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Clock, Random } from '#base';
import { storeErrors } from '../errors.ts';
import { appliedSteps } from '../migrate.ts';
import { SYSTEM_ROLE } from '../scope.ts';
import { writeArchive } from './archive-file.ts';
import type { ArchiveTable, Frame } from './archive-frames.ts';
import { listTables } from './list-tables.ts';

export interface BackupOptions {
  /** Encrypts the whole file. */
  passphrase?: string;
  /** Further files by name, such as the master key. Only in an encrypted backup. */
  attachments?: Readonly<Record<string, Buffer>>;
}

export interface BackupResult {
  tables: { name: string; rows: number }[];
}

export interface BackupDeps {
  /** A connection of its own without time limits. */
  connect: () => Promise<pg.Client>;
  clock: Clock;
  random: Random;
}

/**
 * Writes everything in the database, as it was at one moment, into one compressed file. The program may go on working.
 * @throws `backup_destination_exists`, `backup_attachment_unsafe`, `database_unavailable`.
 */
export async function writeBackup(
  deps: BackupDeps,
  destinationPath: string,
  { passphrase, attachments = {} }: BackupOptions = {},
): Promise<BackupResult> {
  if (passphrase === undefined && Object.keys(attachments).length > 0) throw storeErrors.backup_attachment_unsafe();
  const client = await deps.connect();
  const result: BackupResult = { tables: [] };
  try {
    await client.query(`begin isolation level repeatable read read only; set local role ${SYSTEM_ROLE}`);
    const frames = dump(client, deps.clock.now(), attachments, result);
    await writeArchive(deps, destinationPath, frames, passphrase);
    await client.query('commit');
    return result;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function* dump(
  client: pg.Client,
  createdAt: number,
  attachments: Readonly<Record<string, Buffer>>,
  result: BackupResult,
): AsyncGenerator<Frame> {
  const migrations = (await appliedSteps(client)).map(({ room, position, name, checksum }) => ({
    room,
    position,
    name,
    checksum,
  }));
  yield { type: 'head', head: { createdAt, migrations } };
  for (const [name, content] of Object.entries(attachments)) {
    yield { type: 'attachment', name, content: content.toString('base64') };
  }
  for (const table of await listTables(client)) yield* dumpTable(client, table, result);
  yield { type: 'end', tables: result.tables.length };
}

async function* dumpTable(client: pg.Client, table: ArchiveTable, result: BackupResult): AsyncGenerator<Frame> {
  yield { type: 'table', table };
  const hash = createHash('sha256');
  const columns = table.columns.map(pgDriver.escapeIdentifier).join(', ');
  const name = pgDriver.escapeIdentifier(table.name);
  const stream = client.query(copyTo(`copy (select ${columns} from ${name}) to stdout`));
  for await (const data of stream as AsyncIterable<Buffer>) {
    hash.update(data);
    yield { type: 'data', data };
  }
  const rows = stream.rowCount;
  result.tables.push({ name: table.name, rows });
  yield { type: 'tableEnd', rows, sha256: hash.digest('hex') };
}
