import { sql } from 'kysely';
import type { Use, UsesInput } from '#resources';
import type { Tx } from '#store';

/** People (the disabled too: they may be let in again) and service accounts that have one of these roles. */
export async function usesOfRoles(tx: Tx, { tenantId, resources, now }: UsesInput): Promise<Use[]> {
  const names = resources.map(({ name }) => name);
  const { rows } = await sql<Use>`
    select role as name, 'users' as by, count(*)::int as count
      from users, unnest(roles) as role
      where tenant_id = ${tenantId} and roles && ${names}::text[] and role = any(${names}::text[]) group by role
    union all
    select role, 'members of organizations', count(*)::int
      from memberships, unnest(roles) as role
      where tenant_id = ${tenantId} and roles && ${names}::text[] and role = any(${names}::text[]) group by role
    union all
    select role, 'service accounts', count(*)::int
      from service_accounts, unnest(roles) as role
      where tenant_id = ${tenantId} and role = any(${names}::text[]) group by role
    union all
    select role, 'invitations', count(*)::int
      from invitations, unnest(roles) as role
      where tenant_id = ${tenantId} and accepted_at is null and revoked_at is null and expires_at > ${now}
        and role = any(${names}::text[]) group by role
    union all
    select role, 'groups', count(*)::int
      from groups, unnest(roles) as role
      where tenant_id = ${tenantId} and role = any(${names}::text[]) group by role
    order by name, by desc`.execute(tx);
  return rows;
}

/** Who belongs to these organizations. */
export async function usesOfOrganizations(tx: Tx, { tenantId, resources, now }: UsesInput): Promise<Use[]> {
  const ids = resources.map(({ id }) => id);
  const { rows } = await sql<{ id: string; count: number }>`
    select organization_id as id, count(*)::int as count
      from memberships where tenant_id = ${tenantId} and organization_id = any(${ids}::text[]) group by organization_id`.execute(
    tx,
  );
  const others = await sql<{ id: string; by: string; count: number }>`
    select organization_id as id, 'groups' as by, count(*)::int as count from groups
      where tenant_id = ${tenantId} and organization_id = any(${ids}::text[]) group by organization_id
    union all
    select organization_id, 'invitations', count(*)::int from invitations
      where tenant_id = ${tenantId} and organization_id = any(${ids}::text[])
        and accepted_at is null and revoked_at is null and expires_at > ${now} group by organization_id
    union all
    select organization_id, 'service accounts', count(*)::int from service_accounts
      where tenant_id = ${tenantId} and organization_id = any(${ids}::text[]) group by organization_id`.execute(tx);
  const nameOf = new Map(resources.map(({ id, name }) => [id, name]));
  return [...rows.map((row) => ({ by: 'users', ...row })), ...others.rows].map(({ id, by, count }) => ({
    name: nameOf.get(id) ?? id,
    by,
    count,
  }));
}
