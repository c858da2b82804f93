import {
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  Transaction,
} from 'kysely';
import type pg from 'pg';
import { isConnectionLoss, isSerializationFailure, isStaleStatement } from './database-failure.ts';
import { storeErrors } from './errors.ts';
import { keptStatements } from './kept-statements.ts';
import type { Tx } from './scope.ts';
import { sendTogether } from './send-together.ts';

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** One pooled connection for the length of one transaction. Remembers failures that a room may have wrapped. */
export class TransactionConnection implements DatabaseConnection {
  readonly client: pg.PoolClient;
  serializationFailure: unknown;
  lost: unknown;
  /** What the first statement that failed failed for: those that went out with it only say that one did. */
  failure: unknown;
  #ended = false;

  constructor(client: pg.PoolClient) {
    this.client = client;
  }

  /** After this no statement gets through: the connection may already serve another tenant. */
  end(): void {
    this.#ended = true;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#ended) throw storeErrors.transaction_ended();
    const values = [...query.parameters];
    try {
      sendTogether(this.client);
      const result = await this.client.query({ ...nameOf(query.sql), text: query.sql, values });
      return {
        rows: result.rows as R[],
        ...(WRITES.has(result.command) ? { numAffectedRows: BigInt(result.rowCount ?? 0) } : {}),
      };
    } catch (error) {
      this.failure ??= error;
      if (isSerializationFailure(error)) this.serializationFailure ??= error;
      if (isConnectionLoss(error) || isStaleStatement(error)) this.lost ??= error;
      throw error;
    } finally {
      // The driver holds on to a statement for a while, and with it to what was written: enough for the garbage collector to
      // take it for something that lasts. Under load that was half of all that it did.
      values.length = 0;
    }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw storeErrors.transaction_ended({ message: 'Streaming is not offered inside a transaction. Page by key.' });
  }
}

/** For all connections alike: each keeps a statement when it first runs it under its name. */
const nameOf = keptStatements();

const adapter = new PostgresAdapter();
const compiler = new PostgresQueryCompiler();

/** Kysely asks for a dialect and a driver; a transaction never reaches either, as its connection is already open. */
const driver: Driver = {
  init: refuse,
  acquireConnection: refuse,
  beginTransaction: refuse,
  commitTransaction: refuse,
  rollbackTransaction: refuse,
  releaseConnection: refuse,
  destroy: refuse,
};
const dialect: Dialect = {
  createAdapter: () => adapter,
  createDriver: () => driver,
  createQueryCompiler: () => compiler,
  createIntrospector: (db) => new PostgresIntrospector(db),
};

async function refuse(): Promise<never> {
  throw storeErrors.transaction_ended({ message: 'A transaction is opened only by the store.' });
}

export function transactionOver(connection: TransactionConnection): Tx {
  const executor = new DefaultQueryExecutor(compiler, adapter, {
    provideConnection: (consumer) => consumer(connection),
  });
  return new Transaction<object>({ config: { dialect }, dialect, driver, executor });
}
