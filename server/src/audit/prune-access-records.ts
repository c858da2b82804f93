import { sql } from 'kysely';
import type { Store } from '#store';
import { minuteOf } from './access-batch-format.ts';

/** Batches and marks that go in one transaction: small enough not to hold up anyone. */
const BATCH_MAX = 1_000;

/**
 * Deletes all tenants' access records from before that time, some at a time. A batch goes when its whole minute is past,
 * so a record may stay up to a minute longer. Returns how many records there were.
 */
export async function pruneAccessRecords(
  { store }: { store: Pick<Store, 'transaction'> },
  { before, signal }: { before: number; signal?: AbortSignal },
): Promise<number> {
  const minute = minuteOf(before);
  const run = (statement: typeof pruneBatches) =>
    store.transaction({ system: true }, async (tx) => (await statement(minute).execute(tx)).rows[0]);
  let deleted = 0;
  for (let last = BATCH_MAX; last === BATCH_MAX && signal?.aborted !== true; ) {
    const gone = await run(pruneBatches);
    deleted += gone?.records ?? 0;
    last = gone?.rows ?? 0;
  }
  for (let last = BATCH_MAX; last === BATCH_MAX && signal?.aborted !== true; ) {
    last = (await run(pruneMarks))?.rows ?? 0;
  }
  return deleted;
}

interface Gone {
  rows: number;
  records: number;
}

const pruneBatches = (minute: number) => sql<Gone>`
  with gone as (
    delete from access_batches where (tenant_id, minute, last_at, id) in (
      select tenant_id, minute, last_at, id from access_batches where minute < ${minute}::integer limit ${BATCH_MAX})
    returning record_count)
  select count(*)::integer as rows, coalesce(sum(record_count), 0)::bigint as records from gone`;

const pruneMarks = (minute: number) => sql<Gone>`
  with gone as (
    delete from access_marks where (tenant_id, mark, minute) in (
      select tenant_id, mark, minute from access_marks where minute < ${minute}::integer limit ${BATCH_MAX})
    returning mark)
  select count(*)::integer as rows, 0::bigint as records from gone`;
