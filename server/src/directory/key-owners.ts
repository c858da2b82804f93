import type { Principal } from '#base';
import type { Tx } from '#store';
import { GROUPS_OF_MEMBER_MAX } from './group-record.ts';
import { groupsOf, type HeldGroup } from './groups-find.ts';
import { beyondOwn, type Roles } from './permissions-of.ts';
import type { DirectoryTables } from './tables.ts';

/** For whom a key acts, and in which organization, if in one. */
interface Place {
  tenantId: string;
  type: 'user' | 'service_account';
  id: string;
  organizationId?: string;
}

interface StandingThere {
  roles: readonly string[];
  groups: readonly string[];
}

/**
 * What owners of keys may do at this moment, in the order asked: nothing (undefined) for who is disabled, gone, or does not
 * belong to the organization. Under the system scope, for all tenants at once.
 */
export async function standingOfOwners(tx: Tx, places: readonly Place[]): Promise<(StandingThere | undefined)[]> {
  const found = new Map<Place, StandingThere>();
  for (const [tenantId, some] of Map.groupBy(places, (place) => place.tenantId)) {
    const held = Map.groupBy(await groupsOf(tx, { tenantId, memberIds: idsOf(some) }), ({ memberId }) => memberId);
    const people = await rolesOfPeople(tx, tenantId, some);
    const accounts = await rolesOfServiceAccounts(tx, tenantId, some);
    for (const place of some) {
      const roles = (place.type === 'user' ? people : accounts)(place);
      const standing = roles && withGroups(place, roles, held.get(place.id) ?? []);
      if (standing !== undefined) found.set(place, standing);
    }
  }
  return places.map((place) => found.get(place));
}

/** Too many to be told apart are none at all: leaving some out could leave out what is forbidden to a group. */
function withGroups({ organizationId }: Place, roles: readonly string[], held: HeldGroup[]): StandingThere | undefined {
  const here = held.filter((group) => group.organizationId === null || group.organizationId === organizationId);
  if (here.length > GROUPS_OF_MEMBER_MAX) return undefined;
  return { roles: [...roles, ...here.flatMap((group) => group.roles)], groups: here.map(({ id }) => id) };
}

type RolesThere = (place: Place) => readonly string[] | undefined;

async function rolesOfPeople(tx: Tx, tenantId: string, places: readonly Place[]): Promise<RolesThere> {
  const ids = idsOf(places.filter(({ type }) => type === 'user'));
  if (ids.length === 0) return () => undefined;
  const db = tx.withTables<DirectoryTables>();
  const users = await db
    .selectFrom('users')
    .select(['id', 'roles'])
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'active')
    .where('id', 'in', ids)
    .execute();
  const memberships = await db
    .selectFrom('memberships')
    .select(['user_id', 'organization_id', 'roles'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', 'in', ids)
    .execute();
  const ofTenant = new Map(users.map(({ id, roles }) => [id, roles]));
  const there = new Map(memberships.map((row) => [`${row.user_id} ${row.organization_id}`, row.roles]));
  return ({ id, organizationId }) => {
    const own = ofTenant.get(id);
    if (own === undefined || organizationId === undefined) return own;
    const given = there.get(`${id} ${organizationId}`);
    return given && [...own, ...given];
  };
}

async function rolesOfServiceAccounts(tx: Tx, tenantId: string, places: readonly Place[]): Promise<RolesThere> {
  const ids = idsOf(places.filter(({ type }) => type === 'service_account'));
  if (ids.length === 0) return () => undefined;
  const rows = await tx
    .withTables<DirectoryTables>()
    .selectFrom('service_accounts')
    .select(['id', 'roles', 'organization_id'])
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'active')
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ({ id, organizationId }) => {
    const row = byId.get(id);
    return row !== undefined && (row.organization_id ?? undefined) === organizationId ? row.roles : undefined;
  };
}

const idsOf = (places: readonly Place[]) => [...new Set(places.map(({ id }) => id))];

/**
 * What of a key its owner could still hand out: a key is never worth more than whoever it acts for, whatever either was
 * when it was made. Scopes that an administrator gave stay as they are; those that a person gave himself have to be his.
 */
export function narrowToOwner(
  roles: Roles,
  place: Place,
  standing: StandingThere,
  key: { roles: readonly string[]; scopes: readonly string[]; byOwner: boolean },
): { roles: readonly string[]; scopes: readonly string[] } {
  const owner: Principal = { ...place, ...standing, scopes: [], credential: { type: 'internal', id: 'owner' } };
  const isHeld = (grant: { roles: string[] } | { scopes: string[] }) => {
    const beyond = beyondOwn(roles, owner, grant);
    return beyond.unknownRoles.length + beyond.permissions.length + beyond.scopes.length === 0;
  };
  const scopesAreHis = key.byOwner && place.type === 'user';
  return {
    roles: key.roles.filter((role) => isHeld({ roles: [role] })),
    scopes: scopesAreHis ? key.scopes.filter((scope) => isHeld({ scopes: [scope] })) : key.scopes,
  };
}
