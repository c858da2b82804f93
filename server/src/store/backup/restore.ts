import { createHash } from 'node:crypto';
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Clock, Logger } from '#base';
import { storeErrors } from '../errors.ts';
import { runMigrations, verifySteps } from '../migrate.ts';
import { type MigrationSet, storeMigrations } from '../migrations.ts';
import { type Database, reach } from '../reach.ts';
import { ensureRoles } from '../roles.ts';
import { openArchive } from './archive-file.ts';
import type { ArchiveHead, ArchiveTable, Frame } from './archive-frames.ts';
import { listTables } from './list-tables.ts';

export interface RestoreOptions {
  /** A new folder, or an empty database. */
  database: Database;
  migrations: readonly MigrationSet[];
  clock: Clock;
  log: Logger;
  passphrase?: string;
}

export interface RestoreResult {
  createdAt: number;
  tables: { name: string; rows: number }[];
  /** The further files of the backup: the caller puts them where they belong. */
  attachments: Record<string, Buffer>;
}

/**
 * Restores a backup into a new data folder or an empty database: all of it, verified, or nothing.
 * @throws `restore_target_not_empty`, `backup_damaged`, `backup_passphrase_required`, `backup_passphrase_wrong`,
 *   `backup_format_unknown`, `database_newer`, `migration_edited`, …
 */
export async function restore(sourcePath: string, options: RestoreOptions): Promise<RestoreResult> {
  const { database, log } = options;
  const archive = await openArchive(sourcePath, options.passphrase);
  // Read to the end once before anything is touched: a damaged file is then called that, and not whatever it leads to.
  await archive.read(readThrough);
  if (database.kind === 'embedded') await refuseUsedFolder(database.dataFolder);
  const { target, close } = await reach(database, log);
  let done = false;
  try {
    const client = new pg.Client(target.owner);
    client.on('error', () => undefined);
    await client.connect();
    try {
      await refuseUsedDatabase(client);
      await ensureRoles(client, new pg.Client(target.program).user ?? '');
      await client.query('begin');
      const result: RestoreResult = { createdAt: 0, tables: [], attachments: {} };
      await archive.read((frames) => load(client, frames, options, result));
      await client.query('commit');
      done = true;
      return result;
    } finally {
      await client.end().catch(() => undefined);
    }
  } finally {
    await close();
    if (!done && database.kind === 'embedded') await removeFolder(database.dataFolder);
  }
}

async function readThrough(frames: AsyncIterable<Frame>): Promise<void> {
  for await (const _ of frames);
}

async function load(
  client: pg.Client,
  frames: AsyncIterable<Frame>,
  options: RestoreOptions,
  result: RestoreResult,
): Promise<void> {
  let tables: Map<string, ArchiveTable> | undefined;
  let current: TableLoad | undefined;
  for await (const frame of frames) {
    if (frame.type === 'head' && tables === undefined) {
      verifySteps(options.migrations, frame.head.migrations);
      await runMigrations({ ...options, client }, setsAsOf(options.migrations, frame.head));
      result.createdAt = frame.head.createdAt;
      tables = new Map((await listTables(client)).map((table) => [table.name, table]));
      await openForLoading(client, [...tables.keys()]);
    } else if (frame.type === 'attachment') {
      result.attachments[frame.name] = Buffer.from(frame.content, 'base64');
    } else if (frame.type === 'table' && current === undefined) {
      const known = tables?.get(frame.table.name);
      if (known === undefined || frame.table.columns.some((column) => !known.columns.includes(column))) {
        throw storeErrors.backup_damaged({ cause: `table ${frame.table.name} is unknown` });
      }
      current = new TableLoad(client, frame.table);
    } else if (frame.type === 'data' && current !== undefined) {
      await current.write(frame.data);
    } else if (frame.type === 'tableEnd' && current !== undefined) {
      await current.end(frame);
      result.tables.push({ name: current.name, rows: frame.rows });
      current = undefined;
    } else if (frame.type === 'end' && current === undefined && frame.tables === tables?.size) {
      await closeAfterLoading(client, [...(tables?.keys() ?? [])]);
    } else {
      throw storeErrors.backup_damaged({ cause: `${frame.type} out of place` });
    }
  }
}

/** One COPY … FROM STDIN, fed frame by frame. */
class TableLoad {
  readonly name: string;
  readonly #hash = createHash('sha256');
  readonly #source = new Readable({ read: () => this.#resume() });
  readonly #copying: Promise<unknown>;
  readonly #stream: ReturnType<typeof copyFrom>;
  #resume: () => void = () => undefined;

  constructor(client: pg.Client, { name, columns }: ArchiveTable) {
    this.name = name;
    const list = columns.map(pg.escapeIdentifier).join(', ');
    this.#stream = client.query(copyFrom(`copy ${pg.escapeIdentifier(name)} (${list}) from stdin`));
    this.#copying = pipeline(this.#source, this.#stream);
    this.#copying.catch(() => undefined);
  }

  async write(data: Buffer): Promise<void> {
    this.#hash.update(data);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#resume = resolve;
    if (!this.#source.push(data)) await Promise.race([promise, this.#copying]);
  }

  async end({ rows, sha256 }: { rows: number; sha256: string }): Promise<void> {
    this.#source.push(null);
    await this.#copying;
    if (this.#stream.rowCount !== rows || this.#hash.digest('hex') !== sha256) {
      throw storeErrors.backup_damaged({ cause: `table ${this.name} differs` });
    }
  }
}

/** The schema as it was when the backup was made; newer steps run at the next start, on the restored rows. */
function setsAsOf(sets: readonly MigrationSet[], { migrations }: ArchiveHead): MigrationSet[] {
  return [storeMigrations, ...sets.filter((set) => set !== storeMigrations)].map(({ room, steps }) => {
    const ran = migrations.filter((step) => step.room === room).length;
    return { room, steps: steps.slice(0, ran) };
  });
}

/**
 * Rows go in as they were: without triggers that refuse or add something, and without row-level security, which COPY
 * does not go with. Both come back in the same transaction.
 */
async function openForLoading(client: pg.Client, tables: string[]): Promise<void> {
  for (const table of tables.map(pg.escapeIdentifier)) {
    await client.query(`alter table ${table} no force row level security, disable trigger user`);
  }
  // What migrations themselves put in is in the backup too.
  await client.query(`truncate ${tables.map(pg.escapeIdentifier).join(', ')}`);
}

async function closeAfterLoading(client: pg.Client, tables: string[]): Promise<void> {
  for (const table of tables.map(pg.escapeIdentifier)) {
    await client.query(`alter table ${table} force row level security, enable trigger user`);
  }
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select c.relname as table, a.attname as column, pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relname = any ($1) and c.relnamespace = current_schema()::regnamespace
       and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null`,
    [tables],
  );
  for (const { table, column, sequence } of rows) {
    const [name, key] = [table, column].map(pg.escapeIdentifier);
    await client.query(`select setval($1, coalesce((select max(${key}) from ${name}), 0) + 1, false)`, [sequence]);
  }
}

async function refuseUsedFolder(dataFolder: string): Promise<void> {
  const entries = await readdir(dataFolder).catch(() => []);
  if (entries.length > 0) throw storeErrors.restore_target_not_empty();
}

async function refuseUsedDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm') limit 1`,
  );
  if (rowCount !== 0) throw storeErrors.restore_target_not_empty();
}

/** The folder was empty before: nothing of anyone's is lost. */
async function removeFolder(dataFolder: string): Promise<void> {
  const placed = await realpath(join(dataFolder, 'postgres')).catch(() => undefined);
  if (placed !== undefined) await rm(placed, { recursive: true, force: true });
  await rm(dataFolder, { recursive: true, force: true });
}
