import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, newId, type Principal, parse } from '#base';
import { type Expected, resourceTag } from '#resources';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { authorizeGrant } from './authorize-grant.ts';
import { demandCurrent, demandCurrentIfAsked } from './demand-current.ts';
import { directoryErrors } from './errors.ts';
import { type Group, toGroup } from './group-record.ts';
import { groupUpdateSchema, newGroupSchema } from './group-schema.ts';
import { getGroup } from './groups-find.ts';
import { holdRoles } from './hold-roles.ts';
import { holdOrganization } from './organizations.ts';
import { type AdministrationDeps, demandHeld } from './power-over.ts';
import type { DirectoryTables } from './tables.ts';

interface Which {
  tenantId: string;
  id: string;
  actor: Principal;
}

/** @throws `invalid_input`, `organization_not_found`, `role_not_found`, `grant_beyond_own`, `group_name_taken` */
export async function createGroup(
  tx: Tx,
  deps: AdministrationDeps,
  input: { tenantId: string; actor: Principal } & {
    name: string;
    description?: string;
    roles?: readonly string[];
    /** By name or id. Without one, a group of the tenant; of the actor's organization, when he acts inside one. */
    organization?: string;
  },
): Promise<Group> {
  const { tenantId, actor, organization = actor.organizationId, ...rest } = input;
  const { name, description, roles } = parse(newGroupSchema, rest);
  const organizationId =
    organization === undefined ? null : (await holdOrganization(tx, { tenantId, organization })).id;
  authorizeGrant(deps.roles, actor, { roles });
  await holdRoles(tx, { tenantId, roles });
  const now = deps.clock.now();
  const row = await tx
    .withTables<DirectoryTables>()
    .insertInto('groups')
    .values({
      tenant_id: tenantId,
      id: newId('group', deps),
      organization_id: organizationId,
      name,
      description,
      roles,
      version: 1,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.group_name_taken();
  const group = toGroup(row);
  await tellOfGroup(tx, deps, group, { actor, type: 'group.created', detail: { roles } });
  return group;
}

export interface GroupUpdate {
  name?: string | undefined;
  description?: string | undefined;
  roles?: readonly string[] | undefined;
}

/**
 * @throws `group_not_found`, `invalid_input`, `role_not_found`, `grant_beyond_own`, `roles_beyond_own`, `group_name_taken`, and
 *   those of `demandCurrent`.
 */
export async function updateGroup(
  tx: Tx,
  deps: AdministrationDeps,
  { expected, update: input, ...which }: Which & { update: GroupUpdate; expected?: Expected | undefined },
): Promise<Group> {
  const { tenantId, actor } = which;
  const update = parse(groupUpdateSchema, input);
  const before = await lockGroup(tx, which);
  const { name = before.name, description = before.description, roles = [...before.roles] } = update;
  const same = name === before.name && description === before.description && isDeepStrictEqual(roles, before.roles);
  if (same) return before;
  demandCurrent({ tag: resourceTag(before), version: before.version }, expected);
  authorizeGrant(deps.roles, actor, { roles: roles.filter((role) => !before.roles.includes(role)) });
  demandHeld(
    deps,
    actor,
    before.roles.filter((role) => !roles.includes(role)),
  );
  await holdRoles(tx, { tenantId, roles });
  if (name !== before.name && (await isNameTaken(tx, before, name))) throw directoryErrors.group_name_taken();
  const row = await tx
    .withTables<DirectoryTables>()
    .updateTable('groups')
    .set({ name, description, roles, updated_at: deps.clock.now(), version: sql<number>`version + 1` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const detail = { before: [...before.roles], after: roles };
  await tellOfGroup(tx, deps, before, { actor, type: 'group.updated', detail });
  return toGroup(row);
}

/** @throws `group_not_found`, `roles_beyond_own`, `resource_changed` */
export async function deleteGroup(
  tx: Tx,
  deps: AdministrationDeps,
  { expected, ...which }: Which & { expected?: Expected | undefined },
): Promise<void> {
  const { tenantId, id, actor } = which;
  const before = await lockGroup(tx, which);
  demandCurrentIfAsked({ tag: resourceTag(before), version: before.version }, expected);
  demandHeld(deps, actor, before.roles);
  const db = tx.withTables<DirectoryTables>();
  await db.deleteFrom('group_members').where('tenant_id', '=', tenantId).where('member_id', '=', id).execute();
  await db.deleteFrom('groups').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  await tellOfGroup(tx, deps, before, { actor, type: 'group.deleted', detail: { roles: [...before.roles] } });
}

async function lockGroup(tx: Tx, { tenantId, id }: Which): Promise<Group> {
  const db = tx.withTables<DirectoryTables>();
  await db
    .selectFrom('groups')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .forUpdate()
    .execute();
  return getGroup(tx, { tenantId, id });
}

async function isNameTaken(tx: Tx, { tenantId, organizationId, id }: Group, name: string): Promise<boolean> {
  const { rows } = await sql`select from groups where tenant_id = ${tenantId} and name = ${name} and id <> ${id}
    and organization_id is not distinct from ${organizationId ?? null}`.execute(tx);
  return rows.length > 0;
}

/** To the audit log, and to whoever holds what people may do in memory. */
export async function tellOfGroup(
  tx: Tx,
  deps: IdSource,
  { tenantId, organizationId, id, name }: Group,
  event: { actor: Principal; type: DirectoryAuditEvent; detail: Record<string, string | string[]> },
): Promise<void> {
  await recordEvent(tx, deps, {
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    target: { type: 'group', id, name },
    ...event,
  });
  await recordChange(tx, {
    tenantId,
    topic: 'group',
    id,
    operation: event.type === 'group.deleted' ? 'delete' : 'put',
  });
}
