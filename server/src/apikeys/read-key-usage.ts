import { type RawBuilder, sql } from 'kysely';
import { LATENCY_BOUNDS_MICROS } from '#audit';
import type { Store, Tx } from '#store';

const HOUR_MILLISECONDS = 3_600_000;

interface Deps {
  store: Pick<Store, 'transaction'>;
}

/** What a key, or all that are asked for, did in a time. Times in milliseconds, durations in microseconds. */
export interface KeyUsage {
  calls: number;
  clientErrors: number;
  serverErrors: number;
  refused: number;
  denied: number;
  limited: number;
  bytesIn: number;
  bytesOut: number;
  durationMicrosMean: number;
  /** Upper bounds: the true value is at least half of each. */
  durationMicrosP50: number;
  durationMicrosP95: number;
}

export interface UsagePeriod {
  tenantId: string;
  organizationId?: string;
  /** Milliseconds. Whole hours are counted: {@link wholeHours}. */
  from: number;
  to: number;
}

/** Thirteen months: a year's bill can still be looked into a month later. */
export const KEY_USAGE_KEPT_MILLISECONDS = 396 * 24 * HOUR_MILLISECONDS;
/** A call is counted within seconds of its end; this is for a database that was slow, or a process that was. */
const COUNTED_WITHIN_MILLISECONDS = 60_000;

/**
 * The hours that a time touches, all of each, and whether what is counted of them is all there will be: not while the last
 * is under way, nor when the first were forgotten.
 */
export function wholeHours({ from, to }: { from: number; to: number }, now: number) {
  const start = Math.floor(from / HOUR_MILLISECONDS) * HOUR_MILLISECONDS;
  const end = Math.max(start, Math.ceil(to / HOUR_MILLISECONDS) * HOUR_MILLISECONDS);
  const isOver = end + COUNTED_WITHIN_MILLISECONDS <= now;
  return { from: start, to: end, complete: isOver && start >= now - KEY_USAGE_KEPT_MILLISECONDS };
}

const GROUPINGS = {
  hour: { key: sql`hour::bigint * ${HOUR_MILLISECONDS}` },
  day: { key: sql`(hour / 24)::bigint * ${24 * HOUR_MILLISECONDS}` },
  route: { key: sql`route` },
  key: { key: sql`key_id` },
} as const satisfies Record<string, { key: RawBuilder<unknown> }>;

export type UsageGrouping = keyof typeof GROUPINGS;

/** Rows that are deleted in one transaction: few enough to hold nobody up. */
const PRUNED_MAX = 1_000;

/** A year of hours is more than anybody reads: ask for days. */
export const USAGE_ROWS_MAX = 10_000;

export interface ReadKeyUsageInput extends UsagePeriod {
  /** One key; all keys when left out. */
  keyId?: string;
  by: UsageGrouping;
  limit?: number;
  /** Continues after this group. */
  after?: string | number;
}

/** Usage in groups, each with what it is of: the start of the hour or day (UTC), the route's name, or the key's id. */
export async function readKeyUsage(
  { store }: Deps,
  { tenantId, organizationId, keyId, from, to, by, limit = USAGE_ROWS_MAX, after }: ReadKeyUsageInput,
): Promise<{ groups: (KeyUsage & { of: string | number })[]; next?: string | number }> {
  const { key } = GROUPINGS[by];
  const most = Math.min(limit, USAGE_ROWS_MAX);
  const rows = await store.transaction(
    organizationId === undefined ? { tenantId } : { tenantId, organizationId },
    async (tx) => {
      const found = await sql<SummedRow & { of: string | number }>`
        select ${key} as of, ${sums} from api_key_usage
        where tenant_id = ${tenantId} and hour >= ${hourOf(from)} and hour < ${Math.ceil(to / HOUR_MILLISECONDS)}
          and ${keyId === undefined ? sql`true` : sql`key_id = ${keyId}`}
          and ${after === undefined ? sql`true` : sql`${key} > ${after}`}
        group by 1 order by 1 limit ${most + 1}`.execute(tx);
      return found.rows;
    },
    { readOnly: true },
  );
  const groups = rows.slice(0, most).map(({ of, ...row }) => ({ of, ...toUsage(row) }));
  const last = groups.at(-1);
  return { groups, ...(rows.length > most && last !== undefined ? { next: last.of } : {}) };
}

const sums = sql`
  sum(calls)::bigint as calls, sum(client_errors)::bigint as client_errors, sum(server_errors)::bigint as server_errors,
  sum(refused)::bigint as refused, sum(denied)::bigint as denied, sum(limited)::bigint as limited,
  sum(bytes_in)::bigint as bytes_in, sum(bytes_out)::bigint as bytes_out,
  sum(duration_micros)::bigint as duration_micros, api_key_usage_sum(latencies) as latencies`;

interface SummedRow {
  calls: number;
  client_errors: number;
  server_errors: number;
  refused: number;
  denied: number;
  limited: number;
  bytes_in: number;
  bytes_out: number;
  duration_micros: number;
  latencies: (number | string)[];
}

function toUsage(row: SummedRow): KeyUsage {
  const latencies = row.latencies.map(Number);
  return {
    calls: row.calls,
    clientErrors: row.client_errors,
    serverErrors: row.server_errors,
    refused: row.refused,
    denied: row.denied,
    limited: row.limited,
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
    durationMicrosMean: Math.round(row.duration_micros / Math.max(row.calls, 1)),
    durationMicrosP50: percentile(latencies, row.calls, 0.5),
    durationMicrosP95: percentile(latencies, row.calls, 0.95),
  };
}

/** The bound of the bucket in which the share is reached; what took longer than all bounds counts as twice the last. */
function percentile(latencies: readonly number[], calls: number, share: number): number {
  let seen = 0;
  for (const [bucket, count] of latencies.entries()) {
    seen += count;
    if (seen >= calls * share && seen > 0)
      return LATENCY_BOUNDS_MICROS[bucket] ?? (LATENCY_BOUNDS_MICROS.at(-1) ?? 0) * 2;
  }
  return 0;
}

export interface LastUse {
  at: number;
  address: string;
  route: string;
}

/** When and from where these keys were used last, by id. A key that was never used is not among them. */
export async function lastUsesOf(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, LastUse>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<LastUse & { id: string }>`
    select key_id as id, at, address, route from api_key_last_use
    where tenant_id = ${tenantId} and key_id = any(${ids}::text[])`.execute(tx);
  return new Map(rows.map(({ id, ...use }) => [id, use]));
}

/** Deletes what was counted before that time, all tenants', some at a time. */
export async function pruneKeyUsage(
  { store }: Deps,
  { before, signal }: { before: number; signal?: AbortSignal },
): Promise<void> {
  for (let gone: number = PRUNED_MAX; gone === PRUNED_MAX && signal?.aborted !== true; ) {
    const { rows } = await store.transaction({ system: true }, (tx) =>
      sql<{ tenant_id: string }>`
        delete from api_key_usage where (tenant_id, key_id, hour, route) in (
          select tenant_id, key_id, hour, route from api_key_usage where hour < ${hourOf(before)} limit ${PRUNED_MAX})
        returning tenant_id`.execute(tx),
    );
    gone = rows.length;
  }
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MILLISECONDS);
}
