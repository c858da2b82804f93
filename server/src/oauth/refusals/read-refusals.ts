import { type RawBuilder, sql } from 'kysely';
import type { Store } from '#store';
import type { Refusal } from './refusal.ts';

type StoreDep = { store: Pick<Store, 'transaction'> };

export async function findRefusal(
  { store }: StoreDep,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<Refusal | undefined> {
  const [found] = await read(store, tenantId, sql`id = ${id}`, 1);
  return found;
}

/** The newest first, at most so many. */
export function listRefusals(
  { store }: StoreDep,
  filter: { tenantId: string; clientId?: string | undefined; reason?: string | undefined; limit: number },
): Promise<Refusal[]> {
  const { tenantId, clientId, reason, limit } = filter;
  const conditions = [
    sql`true`,
    ...(clientId === undefined ? [] : [sql`client_id = ${clientId}`]),
    ...(reason === undefined ? [] : [sql`reason = ${reason}`]),
  ];
  return read(store, tenantId, sql.join(conditions, sql` and `), limit);
}

interface Row {
  id: string;
  at: string | number;
  client_id: string | null;
  reason: string;
  entry: Omit<Refusal, 'id' | 'tenantId' | 'at' | 'clientId' | 'reason'>;
}

async function read(
  store: StoreDep['store'],
  tenantId: string,
  where: RawBuilder<unknown>,
  limit: number,
): Promise<Refusal[]> {
  const statement = sql<Row>`
    select id, at, client_id, reason, entry from oauth_refusals where tenant_id = ${tenantId} and ${where}
    order by at desc, id desc limit ${limit}`;
  const { rows } = await store.transaction({ tenantId }, (tx) => statement.execute(tx), { readOnly: true });
  return rows.map(({ id, at, client_id, reason, entry }) => ({
    ...entry,
    id,
    tenantId,
    at: Number(at),
    clientId: client_id ?? undefined,
    reason,
  }));
}

const KEPT_MILLISECONDS = 7 * 24 * 3_600_000;
/** Of one tenant: some 20 MB. */
const ROWS_MAX = 20_000;

/** Deletes what is older than a week, and the oldest beyond so many. */
export async function pruneRefusals({ store }: StoreDep, { now }: { now: number }): Promise<void> {
  await store.transaction({ system: true }, async (tx) => {
    await sql`delete from oauth_refusals where at < ${now - KEPT_MILLISECONDS}`.execute(tx);
    const { rows } = await sql<{ tenant_id: string; beyond: string | number | null }>`
      select t.tenant_id, (select o.at from oauth_refusals o where o.tenant_id = t.tenant_id
        order by o.at desc offset ${ROWS_MAX} limit 1) as beyond
      from (select distinct tenant_id from oauth_refusals) t`.execute(tx);
    for (const { tenant_id, beyond } of rows) {
      if (beyond === null) continue;
      await sql`delete from oauth_refusals where tenant_id = ${tenant_id} and at <= ${beyond}`.execute(tx);
    }
  });
}
