import { sql } from 'kysely';
import type { IdSource, Principal } from '#base';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { groupsOf } from './groups-find.ts';
import { permissionsBeyond, type Roles } from './permissions-of.ts';

/** What commands need that are for people who administer others: time, chance, and what each role may do. */
export interface AdministrationDeps extends IdSource {
  roles: Roles;
}

/**
 * Whoever can change an account can become its person: a new address, a new password by mail. So nobody changes the
 * account of somebody who may do more than himself, whatever the place where they may do it.
 * @throws `person_beyond_own`
 */
export async function demandPowerOver(
  tx: Tx,
  { roles }: Pick<AdministrationDeps, 'roles'>,
  { tenantId, userId, actor }: { tenantId: string; userId: string; actor: Principal },
): Promise<void> {
  if (actor.id === userId) return;
  const missing = permissionsBeyond(roles, actor, await rolesAnywhere(tx, { tenantId, userId }));
  if (missing.length > 0) throw directoryErrors.person_beyond_own({ details: { missing } });
}

/** Nobody takes away what he could not give. @throws `roles_beyond_own` */
export function demandHeld(
  { roles }: Pick<AdministrationDeps, 'roles'>,
  actor: Principal,
  names: readonly string[],
): void {
  const missing = permissionsBeyond(roles, actor, names);
  if (missing.length > 0) throw directoryErrors.roles_beyond_own({ details: { missing } });
}

/** All roles of a person, in the tenant, its organizations and their groups. */
async function rolesAnywhere(tx: Tx, { tenantId, userId }: { tenantId: string; userId: string }): Promise<string[]> {
  const { rows } = await sql<{ role: string }>`
    select unnest(roles) as role from users where tenant_id = ${tenantId} and id = ${userId}
    union select unnest(roles) from memberships where tenant_id = ${tenantId} and user_id = ${userId}`.execute(tx);
  const groups = await groupsOf(tx, { tenantId, memberIds: [userId] });
  return [...new Set([...rows.map(({ role }) => role), ...groups.flatMap(({ roles }) => roles)])];
}
