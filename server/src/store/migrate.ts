import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Clock, GatehouseError, type Logger } from '#base';
import { storeErrors } from './errors.ts';
import { type MigrationSet, storeMigrations } from './migrations.ts';

interface Step {
  room: string;
  position: number;
  name: string;
  checksum: string;
  sql: string;
}

/** One step as the database remembers it. */
export interface AppliedStep {
  room: string;
  position: number;
  name: string;
  checksum: string;
}

/** Any constant will do; it only has to be the same in every version. */
const LOCK = 0x6761_7465; // "gate"

/**
 * Brings the schema up to date: compares what ran with what the program has, and runs the rest, all in one transaction
 * under an advisory lock, so that of several programs starting together one migrates and the others find it done.
 * @throws `migration_edited`, `migration_reordered`, `migration_removed`, `migration_duplicate`, `database_newer`,
 *   `migration_failed`, `table_unprotected`.
 */
export async function migrate(
  { client, clock, log }: { client: pg.ClientBase; clock: Clock; log: Logger },
  sets: readonly MigrationSet[],
): Promise<void> {
  const steps = listSteps(sets);
  // The usual start: nothing to do, found out with one query and no lock.
  if (pendingSteps(steps, await appliedSteps(client)).length === 0) return;
  await client.query('begin');
  try {
    const count = await runMigrations({ client, clock }, sets);
    await client.query('commit');
    if (count > 0) log.info({ steps: count }, 'the database schema was brought up to date');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Runs what has not run yet, in the transaction that is open on `client`. Returns how many steps that were. */
export async function runMigrations(
  { client, clock }: { client: pg.ClientBase; clock: Clock },
  sets: readonly MigrationSet[],
): Promise<number> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
  await client.query(
    `create table if not exists gatehouse_migrations (room text not null, position integer not null, name text not null,
       checksum text not null, applied_at bigint not null, primary key (room, position))`,
  );
  const before = await unprotectedTables(client);
  const pending = pendingSteps(listSteps(sets), await appliedSteps(client));
  for (const step of pending) await runStep(client, clock, step);
  const unprotected = (await unprotectedTables(client)).filter((table) => !before.includes(table));
  if (unprotected.length > 0) {
    throw storeErrors.table_unprotected({ details: { tables: unprotected }, cause: unprotected.join(', ') });
  }
  return pending.length;
}

/** What has run here, room by room in order. Empty for a new database. */
export async function appliedSteps(client: pg.ClientBase): Promise<AppliedStep[]> {
  const { rows } = await client.query<{ known: boolean }>(
    `select to_regclass('gatehouse_migrations') is not null as known`,
  );
  if (rows[0]?.known !== true) return [];
  const applied = await client.query<AppliedStep>(
    'select room, position, name, checksum from gatehouse_migrations order by room, position',
  );
  return applied.rows;
}

/** Holds steps that ran elsewhere against what the program has; throws as `migrate` does. */
export function verifySteps(sets: readonly MigrationSet[], applied: readonly AppliedStep[]): void {
  pendingSteps(listSteps(sets), applied);
}

/** A checksum over all steps in order: two programs with the same one make the same schema. */
export function migrationsChecksum(sets: readonly MigrationSet[]): string {
  const hash = createHash('sha256');
  for (const step of listSteps(sets)) hash.update(`${step.room}\0${step.name}\0${step.checksum}\0`);
  return hash.digest('hex');
}

function listSteps(sets: readonly MigrationSet[]): Step[] {
  const rooms = new Set<string>();
  const own = sets.find(({ room }) => room === storeMigrations.room) ?? storeMigrations;
  return [own, ...sets.filter((set) => set !== own)].flatMap(({ room, steps }) => {
    const names = new Set(steps.map((step) => step.name));
    if (rooms.has(room) || names.size !== steps.length) throw storeErrors.migration_duplicate({ details: { room } });
    rooms.add(room);
    return steps.map(({ name, sql }, position) => ({ room, position, name, sql, checksum: checksum(sql) }));
  });
}

function pendingSteps(steps: readonly Step[], applied: readonly AppliedStep[]): Step[] {
  const byPlace = new Map(steps.map((step) => [`${step.room}/${step.position}`, step]));
  for (const done of applied) {
    const known = byPlace.get(`${done.room}/${done.position}`);
    const sameName = steps.find((step) => step.room === done.room && step.name === done.name);
    const details = { room: done.room, step: done.name };
    if (known === undefined && sameName === undefined) throw storeErrors.database_newer({ details });
    if (sameName === undefined) throw storeErrors.migration_removed({ details });
    if (known !== sameName) throw storeErrors.migration_reordered({ details });
    if (known.checksum !== done.checksum) throw storeErrors.migration_edited({ details });
  }
  const done = new Set(applied.map((step) => `${step.room}/${step.position}`));
  return steps.filter((step) => !done.has(`${step.room}/${step.position}`));
}

async function runStep(client: pg.ClientBase, clock: Clock, step: Step): Promise<void> {
  try {
    await client.query(step.sql);
  } catch (error) {
    if (error instanceof GatehouseError) throw error;
    throw storeErrors.migration_failed({ details: { room: step.room, step: step.name }, cause: error });
  }
  await client.query(
    'insert into gatehouse_migrations (room, position, name, checksum, applied_at) values ($1, $2, $3, $4, $5)',
    [step.room, step.position, step.name, step.checksum, clock.now()],
  );
}

/** Tables in our schema on which row-level security is not forced. A partition is only reached through its parent. */
async function unprotectedTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace
       and relkind in ('r', 'p') and not relispartition and not relforcerowsecurity order by relname`,
  );
  return rows.map((row) => row.name);
}

function checksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}
