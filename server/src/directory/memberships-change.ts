import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, type Principal, parse } from '#base';
import type { Expected } from '#resources';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { authorizeGrant } from './authorize-grant.ts';
import { demandCurrent, demandCurrentIfAsked } from './demand-current.ts';
import { directoryErrors } from './errors.ts';
import { leaveGroups } from './group-members.ts';
import { holdRoles } from './hold-roles.ts';
import { insertMembership, type Membership, membershipTag, toMembership } from './membership-record.ts';
import { MEMBERSHIPS_MAX, membershipsOf } from './memberships-find.ts';
import { holdOrganization } from './organizations.ts';
import { permissionsBeyond } from './permissions-of.ts';
import type { AdministrationDeps } from './power-over.ts';
import type { DirectoryTables } from './tables.ts';
import { getUser } from './users-find.ts';
import { rolesSchema } from './users-schema.ts';

interface Which {
  tenantId: string;
  /** By name or id. */
  organization: string;
  userId: string;
  actor: Principal;
}

/**
 * Makes a person belong to an organization with these roles, or replaces the roles of one who does. Inside an organization
 * only its members are there to be changed; others are invited.
 * @throws `user_not_found`, `organization_not_found`, `role_not_found`, `grant_beyond_own`, `person_beyond_own`,
 *   `memberships_too_many`, and those of `demandCurrent` where there is one already.
 */
export async function putMembership(
  tx: Tx,
  deps: AdministrationDeps,
  { roles: input, expected, ...which }: Which & { roles: readonly string[]; expected?: Expected | undefined },
): Promise<{ created: boolean; membership: Membership }> {
  const { tenantId, userId, actor } = which;
  const roles = parse(rolesSchema, input);
  const { id: organizationId } = await holdOrganization(tx, which);
  await getUser(tx, { tenantId, id: userId });
  const before = await lockMembership(tx, { tenantId, organizationId, userId });
  if (before !== undefined && isDeepStrictEqual(before.roles, roles)) return { created: false, membership: before };
  if (before !== undefined) demandCurrent({ tag: membershipTag(before), version: before.version }, expected);
  authorizeGrant(deps.roles, actor, { roles: roles.filter((role) => before?.roles.includes(role) !== true) });
  if (before !== undefined) {
    demandPowerOverRoles(deps, actor, before);
    return { created: false, membership: await replaceRoles(tx, deps, { before, roles, actor }) };
  }
  if (typeof expected === 'object' || expected === 'present') throw directoryErrors.membership_not_found();
  const membership = await addMembership(tx, deps, { tenantId, organizationId, userId, actor, roles });
  return { created: true, membership };
}

/**
 * Adds a person to an organization without asking what the actor may: for those that have asked already.
 * @throws `role_not_found`, `memberships_too_many`
 */
export async function addMembership(
  tx: Tx,
  deps: IdSource,
  input: { tenantId: string; organizationId: string; userId: string; roles: readonly string[]; actor: Principal },
): Promise<Membership> {
  const { tenantId, organizationId, userId, roles, actor } = input;
  await holdRoles(tx, { tenantId, roles });
  const others = await membershipsOf(tx, { tenantId, userId });
  if (others.length >= MEMBERSHIPS_MAX) throw directoryErrors.memberships_too_many();
  const made = await insertMembership(tx, { tenantId, organizationId, userId, roles, now: deps.clock.now() });
  const known = made ?? (await lockMembership(tx, { tenantId, organizationId, userId }));
  if (known === undefined) throw directoryErrors.membership_not_found();
  if (made !== undefined) await tell(tx, deps, made, actor, 'membership.added', { roles: [...roles] });
  return known;
}

/**
 * Adds a person to an organization, or the roles to those they have there: by invitation, which asked when it was made.
 * @throws as `addMembership`
 */
export async function joinOrganization(
  tx: Tx,
  deps: IdSource,
  input: { tenantId: string; organizationId: string; userId: string; roles: readonly string[]; actor: Principal },
): Promise<void> {
  const before = await lockMembership(tx, input);
  if (before === undefined) {
    await addMembership(tx, deps, input);
    return;
  }
  const roles = [...new Set([...before.roles, ...input.roles])].sort();
  if (roles.length > before.roles.length) await replaceRoles(tx, deps, { before, roles, actor: input.actor });
}

async function replaceRoles(
  tx: Tx,
  deps: IdSource,
  { before, roles, actor }: { before: Membership; roles: string[]; actor: Principal },
): Promise<Membership> {
  const { tenantId, organizationId, userId } = before;
  await holdRoles(tx, { tenantId, roles });
  const row = await tx
    .withTables<DirectoryTables>()
    .updateTable('memberships')
    .set({ roles, updated_at: deps.clock.now(), version: sql<number>`version + 1` })
    .where('tenant_id', '=', tenantId)
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.membership_not_found();
  await tell(tx, deps, before, actor, 'membership.changed', { before: [...before.roles], after: roles });
  return toMembership(row);
}

/**
 * Ends a membership. An account that the organization manages has no other place to be: it is disabled or deleted instead.
 * @throws `membership_not_found`, `organization_not_found`, `person_beyond_own`, `account_managed_here`, `resource_changed`
 */
export async function removeMembership(
  tx: Tx,
  deps: AdministrationDeps,
  { expected, ...which }: Which & { expected?: Expected | undefined },
): Promise<void> {
  const { tenantId, userId, actor } = which;
  const { id: organizationId } = await holdOrganization(tx, which);
  const before = await lockMembership(tx, { tenantId, organizationId, userId });
  if (before === undefined) throw directoryErrors.membership_not_found();
  demandCurrentIfAsked({ tag: membershipTag(before), version: before.version }, expected);
  demandPowerOverRoles(deps, actor, before);
  const user = await getUser(tx, { tenantId, id: userId });
  if (user.organizationId === organizationId) throw directoryErrors.account_managed_here();
  await tx
    .withTables<DirectoryTables>()
    .deleteFrom('memberships')
    .where('tenant_id', '=', tenantId)
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute();
  await leaveGroups(tx, { tenantId, memberId: userId, organizationId });
  await tell(tx, deps, before, actor, 'membership.removed', { roles: [...before.roles] });
}

async function lockMembership(
  tx: Tx,
  { tenantId, organizationId, userId }: { tenantId: string; organizationId: string; userId: string },
): Promise<Membership | undefined> {
  const row = await tx
    .withTables<DirectoryTables>()
    .selectFrom('memberships')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : toMembership(row);
}

/** Nobody takes away what he could not give. */
function demandPowerOverRoles(
  { roles }: AdministrationDeps,
  actor: Principal,
  { userId, ...before }: Membership,
): void {
  if (actor.id === userId) return;
  const missing = permissionsBeyond(roles, actor, before.roles);
  if (missing.length > 0) throw directoryErrors.person_beyond_own({ details: { missing } });
}

async function tell(
  tx: Tx,
  deps: IdSource,
  { tenantId, organizationId, userId }: Membership,
  actor: Principal,
  type: DirectoryAuditEvent,
  detail: Record<string, string[]>,
): Promise<void> {
  const target = { type: 'user', id: userId };
  await recordEvent(tx, deps, { tenantId, organizationId, type, actor, target, detail });
  await recordChange(tx, { tenantId, topic: 'user', id: userId, operation: 'put' });
}
