import { sql } from 'kysely';
import type { Store } from '#store';

/** Few enough that a batch holds its locks for some milliseconds. */
const BATCH = 5_000;
const TABLES = ['relation_tuples', 'relation_changes', 'relation_models', 'relation_assertions'] as const;

/**
 * Removes what is in stores that were deleted, in small transactions, then the stores themselves. Safe to run in several
 * processes at once, and to break off at any time.
 * @returns how many rows went.
 */
export async function purgeDeletedStores({ store }: { store: Pick<Store, 'transaction'> }): Promise<number> {
  let total = 0;
  for (const table of TABLES) {
    for (let removed = BATCH; removed >= BATCH; ) {
      removed = await store.transaction({ system: true }, async (tx) => {
        const { rows } = await sql<{ removed: number }>`
          with doomed as (
            select item.ctid from ${sql.table(table)} as item
            join relation_stores on relation_stores.tenant_id = item.tenant_id and relation_stores.id = item.store_id
            where relation_stores.deleted_at is not null limit ${BATCH}),
          gone as (delete from ${sql.table(table)} where ctid in (select ctid from doomed) returning 1)
          select count(*) as removed from gone`.execute(tx);
        return Number(rows[0]?.removed ?? 0);
      });
      total += removed;
    }
  }
  await store.transaction({ system: true }, (tx) =>
    sql`delete from relation_stores where deleted_at is not null and not exists (
      select from relation_tuples where tenant_id = relation_stores.tenant_id and store_id = relation_stores.id)`.execute(
      tx,
    ),
  );
  return total;
}
