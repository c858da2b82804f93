import type { Principal } from '#base';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { GROUPS_OF_MEMBER_MAX } from './group-record.ts';
import { groupsOf, type HeldGroup } from './groups-find.ts';
import type { Membership } from './membership-record.ts';
import { membershipsOf } from './memberships-find.ts';
import { findUser } from './users-find.ts';
import type { User } from './users-record.ts';

/** A person as they act at this moment: in which organization, with which roles. */
export interface Standing<Person = User> {
  user: Person;
  /** The active organization, when the person acts inside one. */
  organizationId?: string;
  /** Of the tenant, and of the active organization. */
  roles: readonly string[];
  /** Ids of the groups of the tenant and of the active organization that the person is in. */
  groups: readonly string[];
}

/**
 * What a person is at this moment. Read with every request of a session and for every token, never kept: a change counts
 * at once. `wanted` is the organization the person chose for the session; one they no longer belong to is no choice.
 * `only` is the one that somebody else asks about: who does not belong to it stands outside, in no other in its place.
 * @throws `groups_too_many`: leaving some out could leave out what is forbidden to a group.
 */
export async function standingOf(
  tx: Tx,
  {
    tenantId,
    userId,
    wanted,
    only,
  }: { tenantId: string; userId: string; wanted?: string | undefined; only?: string | undefined },
): Promise<Standing | undefined> {
  const user = await findUser(tx, { tenantId, id: userId });
  if (user === undefined) return undefined;
  const held = await groupsOf(tx, { tenantId, memberIds: [userId] });
  const all = await membershipsOf(tx, { tenantId, userId });
  if (only === undefined) return standWith(user, { held, memberships: all, wanted });
  return standWith(user, {
    held,
    memberships: all.filter(({ organizationId }) => organizationId === only),
    wanted: only,
  });
}

/** The same from what was read already. */
export function standWith<Person extends Pick<User, 'roles'>>(
  user: Person,
  {
    held,
    memberships,
    wanted,
    confined = false,
  }: {
    held: readonly HeldGroup[];
    memberships: readonly Membership[];
    wanted: string | undefined;
    /** To the organization that is wanted: what the person is in the tenant is left out. */
    confined?: boolean;
  },
): Standing<Person> {
  const ofTenant = confined ? [] : held.filter(({ organizationId }) => organizationId === null);
  const own = confined ? [] : [...user.roles, ...ofTenant.flatMap(({ roles }) => roles)];
  const active = activeMembership({ roles: own }, memberships, wanted);
  const ofOrganization = held.filter(({ organizationId }) => organizationId === active?.organizationId);
  const groups = [...ofTenant, ...ofOrganization];
  if (groups.length > GROUPS_OF_MEMBER_MAX) throw directoryErrors.groups_too_many();
  const given = [...own, ...(active?.roles ?? []), ...ofOrganization.flatMap(({ roles }) => roles)];
  return {
    user,
    ...(active === undefined ? {} : { organizationId: active.organizationId }),
    roles: [...new Set(given)].sort(),
    groups: groups.map(({ id }) => id),
  };
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
export function standingClaims({
  organizationId,
  roles,
  groups,
}: Omit<Standing, 'user'>): Pick<Principal, 'roles' | 'groups' | 'organizationId'> {
  return {
    roles,
    ...(groups.length === 0 ? {} : { groups }),
    ...(organizationId === undefined ? {} : { organizationId }),
  };
}
