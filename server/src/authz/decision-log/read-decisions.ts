import { type RawBuilder, sql } from 'kysely';
import type { Store } from '#store';
import type { DecisionLogSpec } from './decision-log-kind.ts';
import { DECISION_LOG_DEFAULT } from './decision-log-kind.ts';
import type { LoggedDecision } from './logged-decision.ts';

type StoreDep = { store: Pick<Store, 'transaction'> };
interface Place {
  tenantId: string;
  organizationId?: string | undefined;
}

export async function findDecision(
  { store }: StoreDep,
  { decisionId, ...place }: Place & { decisionId: string },
): Promise<LoggedDecision | undefined> {
  const [found] = await read(store, place, sql`decision_id = ${decisionId}`, 1);
  return found;
}

export interface DecisionFilter {
  /** Milliseconds: from this one on, before that one. */
  from?: number | undefined;
  to?: number | undefined;
  allowed?: boolean | undefined;
  /** Only those that policies on trial would have decided otherwise. */
  shadowDiffers?: boolean | undefined;
}

/** The newest first, at most so many. */
export function listDecisions(
  { store }: StoreDep,
  {
    from = 0,
    to = Number.MAX_SAFE_INTEGER,
    allowed,
    shadowDiffers,
    limit,
    ...place
  }: Place & DecisionFilter & { limit: number },
): Promise<LoggedDecision[]> {
  const conditions = [
    sql`at >= ${from} and at < ${to}`,
    ...(allowed === undefined ? [] : [sql`allowed = ${allowed}`]),
    ...(shadowDiffers === true ? [sql`shadow_differs`] : []),
  ];
  return read(store, place, sql.join(conditions, sql` and `), limit);
}

interface Row {
  decision_id: string;
  at: string | number;
  entry: Omit<LoggedDecision, 'decisionId' | 'tenantId' | 'at'>;
}

async function read(
  store: StoreDep['store'],
  { tenantId, organizationId }: Place,
  where: RawBuilder<unknown>,
  limit: number,
): Promise<LoggedDecision[]> {
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  const statement = sql<Row>`
    select decision_id, at, entry from decision_log where tenant_id = ${tenantId} and ${where}
    order by at desc, decision_id desc limit ${limit}`;
  const { rows } = await store.transaction(scope, (tx) => statement.execute(tx), { readOnly: true });
  return rows.map(({ decision_id: decisionId, at, entry }) => ({ ...entry, decisionId, tenantId, at: Number(at) }));
}

const DAY = 24 * 3_600_000;
/** Of one tenant. About a gigabyte. */
const ROWS_MAX = 1_000_000;
const DELETE_MAX = 5_000;

/** Deletes what is older than each tenant keeps, and the oldest beyond a million. */
export async function pruneDecisionLog(
  { store, settings }: StoreDep & { settings: (tenantId: string) => DecisionLogSpec | undefined },
  { now, signal }: { now: number; signal?: AbortSignal },
): Promise<void> {
  const { rows } = await store.transaction(
    { system: true },
    (tx) =>
      sql<{ tenant_id: string; beyond: string | number | null }>`
      select t.tenant_id, (select d.at from decision_log d where d.tenant_id = t.tenant_id
        order by d.at desc offset ${ROWS_MAX} limit 1) as beyond
      from (select distinct tenant_id from decision_log) t`.execute(tx),
    { readOnly: true },
  );
  for (const { tenant_id: tenantId, beyond } of rows) {
    const { keepDays } = settings(tenantId) ?? DECISION_LOG_DEFAULT;
    const before = Math.max(now - keepDays * DAY, beyond === null ? 0 : Number(beyond));
    for (let deleted = DELETE_MAX; deleted === DELETE_MAX && signal?.aborted !== true; ) {
      const statement = sql`
        delete from decision_log where tenant_id = ${tenantId} and decision_id in (
          select decision_id from decision_log where tenant_id = ${tenantId} and at < ${before} limit ${DELETE_MAX})`;
      const answer = await store.transaction({ tenantId }, (tx) => statement.execute(tx));
      deleted = Number(answer.numAffectedRows ?? 0n);
    }
  }
}
