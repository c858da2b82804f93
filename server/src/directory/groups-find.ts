import { sql } from 'kysely';
import { LIMITS } from '#base';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { GROUP_DEPTH_MAX, type Group, toGroup } from './group-record.ts';
import type { DirectoryTables, GroupMemberType } from './tables.ts';

/** @throws `group_not_found` */
export async function getGroup(tx: Tx, { tenantId, id }: { tenantId: string; id: string }): Promise<Group> {
  const row = await groups(tx, tenantId).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw directoryErrors.group_not_found();
  return toGroup(row);
}

export interface GroupPage {
  items: Group[];
  /** Pass it as `after` to get the next page; absent on the last. */
  next?: string;
}

/** Oldest first; of one organization, when it is named. */
export async function listGroups(
  tx: Tx,
  input: { tenantId: string; organizationId?: string | undefined; limit?: number; after?: string | undefined },
): Promise<GroupPage> {
  const size = pageSize(input.limit);
  let select = groups(tx, input.tenantId).where('id', '>', input.after ?? '');
  if (input.organizationId !== undefined) select = select.where('organization_id', '=', input.organizationId);
  const rows = await select
    .orderBy('id')
    .limit(size + 1)
    .execute();
  const items = rows.slice(0, size).map(toGroup);
  const last = items.at(-1);
  return rows.length > size && last !== undefined ? { items, next: last.id } : { items };
}

export interface GroupMember {
  type: GroupMemberType;
  id: string;
  addedAt: number;
}

/** Direct members, by id. */
export async function listGroupMembers(
  tx: Tx,
  input: { tenantId: string; groupId: string; limit?: number; after?: string | undefined },
): Promise<{ items: GroupMember[]; next?: string }> {
  const size = pageSize(input.limit);
  const rows = await tx
    .withTables<DirectoryTables>()
    .selectFrom('group_members')
    .select(['member_type', 'member_id', 'created_at'])
    .where('tenant_id', '=', input.tenantId)
    .where('group_id', '=', input.groupId)
    .where('member_id', '>', input.after ?? '')
    .orderBy('member_id')
    .limit(size + 1)
    .execute();
  const items = rows
    .slice(0, size)
    .map((row) => ({ type: row.member_type, id: row.member_id, addedAt: row.created_at }));
  const last = items.at(-1);
  return rows.length > size && last !== undefined ? { items, next: last.id } : { items };
}

/** A group that somebody is in, themselves or through other groups. */
export interface HeldGroup {
  memberId: string;
  id: string;
  organizationId: string | null;
  roles: string[];
}

/** All groups that these members are in: those they were put into, and those that these are in. */
export async function groupsOf(
  tx: Tx,
  { tenantId, memberIds }: { tenantId: string; memberIds: readonly string[] },
): Promise<HeldGroup[]> {
  // No id is that of a person and of a group: ids carry what they name.
  const { rows } = await sql<HeldGroup>`
    with recursive up as (
      select member_id as origin, group_id, 1 as depth from group_members
        where tenant_id = ${tenantId} and member_id = any(${memberIds}::text[])
      union
      select up.origin, m.group_id, up.depth + 1 from up
        join group_members m on m.tenant_id = ${tenantId} and m.member_id = up.group_id
        where up.depth < ${GROUP_DEPTH_MAX}
    )
    select distinct up.origin as "memberId", g.id, g.organization_id as "organizationId", g.roles
      from up join groups g on g.tenant_id = ${tenantId} and g.id = up.group_id order by 1, 2`.execute(tx);
  return rows;
}

/** How deep groups are nested from here: upwards to the outermost, or downwards to the innermost. 0: not at all. */
export async function nesting(
  tx: Tx,
  { tenantId, groupId, towards }: { tenantId: string; groupId: string; towards: 'outside' | 'inside' },
): Promise<{ depth: number; ids: string[] }> {
  const [from, to] = towards === 'outside' ? ['member_id', 'group_id'] : ['group_id', 'member_id'];
  const { rows } = await sql<{ id: string; depth: number }>`
    with recursive walk as (
      select ${sql.ref(to)} as id, 1 as depth from group_members
        where tenant_id = ${tenantId} and ${sql.ref(from)} = ${groupId} and member_type = 'group'
      union
      select m.${sql.ref(to)}, walk.depth + 1 from walk
        join group_members m on m.tenant_id = ${tenantId} and m.${sql.ref(from)} = walk.id and m.member_type = 'group'
        where walk.depth <= ${GROUP_DEPTH_MAX}
    )
    select id, max(depth)::int as depth from walk group by id`.execute(tx);
  return { depth: Math.max(0, ...rows.map(({ depth }) => depth)), ids: rows.map(({ id }) => id) };
}

function groups(tx: Tx, tenantId: string) {
  return tx.withTables<DirectoryTables>().selectFrom('groups').selectAll().where('tenant_id', '=', tenantId);
}

function pageSize(limit: number | undefined): number {
  return Math.min(Math.max(limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
}
