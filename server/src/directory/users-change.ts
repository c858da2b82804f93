import { type IdSource, parse } from '#base';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { holdRoles } from './hold-roles.ts';
import type { UserStatus } from './tables.ts';
import { hasActiveAdministrator } from './users-find.ts';
import type { User } from './users-record.ts';
import { ADMINISTRATOR_ROLE, rolesSchema } from './users-schema.ts';
import { getLockedUser, type WhichUser, writeUser } from './users-write.ts';

/**
 * Lets a person in, or keeps them out. Disabling also ends every session begun so far, for good: enabling the account
 * again does not bring them back (ASVS 7.4.2).
 * @throws `user_not_found`, `last_administrator`, `person_not_managed`
 */
export async function setUserStatus(
  tx: Tx,
  deps: IdSource,
  { status, ...which }: WhichUser & { status: UserStatus },
): Promise<User> {
  const before = await getLockedUser(tx, which);
  if (before.status === status) return before;
  if (status === 'disabled') await refuseLastAdministrator(tx, before);
  return writeUser(tx, deps, which, {
    set: { status, ...(status === 'disabled' ? { sessions_not_before: deps.clock.now() } : {}) },
    event: status === 'disabled' ? 'user.disabled' : 'user.enabled',
    detail: {},
  });
}

/**
 * Replaces the roles that a person has in the whole tenant. Effective at the next request: roles are read with the
 * session, not kept in it.
 * @throws `invalid_input`, `role_not_found`, `user_not_found`, `last_administrator`, `account_managed`
 */
export async function setUserRoles(
  tx: Tx,
  deps: IdSource,
  { roles: input, ...which }: WhichUser & { roles: readonly string[] },
): Promise<User> {
  const roles = parse(rolesSchema, input);
  await holdRoles(tx, { tenantId: which.tenantId, roles });
  const before = await getLockedUser(tx, which);
  if (before.organizationId !== undefined && roles.length > 0) throw directoryErrors.account_managed();
  if (!roles.includes(ADMINISTRATOR_ROLE)) await refuseLastAdministrator(tx, before);
  return writeUser(tx, deps, which, {
    set: { roles },
    event: 'user.roles_changed',
    detail: { before: [...before.roles], after: roles },
  });
}

/** @throws `last_administrator` when nobody would be left who can let others in. */
export async function refuseLastAdministrator(tx: Tx, user: User): Promise<void> {
  if (user.status !== 'active' || !user.roles.includes(ADMINISTRATOR_ROLE)) return;
  const another = await hasActiveAdministrator(tx, { tenantId: user.tenantId, besides: user.id });
  if (!another) throw directoryErrors.last_administrator();
}
