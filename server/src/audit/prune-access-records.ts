import { sql } from 'kysely';
import type { Store } from '#store';

/** Small enough not to hold up anyone. */
const BATCH_MAX = 5_000;

/** Deletes all tenants' access records from before that time, a batch to a transaction. Returns how many there were. */
export async function pruneAccessRecords(
  { store }: { store: Pick<Store, 'transaction'> },
  { before, signal }: { before: number; signal?: AbortSignal },
): Promise<number> {
  let deleted = 0;
  for (let last = BATCH_MAX; last === BATCH_MAX && signal?.aborted !== true; deleted += last) {
    last = await store.transaction({ system: true }, async (tx) => {
      const { numAffectedRows } = await sql`
        delete from access_records where (tenant_id, decision_id) in (
          select tenant_id, decision_id from access_records where at < ${before}::bigint limit ${BATCH_MAX})`.execute(
        tx,
      );
      return Number(numAffectedRows ?? 0n);
    });
  }
  return deleted;
}
