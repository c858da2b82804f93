import pg from 'pg';
import type { Clock, Logger, Random } from '#base';
import { type BackupOptions, type BackupResult, writeBackup } from './backup/backup.ts';
import { type ChangeFeed, PostgresChangeFeed } from './changes/change-feed.ts';
import { pruneRegularly } from './changes/prune-changes.ts';
import { isConnectionLoss } from './database-failure.ts';
import { storeErrors } from './errors.ts';
import { type LeaderHandle, Leaders, type LeaderWork } from './leader.ts';
import { migrate } from './migrate.ts';
import type { MigrationSet } from './migrations.ts';
import { clientConfig, createPool, endPool, type PoolOptions, type Target } from './pool.ts';
import { type Database, reach } from './reach.ts';
import { ensureRoles } from './roles.ts';
import type { Scope, TransactionOptions, Tx } from './scope.ts';
import { runTransaction } from './transaction.ts';

/** The database, as the program sees it. */
export interface Store {
  /** Runs `work` in one transaction under `scope`; see `runTransaction` for retries and errors. */
  transaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  changes: ChangeFeed;
  /** Runs `work` only while this process holds the lock of that name. */
  leader(name: string, work: LeaderWork): LeaderHandle;
  /** Writes everything in the database, as it is at this moment, into one file; see `writeBackup`. */
  backup(destinationPath: string, options?: BackupOptions): Promise<BackupResult>;
  /** @throws `database_unavailable`. */
  ping(): Promise<void>;
  /** Ends the leader's work, the feed and the pool, then the embedded server. Safe to call twice. */
  close(): Promise<void>;
}

export interface StoreOptions {
  database: Database;
  migrations: readonly MigrationSet[];
  clock: Clock;
  random: Random;
  log: Logger;
  pool?: PoolOptions;
}

/** For work whose time grows with the size of the database. */
const UNHURRIED: pg.ClientConfig = { statement_timeout: 0, query_timeout: 0, idle_in_transaction_session_timeout: 0 };

/** Opens the database: starts the embedded server if that is what is asked for, migrates, and listens for changes. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { database, log, random } = options;
  const { target, close } = await reach(database, log);
  try {
    await prepare(target, options);
    return await assemble(target, { log, random, clock: options.clock, ...options.pool }, close);
  } catch (error) {
    await close();
    throw isConnectionLoss(error) ? storeErrors.database_unavailable({ cause: error }) : error;
  }
}

/** Roles and schema, with the owner's rights and no time limit: a migration may take long. */
async function prepare(target: Target, { migrations, clock, log, pool }: StoreOptions): Promise<void> {
  const owner = new pg.Client({ ...clientConfig(target.owner, pool), ...UNHURRIED });
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    const programUser = new pg.Client(target.program).user ?? '';
    await ensureRoles(owner, programUser);
    await migrate({ client: owner, clock, log }, migrations);
  } finally {
    await owner.end().catch(() => undefined);
  }
}

async function assemble(
  target: Target,
  deps: { log: Logger; random: Random; clock: Clock } & PoolOptions,
  closeServer: () => Promise<void>,
): Promise<Store> {
  const { log, random, clock } = deps;
  const connect = async (overrides: pg.ClientConfig = {}): Promise<pg.Client> => {
    const client = new pg.Client({ ...clientConfig(target.program, deps), ...overrides });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const pool = createPool(target.program, deps, log);
  const feed = new PostgresChangeFeed({ connect, log });
  const leaders = new Leaders({ connect, log });
  await feed.start();
  const transact: Store['transaction'] = (scope, work, transactionOptions) =>
    runTransaction({ pool, random }, scope, work, transactionOptions);
  leaders.add('store: prune changes', (signal) => pruneRegularly({ transact }, signal));
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await leaders.close();
    await feed.close();
    await endPool(pool);
    await closeServer();
  };
  return {
    transaction: transact,
    changes: feed,
    leader: (name, work) => leaders.add(name, work),
    backup: (destinationPath, backupOptions) =>
      writeBackup({ connect: () => connect(UNHURRIED), clock, random }, destinationPath, backupOptions),
    ping: async () => {
      await transact({ system: true }, async () => undefined, { readOnly: true });
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
