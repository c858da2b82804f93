import type { Principal } from '#base';
import { commonPermissions, type PermissionSet, permissionSet } from './permissions.ts';
import type { RoleSpec } from './role-kind.ts';

/** The roles as they are now: a `ResourceSnapshot` of the role kind. */
export interface Roles {
  get(tenantId: string, name: string): { readonly spec: RoleSpec } | undefined;
}

const NONE = permissionSet([]);

type Holder = Pick<Principal, 'tenantId' | 'type' | 'roles' | 'scopes' | 'credential'>;

/**
 * What a principal may do in the Admin API: all that his roles say. A role that does not exist (any more) gives nothing.
 * An access token was given to an application, for the scopes that its person was shown: with it, nothing beyond those
 * (RFC 6749 §3.3), whatever the person may do besides.
 */
export function permissionsOf(
  roles: Roles,
  { tenantId, type, roles: names, scopes, credential }: Holder,
): PermissionSet {
  if (type === 'anonymous') return NONE;
  const own = permissionSet(names.flatMap((name) => roles.get(tenantId, name)?.spec.permissions ?? []));
  return credential.type === 'access_token' ? commonPermissions(own, permissionSet(scopes)) : own;
}

/** What is to be handed out with a credential. */
export interface Grant {
  roles?: readonly string[];
  scopes?: readonly string[];
}

/**
 * What of `grant` goes beyond what the issuer holds himself; empty when he may hand it out. A scope counts as held when
 * his permissions include it or his own credential carries it. A role that does not exist can't be handed out: whoever
 * creates it later would decide what it means.
 */
export function beyondOwn(
  roles: Roles,
  issuer: Holder,
  grant: Grant,
): { unknownRoles: string[]; permissions: string[]; scopes: string[] } {
  const own = issuer.type === 'system' ? permissionSet(['*']) : permissionsOf(roles, issuer);
  const unknownRoles: string[] = [];
  const permissions = new Set<string>();
  for (const name of grant.roles ?? []) {
    const role = roles.get(issuer.tenantId, name);
    if (role === undefined) unknownRoles.push(name);
    for (const permission of role?.spec.permissions ?? []) if (!own.includes(permission)) permissions.add(permission);
  }
  const scopes = (grant.scopes ?? []).filter((scope) => !own.includes(scope) && !issuer.scopes.includes(scope));
  return { unknownRoles, permissions: [...permissions].sort(), scopes };
}
