import type pg from 'pg';
import { baseErrors, GatehouseError, type Random } from '#base';
import {
  isConnectionLoss,
  isConsequence,
  isPoolExhausted,
  isSerializationFailure,
  isTimeout,
  isUnstorableText,
} from './database-failure.ts';
import { storeErrors } from './errors.ts';
import { pause } from './pause.ts';
import { planAnew } from './plan-anew.ts';
import { beginStatement, type Scope, type TransactionOptions, type Tx } from './scope.ts';
import { sendTogether } from './send-together.ts';
import { TransactionConnection, transactionOver } from './transaction-connection.ts';

/** Ten attempts with growing pauses outlast a burst of some hundred writers on one row; more would hide a design error. */
const ATTEMPTS_MAX = 10;
const PAUSE_FIRST_MILLISECONDS = 4;
const PAUSE_MAX_MILLISECONDS = 250;
/** How long a transaction waits for a database that is being restarted before it says that there is none. */
const UNAVAILABLE_WAIT_MILLISECONDS = 5_000;

export interface TransactionDeps {
  pool: pg.Pool;
  random: Random;
  /** Replaces the waiting time for an unreachable database. */
  unavailableWaitMilliseconds?: number;
}

/**
 * Runs `work` in one transaction under `scope`. Work that lost a race (40001, 40P01) or its connection before COMMIT is
 * run again from the start, so it must not do anything outside the transaction that may not happen twice.
 * @throws `database_unavailable`, `database_contended`, `database_timeout`, `commit_outcome_unknown`, or what `work` threw.
 */
export async function runTransaction<T>(
  deps: TransactionDeps,
  scope: Scope,
  work: (tx: Tx) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  const begin = beginStatement(scope, options);
  const giveUpAt = performance.now() + (deps.unavailableWaitMilliseconds ?? UNAVAILABLE_WAIT_MILLISECONDS);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(deps.pool, begin, work);
    if (outcome.kind === 'done') return outcome.value;
    if (outcome.kind === 'failed') throw outcome.error;
    if (outcome.kind === 'contended' && attempt >= ATTEMPTS_MAX) {
      throw storeErrors.database_contended({ cause: outcome.error });
    }
    if (outcome.kind === 'lost' && performance.now() >= giveUpAt) {
      throw storeErrors.database_unavailable({ cause: outcome.error });
    }
    await pause(pauseMilliseconds(attempt, deps.random));
  }
}

type Outcome<T> = { kind: 'done'; value: T } | { kind: 'failed' | 'contended' | 'lost'; error: unknown };

async function attemptOnce<T>(pool: pg.Pool, begin: string, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    if (pool.ending) return failed(storeErrors.store_closed({ cause: error }));
    // It has waited its time in the queue; a server that is merely restarting refuses at once and is asked again.
    if (isPoolExhausted(error)) return failed(storeErrors.database_unavailable({ cause: error }));
    return beforeWork(error);
  }
  // While the client is out of the pool, a broken connection must not become an unhandled 'error' event.
  client.on('error', ignore);
  let broken = false;
  try {
    const outcome = await attemptOn(client, begin, work);
    broken = outcome.broken;
    return outcome.outcome;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

async function attemptOn<T>(
  client: pg.PoolClient,
  begin: string,
  work: (tx: Tx) => Promise<T>,
): Promise<{ outcome: Outcome<T>; broken: boolean }> {
  // Goes out together with the first statement, and is waited for at the end. Were it refused, what follows it would run
  // outside of a transaction: there nothing can be written (pool.ts), policies show nothing, and what was read is dropped.
  sendTogether(client);
  planAnew(client);
  const begun = client.query(begin).then(
    () => undefined,
    (error: unknown) => ({ outcome: beforeWork(error), broken: true }),
  );
  const connection = new TransactionConnection(client);
  try {
    const value = await work(transactionOver(connection));
    connection.end();
    return (await begun) ?? (await commit(client, connection, value));
  } catch (error) {
    connection.end();
    const notBegun = await begun;
    if (notBegun !== undefined) return notBegun;
    if (connection.lost !== undefined) return { outcome: { kind: 'lost', error }, broken: true };
    const rolledBack = await rollback(client);
    const contended = connection.serializationFailure !== undefined;
    const cause = isConsequence(error) ? (connection.failure ?? error) : error;
    return { outcome: contended ? { kind: 'contended', error } : failed(translate(cause)), broken: !rolledBack };
  }
}

async function commit<T>(
  client: pg.PoolClient,
  connection: TransactionConnection,
  value: T,
): Promise<{ outcome: Outcome<T>; broken: boolean }> {
  if (connection.lost !== undefined) return { outcome: { kind: 'lost', error: connection.lost }, broken: true };
  try {
    const result = await client.query('commit');
    // PostgreSQL answers COMMIT with ROLLBACK when an earlier statement had failed.
    if (result.command === 'COMMIT') return { outcome: { kind: 'done', value }, broken: false };
    const contended = connection.serializationFailure;
    if (contended !== undefined) return { outcome: { kind: 'contended', error: contended }, broken: false };
    return { outcome: failed(storeErrors.transaction_aborted()), broken: false };
  } catch (error) {
    if (isSerializationFailure(error)) return { outcome: { kind: 'contended', error }, broken: false };
    // A constraint that is checked at commit fails here, with the connection intact and everything rolled back.
    if (!isConnectionLoss(error) && !isTimeout(error)) return { outcome: failed(error), broken: false };
    return { outcome: failed(storeErrors.commit_outcome_unknown({ cause: error })), broken: true };
  }
}

async function rollback(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

function beforeWork(error: unknown): Outcome<never> {
  return isConnectionLoss(error) ? { kind: 'lost', error } : failed(translate(error));
}

function failed(error: unknown): Outcome<never> {
  return { kind: 'failed', error };
}

function translate(error: unknown): unknown {
  if (error instanceof GatehouseError) return error;
  // Texts come from outside, and no room but this one knows what the database can't hold: the caller's mistake, not ours.
  if (isUnstorableText(error)) return baseErrors.invalid_input({ message: UNSTORABLE, cause: error });
  return isTimeout(error) ? storeErrors.database_timeout({ cause: error }) : error;
}

const UNSTORABLE = 'A text holds U+0000 or half a character, which can not be stored. Take it out.';

/** Exponential with full jitter: racing transactions spread out instead of colliding again in step. */
function pauseMilliseconds(attempt: number, random: Random): number {
  const ceiling = Math.min(PAUSE_MAX_MILLISECONDS, PAUSE_FIRST_MILLISECONDS * 2 ** attempt);
  return 1 + (random.bytes(2).readUInt16BE() / 65_536) * ceiling;
}

function ignore(): void {}
