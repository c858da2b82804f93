import { sql } from 'kysely';
import { timeOfId } from '#base';
import type { Tx } from '#store';
import { minuteOf, TIME_MAX } from './access-batch-format.ts';
import { hashText, markSeeds } from './access-marks.ts';
import type { AccessBatchRow, AuditTables } from './audit-tables.ts';
import type { AccessRecordFilter } from './read-access-batch.ts';

export type FoundBatch = Pick<
  AccessBatchRow,
  'tenant_id' | 'organization_id' | 'minute' | 'last_at' | 'id' | 'records'
>;

/** Mostly the newest batches fill a page, so the first look is for few. */
const FETCH_FIRST = 4;
const FETCH_MAX = 32;
const MINUTES_MAX = 64;
/** A record's id (a decision's, or a token's at the token endpoint) is made a moment before or after its time is read. */
const ID_SLACK_MS = 5_000;

interface Search {
  tenantId: string;
  marks: readonly number[];
  decisionId: string | undefined;
  /** Milliseconds since the epoch, both included. */
  from: number;
  to: number;
}

/**
 * The batches of a tenant in which there may be such a record, newest first by their newest record, a portion at a time:
 * what comes after a portion holds nothing newer than the `last_at` of its last batch.
 */
export async function* findAccessBatches(
  tx: Tx,
  tenantId: string,
  filter: AccessRecordFilter,
): AsyncGenerator<FoundBatch[]> {
  const { decisionId, from = 0, to = Number.MAX_SAFE_INTEGER } = filter;
  const search = { tenantId, marks: marksOf(tenantId, filter), decisionId, from, to: to - 1 };
  if (decisionId !== undefined) {
    const at = timeOfId(decisionId);
    if (at === undefined) return;
    search.from = Math.max(search.from, at - ID_SLACK_MS);
    search.to = Math.min(search.to, at + ID_SLACK_MS);
  }
  const [mark] = search.marks;
  if (mark === undefined || decisionId !== undefined) {
    yield* batchesOf(tx, search);
    return;
  }
  for await (const minutes of minutesOf(tx, search, mark)) yield* batchesOf(tx, search, minutes);
}

/** The rarest first: its minutes are the ones looked through. */
function marksOf(tenantId: string, { credentialId, principalId, route, allowed }: AccessRecordFilter): number[] {
  const seeds = markSeeds(tenantId);
  const marks: number[] = [];
  if (credentialId !== undefined) marks.push(hashText(seeds.credentialId, credentialId));
  if (principalId !== undefined) marks.push(hashText(seeds.principalId, principalId));
  if (route !== undefined) marks.push(hashText(seeds.route, route));
  if (allowed !== undefined) marks.push(hashText(seeds.allowed, String(allowed)));
  return marks;
}

/** The minutes of which a mark was noted, newest first. */
async function* minutesOf(tx: Tx, { tenantId, from, to }: Search, mark: number): AsyncGenerator<number[]> {
  let newest = minuteBound(to);
  for (;;) {
    const rows = await tx
      .withTables<AuditTables>()
      .selectFrom('access_marks')
      .select('minute')
      .where('tenant_id', '=', tenantId)
      .where('mark', '=', mark)
      .where('minute', '>=', minuteBound(from))
      .where('minute', '<=', newest)
      .orderBy('minute', 'desc')
      .limit(MINUTES_MAX)
      .execute();
    if (rows.length > 0) yield rows.map(({ minute }) => minute);
    if (rows.length < MINUTES_MAX) return;
    newest = (rows.at(-1)?.minute ?? 0) - 1;
  }
}

async function* batchesOf(tx: Tx, search: Search, minutes?: readonly number[]): AsyncGenerator<FoundBatch[]> {
  const { tenantId, marks, decisionId, from, to } = search;
  let last: FoundBatch | undefined;
  for (let count = FETCH_FIRST; ; count = Math.min(count * 2, FETCH_MAX)) {
    let select = tx
      .withTables<AuditTables>()
      .selectFrom('access_batches')
      .select(['tenant_id', 'organization_id', 'minute', 'last_at', 'id', 'records'])
      .where('tenant_id', '=', tenantId)
      .where('minute', '>=', minuteBound(from))
      .where('minute', '<=', last?.minute ?? minuteBound(to))
      .where('last_at', '>=', from)
      .where('first_at', '<=', to);
    if (minutes !== undefined) select = select.where('minute', 'in', minutes);
    if (marks.length > 0) select = select.where(sql<boolean>`marks @> ${`{${marks.join(',')}}`}::integer[]`);
    if (decisionId !== undefined) select = select.where(sql<boolean>`strpos(records, ${decisionId}) > 0`);
    if (last !== undefined) {
      const { last_at, id } = last;
      select = select.where((by) => by(by.refTuple('last_at', 'id'), '<', by.tuple(last_at, id)));
    }
    const batches = await select
      .orderBy('minute', 'desc')
      .orderBy('last_at', 'desc')
      .orderBy('id', 'desc')
      .limit(count)
      .execute();
    if (batches.length > 0) yield batches;
    if (batches.length < count) return;
    last = batches.at(-1);
  }
}

/** An `integer`, whatever time was asked for. */
function minuteBound(at: number): number {
  return minuteOf(Math.max(0, Math.min(at, TIME_MAX)));
}
