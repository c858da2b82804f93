import { type RawBuilder, sql } from 'kysely';
import type { Store } from '#store';
import type { AccessBatch } from './access-batch.ts';
import type { StoredAccessBatch } from './access-batch-format.ts';
import { type TallyKeeper, tallyBatches } from './access-tally.ts';

/** More marks than this in one minute, and some are written again: that costs time, not truth. */
const REMEMBERED_MAX = 100_000;

/** Writes batches, all of them or none. */
export type AccessBatchWriter = (batches: readonly AccessBatch[]) => Promise<void>;

/**
 * A batch whose COMMIT got lost is written again under the same id, and passed over if it is there already. What occurs
 * in a minute is noted once, not with each batch: this process remembers what it has noted of the newest minutes.
 */
export function accessBatchWriter(store: Pick<Store, 'transaction'>, keepTallies?: TallyKeeper): AccessBatchWriter {
  let remembered = new Set<string>();
  let remembering = 0;
  return async (batches) => {
    const stored = batches.map((batch) => batch.toStored());
    const noted = new Map<string, Mark>();
    for (const { tenantId, minute, marks } of stored) {
      for (const mark of marks) {
        const key = `${tenantId} ${minute} ${mark}`;
        if (!remembered.has(key)) noted.set(key, { tenantId, mark, minute });
      }
    }
    await store.transaction({ system: true }, async (tx) => {
      if (noted.size > 0) await insertMarks([...noted.values()]).execute(tx);
      const { rows } = await insertBatches(stored).execute(tx);
      if (keepTallies === undefined || rows.length === 0) return;
      // What had been written before was counted before.
      const written = new Set(rows.map(({ id }) => id));
      await keepTallies(tx, tallyBatches(batches.filter(({ id }) => written.has(id))));
    });
    const newest = Math.max(...stored.map(({ minute }) => minute));
    if (newest > remembering || remembered.size + noted.size > REMEMBERED_MAX) {
      remembered = new Set();
      remembering = newest;
    }
    for (const key of noted.keys()) remembered.add(key);
  };
}

interface Mark {
  tenantId: string;
  mark: number;
  minute: number;
}

/** As arrays: few parameters, however many marks. Sorted, as several processes may note the same ones at once. */
function insertMarks(marks: readonly Mark[]): RawBuilder<unknown> {
  const tenants = [...new Set(marks.map(({ tenantId }) => tenantId))];
  const places = new Map(tenants.map((tenantId, index) => [tenantId, index + 1]));
  const tenant = marks.map(({ tenantId }) => places.get(tenantId));
  return sql`
    insert into access_marks (tenant_id, mark, minute)
    select (${tenants}::text[])[tenant], mark, minute
    from unnest(${integers(tenant)}::integer[], ${integers(marks.map(({ mark }) => mark))}::integer[],
      ${integers(marks.map(({ minute }) => minute))}::integer[]) as noted(tenant, mark, minute)
    order by 1, 2, 3
    on conflict do nothing`;
}

function insertBatches(batches: readonly StoredAccessBatch[]): RawBuilder<{ id: string }> {
  const rows = batches.map(
    (batch) => sql`(${batch.tenantId}, ${batch.minute}::integer, ${batch.lastAt}::bigint, ${batch.id},
      ${batch.organizationId}, ${batch.firstAt}::bigint, ${batch.count}::integer,
      ${integers(batch.marks)}::integer[], ${batch.records})`,
  );
  return sql`
    insert into access_batches (tenant_id, minute, last_at, id, organization_id, first_at, record_count, marks, records)
    values ${sql.join(rows)} on conflict do nothing returning id`;
}

/** PostgreSQL's text for an array. The driver's own way puts every number in quotes. */
function integers(values: readonly (number | undefined)[]): string {
  return `{${values.join(',')}}`;
}
