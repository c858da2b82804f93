import { sql } from 'kysely';
import type { Principal } from '#base';
import { recordChange, type Tx } from '#store';
import { authorizeGrant } from './authorize-grant.ts';
import { directoryErrors } from './errors.ts';
import { GROUP_DEPTH_MAX, GROUPS_OF_MEMBER_MAX, type Group } from './group-record.ts';
import { tellOfGroup } from './groups-change.ts';
import { getGroup, groupsOf, nesting } from './groups-find.ts';
import { membershipsOf } from './memberships-find.ts';
import { type AdministrationDeps, demandHeld } from './power-over.ts';
import { getServiceAccount } from './service-accounts.ts';
import type { DirectoryTables, GroupMemberType } from './tables.ts';
import { getUser } from './users-find.ts';

interface Which {
  tenantId: string;
  groupId: string;
  memberId: string;
  actor: Principal;
}

/**
 * Puts somebody, or another group, into a group. Whoever does gives away what the group and those around it are given.
 * One who is in already stays, and nothing is recorded.
 * @throws `group_not_found`, `group_member_unfit`, `group_cycle`, `group_too_deep`, `groups_too_many`, `grant_beyond_own`,
 *   and what says that there is no such member.
 */
export async function addGroupMember(tx: Tx, deps: AdministrationDeps, which: Which): Promise<void> {
  const { tenantId, groupId, memberId, actor } = which;
  await lockNesting(tx, tenantId);
  const group = await getGroup(tx, { tenantId, id: groupId });
  const type = typeOf(memberId);
  await CHECKS[type](tx, group, memberId);
  authorizeGrant(deps.roles, actor, { roles: await rolesAround(tx, group) });
  const added = await tx
    .withTables<DirectoryTables>()
    .insertInto('group_members')
    .values({
      tenant_id: tenantId,
      group_id: groupId,
      organization_id: group.organizationId ?? null,
      member_type: type,
      member_id: memberId,
      created_at: deps.clock.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('member_id')
    .executeTakeFirst();
  if (added === undefined) return;
  if ((await groupsOf(tx, { tenantId, memberIds: [memberId] })).length > GROUPS_OF_MEMBER_MAX)
    throw directoryErrors.groups_too_many();
  await tell(tx, deps, group, { ...which, type: 'group.member_added' });
}

/** @throws `group_not_found`, `group_member_not_found`, `roles_beyond_own` */
export async function removeGroupMember(tx: Tx, deps: AdministrationDeps, which: Which): Promise<void> {
  const { tenantId, groupId, memberId, actor } = which;
  await lockNesting(tx, tenantId);
  const group = await getGroup(tx, { tenantId, id: groupId });
  if (memberId !== actor.id) demandHeld(deps, actor, await rolesAround(tx, group));
  const removed = await tx
    .withTables<DirectoryTables>()
    .deleteFrom('group_members')
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', groupId)
    .where('member_id', '=', memberId)
    .returning('member_id')
    .executeTakeFirst();
  if (removed === undefined) throw directoryErrors.group_member_not_found();
  await tell(tx, deps, group, { ...which, type: 'group.member_removed' });
}

/** Out of the groups of one organization, or of all: for somebody who leaves. */
export async function leaveGroups(
  tx: Tx,
  { tenantId, memberId, organizationId }: { tenantId: string; memberId: string; organizationId?: string },
): Promise<void> {
  let leaving = tx
    .withTables<DirectoryTables>()
    .deleteFrom('group_members')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId);
  if (organizationId !== undefined) leaving = leaving.where('organization_id', '=', organizationId);
  await leaving.execute();
}

/** Two who nest at once, each the group of the other, would not see the cycle they make together: they take turns. */
async function lockNesting(tx: Tx, tenantId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`gatehouse groups ${tenantId}`}, 0))`.execute(tx);
}

/** What being in this group gives: its own roles and those of the groups it is in. */
async function rolesAround(tx: Tx, group: Group): Promise<string[]> {
  const around = await groupsOf(tx, { tenantId: group.tenantId, memberIds: [group.id] });
  return [...new Set([...group.roles, ...around.flatMap(({ roles }) => roles)])];
}

function typeOf(memberId: string): GroupMemberType {
  const type = TYPES[memberId.slice(0, memberId.indexOf('_'))];
  if (type === undefined) throw directoryErrors.group_member_unfit();
  return type;
}

const TYPES: Readonly<Record<string, GroupMemberType>> = { usr: 'user', svc: 'service_account', grp: 'group' };

/**
 * A group of an organization takes who belongs to it. A group of the tenant takes what is the tenant's alone: an account that
 * an organization manages would carry roles of the tenant into its administrators' hands.
 */
const CHECKS: Readonly<Record<GroupMemberType, (tx: Tx, group: Group, id: string) => Promise<void>>> = {
  async user(tx, { tenantId, organizationId }, id) {
    const user = await getUser(tx, { tenantId, id });
    if (organizationId === undefined) {
      if (user.organizationId !== undefined) throw directoryErrors.account_managed();
      return;
    }
    const memberships = await membershipsOf(tx, { tenantId, userId: id });
    if (!memberships.some((one) => one.organizationId === organizationId)) throw directoryErrors.membership_not_found();
  },
  async service_account(tx, { tenantId, organizationId }, id) {
    const account = await getServiceAccount(tx, { tenantId, id });
    if (account.organizationId !== organizationId) throw directoryErrors.group_member_unfit();
  },
  async group(tx, group, id) {
    const { tenantId } = group;
    const inner = await getGroup(tx, { tenantId, id });
    if (inner.organizationId !== group.organizationId) throw directoryErrors.group_member_unfit();
    const above = await nesting(tx, { tenantId, groupId: group.id, towards: 'outside' });
    const below = await nesting(tx, { tenantId, groupId: id, towards: 'inside' });
    if (id === group.id || above.ids.includes(id)) throw directoryErrors.group_cycle();
    if (above.depth + below.depth + 2 > GROUP_DEPTH_MAX) throw directoryErrors.group_too_deep();
  },
};

async function tell(
  tx: Tx,
  deps: AdministrationDeps,
  group: Group,
  { actor, memberId, type }: Which & { type: 'group.member_added' | 'group.member_removed' },
): Promise<void> {
  await tellOfGroup(tx, deps, group, { actor, type, detail: { member: memberId } });
  if (typeOf(memberId) === 'user')
    await recordChange(tx, { tenantId: group.tenantId, topic: 'user', id: memberId, operation: 'put' });
}
