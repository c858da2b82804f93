import { recordEvent } from '#audit';
import { type IdSource, type Principal, parse } from '#base';
import { recordChange, type Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { directoryErrors } from './errors.ts';
import { holdRoles } from './hold-roles.ts';
import type { DirectoryTables, UserStatus } from './tables.ts';
import { getUser, hasActiveAdministrator, isAdministrator } from './users-find.ts';
import { toUser, type User } from './users-record.ts';
import { ADMINISTRATOR_ROLE, rolesSchema } from './users-schema.ts';

interface Which {
  tenantId: string;
  id: string;
  actor: Principal;
}

/**
 * Lets a person in, or keeps them out. Disabling also ends every session begun so far, for good: enabling the account
 * again does not bring them back (ASVS 7.4.2).
 * @throws `user_not_found`, `last_administrator`
 */
export async function setUserStatus(
  tx: Tx,
  deps: IdSource,
  { status, ...which }: Which & { status: UserStatus },
): Promise<User> {
  const before = await getLockedUser(tx, which);
  if (before.status === status) return before;
  if (status === 'disabled') await refuseLastAdministrator(tx, before);
  const now = deps.clock.now();
  return change(tx, deps, which, {
    set: { status, updated_at: now, ...(status === 'disabled' ? { sessions_not_before: now } : {}) },
    event: status === 'disabled' ? 'user.disabled' : 'user.enabled',
    detail: {},
  });
}

/**
 * Replaces the roles of a person. Effective at the next request: roles are read with the session, not kept in it.
 * @throws `invalid_input`, `role_not_found`, `user_not_found`, `last_administrator`
 */
export async function setUserRoles(
  tx: Tx,
  deps: IdSource,
  { roles: input, ...which }: Which & { roles: readonly string[] },
): Promise<User> {
  const roles = parse(rolesSchema, input);
  await holdRoles(tx, { tenantId: which.tenantId, roles });
  const before = await getLockedUser(tx, which);
  if (!roles.includes(ADMINISTRATOR_ROLE)) await refuseLastAdministrator(tx, before);
  return change(tx, deps, which, {
    set: { roles, updated_at: deps.clock.now() },
    event: 'user.roles_changed',
    detail: { before: [...before.roles], after: roles },
  });
}

/**
 * Locks every administrator's row, in one order, before looking: two administrators who remove each other at once would
 * otherwise both see the other still there.
 */
async function getLockedUser(tx: Tx, { tenantId, id }: Which): Promise<User> {
  await tx
    .withTables<DirectoryTables>()
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('id', '=', id), isAdministrator]))
    .orderBy('id')
    .forUpdate()
    .execute();
  return getUser(tx, { tenantId, id });
}

async function refuseLastAdministrator(tx: Tx, user: User): Promise<void> {
  if (user.status !== 'active' || !user.roles.includes(ADMINISTRATOR_ROLE)) return;
  const another = await hasActiveAdministrator(tx, { tenantId: user.tenantId, besides: user.id });
  if (!another) throw directoryErrors.last_administrator();
}

async function change(
  tx: Tx,
  deps: IdSource,
  { tenantId, id, actor }: Which,
  update: {
    set: { status?: UserStatus; roles?: string[]; sessions_not_before?: number; updated_at: number };
    event: DirectoryAuditEvent;
    detail: { before?: string[]; after?: string[] };
  },
): Promise<User> {
  const row = await tx
    .withTables<DirectoryTables>()
    .updateTable('users')
    .set(update.set)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.user_not_found();
  await recordEvent(tx, deps, {
    tenantId,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    type: update.event,
    actor,
    target: { type: 'user', id, name: row.name },
    detail: update.detail,
  });
  await recordChange(tx, { tenantId, topic: 'user', id, operation: 'put' });
  return toUser(row);
}
