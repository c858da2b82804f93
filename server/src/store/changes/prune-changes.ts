import { sql } from 'kysely';
import { pause } from '../pause.ts';
import type { Scope, Tx } from '../scope.ts';

type Transact = <T>(scope: Scope, work: (tx: Tx) => Promise<T>) => Promise<T>;

/** A process cut off for longer loads everything anew, which it would have to after an hour of changes anyway. */
export const RETENTION_MILLISECONDS = 60 * 60 * 1_000;
const INTERVAL_MILLISECONDS = 60_000;
/** Few enough that a batch holds its locks for some milliseconds. */
const BATCH_MAX = 5_000;

/** Leader's work: keeps the feed short, until aborted. */
export async function pruneRegularly({ transact }: { transact: Transact }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pruneChanges({ transact }, RETENTION_MILLISECONDS);
    await pause(INTERVAL_MILLISECONDS, signal);
  }
}

/**
 * Removes changes older than the retention and notes how far, so that a reader who had not got there knows. Age is by the
 * database's clock, as the rows were written by it. Rows that name transactions still to come were brought in from
 * another server by a tool that copies tables: they mean nothing here and just go.
 */
export async function pruneChanges(
  { transact }: { transact: Transact },
  retentionMilliseconds: number,
): Promise<number> {
  let total = 0;
  for (;;) {
    const removed = await transact({ system: true }, async (tx) => {
      const { rows } = await sql<{ removed: number }>`
        with doomed as (
          select sequence from changes
          where recorded_at <= (extract(epoch from clock_timestamp()) * 1000)::bigint - ${retentionMilliseconds}::bigint
            and (transaction < pg_snapshot_xmin(pg_current_snapshot()) or transaction >= pg_snapshot_xmax(pg_current_snapshot()))
          limit ${BATCH_MAX}),
        removed as (delete from changes where sequence in (select sequence from doomed) returning transaction),
        noted as (
          update changes_pruned set through = greatest(through, newest.transaction)
          from (select transaction from removed where transaction < pg_snapshot_xmin(pg_current_snapshot())
                order by transaction desc limit 1) as newest)
        select count(*) as removed from removed`.execute(tx);
      return rows[0]?.removed ?? 0;
    });
    total += removed;
    if (removed < BATCH_MAX) return total;
  }
}
