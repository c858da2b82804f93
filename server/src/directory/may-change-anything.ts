import type { Roles } from './permissions-of.ts';
import type { User } from './users-record.ts';

/**
 * Is this an administrator: somebody with a role, from wherever, that lets them change something in the Admin API? One of
 * an organization is, and so is one by a group; whoever may only look is not.
 */
export function mayChangeAnything(
  roles: Roles,
  { tenantId, rolesAnywhere }: Pick<User, 'tenantId' | 'rolesAnywhere'>,
): boolean {
  const permissions = rolesAnywhere.flatMap((name) => roles.get(tenantId, name)?.spec.permissions ?? []);
  return permissions.some((permission) => !permission.endsWith(':read'));
}
