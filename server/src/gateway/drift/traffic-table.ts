import { sql } from 'kysely';
import type { Store, Tx } from '#store';
import type { FactKind, SeenFact } from './traffic-counter.ts';

export type ApiTrafficTables = {
  api_traffic: {
    tenant_id: string;
    document: string;
    kind: FactKind;
    method: string;
    path: string;
    name: string;
    count: number;
    last_seen: number;
  };
};

export const API_TRAFFIC_SQL = `
  create table api_traffic (
    tenant_id text not null,
    document text not null,
    kind text not null,
    method text not null,
    path text not null,
    name text not null,
    count bigint not null,
    last_seen bigint not null,
    primary key (tenant_id, document, kind, method, path, name)
  );
  select gatehouse_protect('api_traffic');
`;

/** Rows of one document; what comes beyond them is not kept. */
const ROWS_MAX = 10_000;
/** What was not seen for so long is forgotten. */
const KEPT_MILLISECONDS = 90 * 24 * 3_600_000;

/** Adds what was counted to what stands there, in one statement for each tenant and document. */
export async function writeTraffic(
  store: Pick<Store, 'transaction'>,
  facts: readonly SeenFact[],
  now: number,
): Promise<void> {
  for (const rows of Map.groupBy(facts, ({ tenantId, document }) => `${tenantId} ${document}`).values()) {
    const [first] = rows;
    if (first !== undefined) await store.transaction({ tenantId: first.tenantId }, (tx) => add(tx, rows, now));
  }
}

async function add(tx: Tx, facts: readonly SeenFact[], now: number): Promise<void> {
  const [{ tenantId, document } = { tenantId: '', document: '' }] = facts;
  const rows = facts.map(({ kind, method, path, name, count, lastSeen }) => ({
    ...{ tenant_id: tenantId, document, kind, method, path, name, count },
    last_seen: lastSeen,
  }));
  await tx
    .withTables<ApiTrafficTables>()
    .deleteFrom('api_traffic')
    .where('tenant_id', '=', tenantId)
    .where('document', '=', document)
    .where('last_seen', '<', now - KEPT_MILLISECONDS)
    .execute();
  // In one order, so that two processes never wait for each other in a ring.
  await sql`
    insert into api_traffic as kept (tenant_id, document, kind, method, path, name, count, last_seen)
    select tenant_id, document, kind, method, path, name, count, last_seen
    from jsonb_populate_recordset(null::api_traffic, ${JSON.stringify(rows)}::jsonb) as seen
    where (select count(*) from api_traffic where tenant_id = ${tenantId} and document = ${document}) < ${ROWS_MAX}
      or exists (select 1 from api_traffic as known where known.tenant_id = seen.tenant_id
        and known.document = seen.document and known.kind = seen.kind and known.method = seen.method
        and known.path = seen.path and known.name = seen.name)
    order by kind, method, path, name
    on conflict (tenant_id, document, kind, method, path, name) do update
      set count = kept.count + excluded.count, last_seen = greatest(kept.last_seen, excluded.last_seen)`.execute(tx);
}

export async function readTraffic(
  store: Pick<Store, 'transaction'>,
  { tenantId, document }: { tenantId: string; document: string },
): Promise<SeenFact[]> {
  const rows = await store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<ApiTrafficTables>()
        .selectFrom('api_traffic')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('document', '=', document)
        .orderBy('count', 'desc')
        .execute(),
    { readOnly: true },
  );
  return rows.map(({ tenant_id, last_seen, count, ...row }) => ({
    ...row,
    tenantId: tenant_id,
    count: Number(count),
    lastSeen: Number(last_seen),
  }));
}
