import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Clock, Logger, Random } from '#base';
import { type Database, type MigrationSet, migrationsChecksum, openStore, type PoolOptions, type Store } from '#store';
import { fixedClock } from './fixed-clock.ts';
import { seededRandom } from './seeded-random.ts';
import { testLogger } from './test-logger.ts';

export interface TestStore extends Store {
  /** Where it is: what a second process of the same installation would be configured with. */
  readonly database: Extract<Database, { kind: 'url' }>;
}

export interface TestStoreOptions {
  clock?: Clock;
  random?: Random;
  log?: Logger;
  pool?: PoolOptions;
}

const TEMPLATE_LOCK = 0x7465_7374; // "test"
/**
 * Copies files, where the usual way writes every page to the log first: 12 ms of a processor where that takes 36. Nothing of
 * these databases has to outlast a crash.
 */
const COPYING = 'strategy file_copy';

/**
 * A store on a fresh database with these migrations, on the server that all tests share. The first caller makes a
 * template; every further one gets a copy of it in some tens of milliseconds. `close()` drops the database.
 */
export async function openTestStore(
  migrations: readonly MigrationSet[] = [],
  options: TestStoreOptions = {},
): Promise<TestStore> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = await templateWith(migrations);
  await onServer((client) => client.query(`create database ${name} template ${template} ${COPYING}`));
  const database = databaseNamed(name);
  const store = await openStore({ ...withDefaults(options), database, migrations });
  return {
    ...store,
    database,
    close: async () => {
      await store.close();
      await onServer((client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** A second store on the same database, as another process would open it. Closing it drops nothing. */
export function openSecondStore(
  { database }: TestStore,
  migrations: readonly MigrationSet[] = [],
  options: TestStoreOptions = {},
): Promise<Store> {
  return openStore({ ...withDefaults(options), database, migrations });
}

/** An empty database without any schema. It goes with the server at the end of the run. */
export async function createEmptyDatabase(): Promise<TestStore['database']> {
  const name = `empty_${randomBytes(8).toString('hex')}`;
  await onServer((client) => client.query(`create database ${name} ${COPYING}`));
  return databaseNamed(name);
}

/** That are there, as this process knows. */
const templates = new Set<string>();

/** Whoever asks first makes it, in whichever process. */
async function templateWith(migrations: readonly MigrationSet[]): Promise<string> {
  const template = `template_${migrationsChecksum(migrations).slice(0, 32)}`;
  if (templates.has(template)) return template;
  await onServer(async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    try {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
      if (rowCount === 0) await makeTemplate(client, template, migrations);
    } finally {
      await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
    }
  });
  templates.add(template);
  return template;
}

async function makeTemplate(client: pg.Client, name: string, migrations: readonly MigrationSet[]): Promise<void> {
  const draft = `draft_${randomBytes(8).toString('hex')}`;
  await client.query(`create database ${draft} ${COPYING}`);
  const store = await openStore({ ...withDefaults({}), database: databaseNamed(draft), migrations });
  await store.close();
  await client.query(`alter database ${draft} rename to ${name}`);
}

/** Connections that nobody uses just now; a new one takes as much as a copy. They end with the process. */
const resting: pg.Client[] = [];

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = resting.pop() ?? (await connectToServer());
  try {
    await work(client);
    resting.push(client);
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function connectToServer(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl('postgres') });
  // It ends with the server, at the end of the run.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The program's own login has no rights but its roles, as in production; the owner migrates. */
function databaseNamed(name: string): TestStore['database'] {
  return { kind: 'url', url: databaseUrl(name, 'gatehouse_program'), ownerUrl: databaseUrl(name) };
}

function databaseUrl(name: string, user = 'gatehouse'): string {
  return `postgresql://${user}@localhost/${name}?host=${encodeURIComponent(inject('databaseSockets'))}`;
}

function withDefaults({ clock, random, log, pool }: TestStoreOptions) {
  return {
    clock: clock ?? fixedClock(),
    random: random ?? seededRandom(),
    log: log ?? testLogger(),
    ...(pool === undefined ? {} : { pool }),
  };
}
