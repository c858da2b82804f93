import pg from 'pg';
import type { Logger } from '#base';
import { pause } from './pause.ts';

export interface PoolOptions {
  /** Connections this process may hold at once, besides the change feed's and the leader lock's. */
  sizeMax?: number;
  connectTimeoutMilliseconds?: number;
  statementTimeoutMilliseconds?: number;
  idleInTransactionTimeoutMilliseconds?: number;
}

/** How to reach a database: as the program works with it, and as its owner for migrations and roles. */
export interface Target {
  program: pg.ClientConfig;
  owner: pg.ClientConfig;
}

/** Ten connections keep two cores of PostgreSQL busy; more only queue inside it and cost memory. */
const POOL_SIZE_MAX = 10;
const CONNECT_TIMEOUT_MILLISECONDS = 5_000;
const STATEMENT_TIMEOUT_MILLISECONDS = 15_000;
/** A transaction that waits for something else than the database holds locks for nothing. */
const IDLE_IN_TRANSACTION_TIMEOUT_MILLISECONDS = 10_000;
const IDLE_TIMEOUT_MILLISECONDS = 30_000;

/** A server that is gone does not answer a goodbye. */
const GOODBYE_MAX_MILLISECONDS = 1_000;

const INT8 = 20;

/** Times and counters are int8: JavaScript numbers, exact up to 2^53. The few larger values are selected `::text`. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text')) as never,
};

/** Settings of every connection, pooled or not. */
export function clientConfig(config: pg.ClientConfig, options: PoolOptions = {}): pg.ClientConfig {
  const statementTimeout = options.statementTimeoutMilliseconds ?? STATEMENT_TIMEOUT_MILLISECONDS;
  return {
    application_name: 'gatehouse',
    ...config,
    types,
    keepAlive: true,
    connectionTimeoutMillis: options.connectTimeoutMilliseconds ?? CONNECT_TIMEOUT_MILLISECONDS,
    statement_timeout: statementTimeout,
    // The server's own timeout comes first; this one ends waiting for a server that has gone silent.
    query_timeout: statementTimeout + 5_000,
    idle_in_transaction_session_timeout:
      options.idleInTransactionTimeoutMilliseconds ?? IDLE_IN_TRANSACTION_TIMEOUT_MILLISECONDS,
  };
}

export function createPool(config: pg.ClientConfig, options: PoolOptions, log: Logger): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(config, options),
    // A statement does not wait for the answer to the one before it: what a room asks for at once goes out at once.
    pipeline: true,
    onConnect: writeInTransactionsOnly,
    max: options.sizeMax ?? POOL_SIZE_MAX,
    idleTimeoutMillis: IDLE_TIMEOUT_MILLISECONDS,
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is dropped by the pool; without a listener the error would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection broke'));
  return pool;
}

/** Each transaction says whether it writes; what ran outside of one, because it could not begin, must not. */
async function writeInTransactionsOnly(client: pg.ClientBase): Promise<void> {
  await client.query('set default_transaction_read_only = on');
}

/** Ends the pool and waits until its connections are really closed: `end` alone returns while they still say goodbye. */
export async function endPool(pool: pg.Pool): Promise<void> {
  const closed = Promise.withResolvers<void>();
  let open = pool.totalCount;
  pool.on('remove', () => {
    open -= 1;
    if (open <= 0) closed.resolve();
  });
  const waiting = open > 0;
  await pool.end();
  if (!waiting) return;
  // A timer that is left behind would keep the program from ending.
  const enough = new AbortController();
  await Promise.race([closed.promise, pause(GOODBYE_MAX_MILLISECONDS, enough.signal)]);
  enough.abort();
}
