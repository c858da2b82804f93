import type { Principal } from '#base';
import { commonPermissions, type PermissionSet, permissionSet } from './permissions.ts';
import type { RoleSpec } from './role-kind.ts';

/** The roles as they are now: a `ResourceSnapshot` of the role kind. */
export interface Roles {
  get(tenantId: string, name: string): { readonly spec: RoleSpec } | undefined;
}

const NONE = permissionSet([]);

type Holder = Pick<Principal, 'tenantId' | 'type' | 'roles' | 'scopes' | 'credential' | 'organizationId'>;

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
  const own = ownPermissions(roles, issuer);
  const unknownRoles: string[] = [];
  const permissions = new Set<string>();
  for (const name of grant.roles ?? []) {
    const role = roles.get(issuer.tenantId, name);
    if (role === undefined) unknownRoles.push(name);
    else for (const missing of roleBeyond(own, issuer, name, role.spec)) permissions.add(missing);
  }
  const holds = scopesToGive(own, issuer);
  const scopes = (grant.scopes ?? []).filter((scope) => !holds(scope));
  return { unknownRoles, permissions: [...permissions].sort(), scopes };
}

/** Which scopes of APIs somebody with these permissions may hand out. */
export function scopesToGive(
  own: PermissionSet,
  issuer: Pick<Holder, 'organizationId' | 'scopes'>,
): (scope: string) => boolean {
  // Scopes are the APIs': inside an organization, everything (`*`) is nothing of them.
  const reach = issuer.organizationId === undefined ? own : permissionSet(own.patterns.filter((held) => held !== '*'));
  // `*` in a token is "what its person may do", and no scope of an API that could be passed on.
  const carried = issuer.scopes.filter((scope) => scope !== '*');
  return (scope) => reach.includes(scope) || carried.includes(scope);
}

/** What these roles allow and the issuer may not do. A role that does not exist (any more) allows nothing. */
export function permissionsBeyond(roles: Roles, issuer: Holder, names: readonly string[]): string[] {
  const own = ownPermissions(roles, issuer);
  const wanted = names.flatMap((name) => roles.get(issuer.tenantId, name)?.spec.permissions ?? []);
  return permissionSet(wanted).patterns.filter((permission) => !own.includes(permission));
}

function ownPermissions(roles: Roles, issuer: Holder): PermissionSet {
  return issuer.type === 'system' ? permissionSet(['*']) : permissionsOf(roles, issuer);
}

/**
 * APIs behind the gateway ask for roles by name, so a name is worth something even where its permissions are not. Who has
 * the role may pass it on; an application that acts for him may not. In the tenant, so may who can write roles. Inside an
 * organization everything (`*`) means everything of that organization, and its roles are those that the tenant says.
 */
function roleBeyond(own: PermissionSet, issuer: Holder, name: string, spec: RoleSpec): string[] {
  const missing = spec.permissions.filter((permission) => !own.includes(permission));
  if (missing.length > 0) return missing;
  if (issuer.roles.includes(name) && issuer.credential.type !== 'access_token') return [];
  if (issuer.organizationId !== undefined) return spec.inOrganizations === true ? [] : [`role:${name}`];
  return spec.permissions.length > 0 || own.includes('roles:write') ? [] : [`role:${name}`];
}
