import type { Principal } from '#base';
import { directoryErrors } from './errors.ts';
import { roleNotFound } from './hold-roles.ts';
import { beyondOwn, type Grant, type Roles } from './permissions-of.ts';

export interface OwnedGrant extends Grant {
  /** For whom the credential is to act, when not for itself. */
  owner?: { type: string; id: string };
}

/**
 * May this issuer hand these roles and scopes out with a credential? Nobody gives more than he holds, and to act for
 * somebody else takes everything: who that is, and what he may do, can change after the credential is made.
 * @throws `grant_beyond_own`, `role_not_found`.
 */
export function authorizeGrant(roles: Roles, issuer: Principal, grant: OwnedGrant): void {
  const { unknownRoles, permissions, scopes } = beyondOwn(roles, issuer, grant);
  if (unknownRoles.length > 0) throw roleNotFound(unknownRoles);
  const foreign = grant.owner !== undefined && grant.owner.id !== issuer.id ? beyondOwnOwner(roles, issuer) : [];
  const missing = [...new Set([...permissions, ...foreign, ...scopes])];
  if (missing.length === 0) return;
  const message = `You may not hand out more than you hold yourself: ${missing.slice(0, 20).join(', ')}.`;
  throw directoryErrors.grant_beyond_own({ message, details: { missing } });
}

function beyondOwnOwner(roles: Roles, issuer: Principal): string[] {
  return beyondOwn(roles, issuer, { scopes: ['*'] }).scopes;
}
