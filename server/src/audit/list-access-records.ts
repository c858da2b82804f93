import { LIMITS } from '#base';
import type { Store, Tx } from '#store';
import type { AccessRecord } from './access-record.ts';
import { auditErrors } from './errors.ts';
import { findAccessBatches } from './find-access-batches.ts';
import { type AccessRecordFilter, readAccessBatch } from './read-access-batch.ts';

export interface ListAccessRecordsInput extends AccessRecordFilter {
  tenantId: string;
  organizationId?: string;
  limit?: number;
  /** `next` of the page before. */
  after?: string | undefined;
}

/** After so many batches the page is given out as it is: half full, or even empty, and with a `next`. */
const BATCHES_MAX = 1_000;
/** Behind every decision's id. */
const ANY_DECISION = '~';

/** A place in the listing. What comes after it is older, or as old with a smaller id. */
interface Place {
  at: number;
  decisionId: string;
}

/**
 * Access records, newest first. A page may be shorter than its limit; there are no more records when it has no `next`.
 * @throws `audit_cursor_invalid`
 */
export async function listAccessRecords(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId, organizationId, limit = LIMITS.pageSizeDefault, after, ...filter }: ListAccessRecordsInput,
): Promise<{ items: AccessRecord[]; next?: string }> {
  const place = after === undefined ? undefined : readCursor(after);
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  const count = Math.min(Math.max(limit, 1), LIMITS.pageSizeMax);
  const { newest, readTo } = await store.transaction(
    scope,
    (tx) => readNewest(tx, tenantId, filter, place, count + 1),
    {
      readOnly: true,
    },
  );
  const items = newest.slice(0, count);
  const last = items.at(-1);
  if (newest.length > count && last !== undefined) return { items, next: writeCursor(last) };
  return { items, ...(readTo === undefined ? {} : { next: writeCursor({ at: readTo, decisionId: ANY_DECISION }) }) };
}

/**
 * The first `count` records after the place. Batches overlap in time, so a record is settled only when all batches that
 * are still to come are older. `readTo` is there when looking was given up: everything newer has been looked at.
 */
async function readNewest(
  tx: Tx,
  tenantId: string,
  filter: AccessRecordFilter,
  place: Place | undefined,
  count: number,
): Promise<{ newest: AccessRecord[]; readTo?: number }> {
  const start = place?.at ?? Number.MAX_SAFE_INTEGER;
  const within = { ...filter, to: Math.min(filter.to ?? Number.MAX_SAFE_INTEGER, start + 1) };
  let newest: AccessRecord[] = [];
  let batches = 0;
  for await (const portion of findAccessBatches(tx, tenantId, within)) {
    const found = portion.flatMap((batch) => readAccessBatch(batch, within));
    const after = place === undefined ? found : found.filter((record) => newestFirst(place, record) < 0);
    newest = [...newest, ...after].toSorted(newestFirst).slice(0, count);
    batches += portion.length;
    const readTo = portion.at(-1)?.last_at ?? 0;
    if (newest.length === count && (newest.at(-1)?.at ?? 0) > readTo) return { newest };
    // A page that ends where it began would be asked for forever.
    if (batches >= BATCHES_MAX && readTo < start) return { newest: newest.filter(({ at }) => at > readTo), readTo };
  }
  return { newest };
}

function newestFirst(one: Place, other: Place): number {
  if (one.at !== other.at) return other.at - one.at;
  if (one.decisionId === other.decisionId) return 0;
  return one.decisionId > other.decisionId ? -1 : 1;
}

function writeCursor({ at, decisionId }: Place): string {
  return `${at}.${decisionId}`;
}

function readCursor(cursor: string): Place {
  const [, at, decisionId] = /^(\d{1,15})\.(.{1,128})$/.exec(cursor) ?? [];
  if (at === undefined || decisionId === undefined) throw auditErrors.audit_cursor_invalid();
  return { at: Number(at), decisionId };
}
