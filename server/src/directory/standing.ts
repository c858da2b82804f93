import type { Principal } from '#base';
import type { Tx } from '#store';
import type { Membership } from './membership-record.ts';
import { membershipsOf } from './memberships-find.ts';
import { findUser } from './users-find.ts';
import type { User } from './users-record.ts';

/** A person as they act at this moment: in which organization, with which roles. */
export interface Standing {
  user: User;
  /** The active organization, when the person acts inside one. */
  organizationId?: string;
  /** Of the tenant, and of the active organization. */
  roles: readonly string[];
}

/**
 * What a person is at this moment. Read with every request of a session and for every token, never kept: a change counts
 * at once. `wanted` is the organization the person chose for the session; one they no longer belong to is no choice.
 */
export async function standingOf(
  tx: Tx,
  { tenantId, userId, wanted }: { tenantId: string; userId: string; wanted?: string | undefined },
): Promise<Standing | undefined> {
  const user = await findUser(tx, { tenantId, id: userId });
  if (user === undefined) return undefined;
  const active = activeMembership(user, await membershipsOf(tx, { tenantId, userId }), wanted);
  const roles = [...new Set([...user.roles, ...(active?.roles ?? [])])].sort();
  return { user, ...(active === undefined ? {} : { organizationId: active.organizationId }), roles };
}

/**
 * The organization chosen; without a choice, the only one there is. Somebody who has roles of the tenant acts in the tenant
 * until they choose: otherwise joining an organization would take them out of it.
 */
export function activeMembership(
  user: Pick<User, 'roles'>,
  memberships: readonly Membership[],
  wanted: string | undefined,
): Membership | undefined {
  const chosen = memberships.find(({ organizationId }) => organizationId === wanted);
  if (chosen !== undefined) return chosen;
  return user.roles.length === 0 && memberships.length === 1 ? memberships[0] : undefined;
}

/** What of a principal follows from where a person stands. */
export function standingClaims({ organizationId, roles }: Standing): Pick<Principal, 'roles' | 'organizationId'> {
  return { roles, ...(organizationId === undefined ? {} : { organizationId }) };
}
