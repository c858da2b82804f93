import { sql } from 'kysely';
import type { Use, UsesInput } from '#resources';
import type { Tx } from '#store';

/** Keys that can still be used. One that was revoked or has expired never comes back, and uses nothing. */
const live = (tenantId: string, now: number) =>
  sql`tenant_id = ${tenantId} and revoked_at is null and (expires_at is null or expires_at > ${now})`;

/** Live keys on these plans. */
export async function usesOfPlans(tx: Tx, { tenantId, resources, now }: UsesInput): Promise<Use[]> {
  const { rows } = await sql<Use>`
    select plan as name, 'API keys' as by, count(*)::int as count
      from api_keys where ${live(tenantId, now)} and plan = any(${resources.map(({ name }) => name)}::text[])
      group by plan order by plan`.execute(tx);
  return rows;
}

/** Live keys that carry these roles. For the room that keeps roles, which knows no keys. */
export async function usesOfKeyRoles(tx: Tx, { tenantId, resources, now }: UsesInput): Promise<Use[]> {
  const names = resources.map(({ name }) => name);
  const { rows } = await sql<Use>`
    select role as name, 'API keys' as by, count(*)::int as count
      from api_keys, unnest(roles) as role
      where ${live(tenantId, now)} and role = any(${names}::text[]) group by role order by role`.execute(tx);
  return rows;
}

/** Live keys inside these organizations. */
export async function usesOfKeyOrganizations(tx: Tx, { tenantId, resources, now }: UsesInput): Promise<Use[]> {
  const { rows } = await sql<{ id: string; count: number }>`
    select organization_id as id, count(*)::int as count
      from api_keys where ${live(tenantId, now)} and organization_id = any(${resources.map(({ id }) => id)}::text[])
      group by organization_id`.execute(tx);
  const nameOf = new Map(resources.map(({ id, name }) => [id, name]));
  return rows.map(({ id, count }) => ({ name: nameOf.get(id) ?? id, by: 'API keys', count }));
}

/** Live keys that may be used at these APIs, or routes, alone. For the rooms that keep them, which know no keys. */
export function usesOfKeyPlaces(place: 'apis' | 'routes') {
  const column = sql.ref(place === 'apis' ? 'allowed_apis' : 'allowed_routes');
  return async (tx: Tx, { tenantId, resources, now }: UsesInput): Promise<Use[]> => {
    const names = resources.map(({ name }) => name);
    const { rows } = await sql<Use>`
      select place as name, 'API keys' as by, count(*)::int as count
        from api_keys, unnest(${column}) as place
        where ${live(tenantId, now)} and place = any(${names}::text[]) group by place order by place`.execute(tx);
    return rows;
  };
}
