import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { systemPrincipal } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, resourcesMigrations, systemCaller } from '#resources';
import type { Tx } from '#store';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { addGroupMember } from './group-members.ts';
import { createGroup } from './groups-change.ts';
import { mayChangeAnything } from './may-change-anything.ts';
import { putMembership } from './memberships-change.ts';
import { directoryMigrations } from './migrations.ts';
import { organizationKind } from './organization-kind.ts';
import { roleKind } from './role-kind.ts';
import { createUser } from './users-create.ts';
import { findUser, findUserByEmail } from './users-find.ts';

const tenantId = 'ten_1';
const actor = systemPrincipal(tenantId, 'test');
const specs = {
  keeper: { permissions: ['people:write'], inOrganizations: true },
  onlooker: { permissions: ['*:read'], inOrganizations: true },
};
const roles = {
  get: (_: string, name: string) => {
    const spec = (specs as Record<string, { permissions: string[] }>)[name];
    return spec && { spec };
  },
};
const clock = fixedClock();
const deps = { clock, random: seededRandom(), roles };
let store: TestStore;
let count = 0;
const run = <T>(work: (tx: Tx) => Promise<T>) => store.transaction({ tenantId }, work);

beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations, directoryMigrations], { clock });
  const documents = readPlainDocuments(kindRegistry([roleKind, organizationKind]), [
    { kind: 'organization', name: 'acme', spec: { displayName: 'Acme' } },
    { kind: 'organization', name: 'bolt', spec: { displayName: 'Bolt' } },
    ...Object.entries(specs).map(([name, spec]) => ({ kind: 'role', name, spec })),
  ]);
  await applyResources({ store, ...deps }, { caller: systemCaller(tenantId, 'test'), documents });
});
afterAll(() => store?.close());

interface Holding {
  tenant?: string[];
  member?: string[];
  group?: string[];
  organizationGroup?: string[];
  outerGroup?: string[];
}

async function personWith(holding: Holding): Promise<{ id: string; email: string }> {
  const email = `p${++count}@example.com`;
  return run(async (tx) => {
    const { id } = await createUser(tx, deps, { tenantId, email, name: 'P', roles: holding.tenant ?? [], actor });
    const join = (organization: string, given: readonly string[]) =>
      putMembership(tx, deps, { tenantId, organization, userId: id, roles: [...given], actor });
    // Of two, so that neither is the active one by itself.
    await join('acme', holding.member ?? []);
    await join('bolt', []);
    const group = async (name: string, given: string[], memberId: string, organization?: string) => {
      const made = await createGroup(tx, deps, {
        tenantId,
        name: `${name}-${count}`,
        roles: given,
        actor,
        ...(organization === undefined ? {} : { organization }),
      });
      await addGroupMember(tx, deps, { tenantId, groupId: made.id, memberId, actor });
      return made.id;
    };
    const inner = await group('inner', holding.group ?? [], id);
    await group('outer', holding.outerGroup ?? [], inner);
    await group('organization', holding.organizationGroup ?? [], id, 'acme');
    return { id, email };
  });
}

test.each<[string, Holding, boolean]>([
  ['by a role of the tenant', { tenant: ['keeper'] }, true],
  ['by a role in an organization that is not the active one', { member: ['keeper'] }, true],
  ['by a group', { group: ['keeper'] }, true],
  ['by a group that the group is in', { outerGroup: ['keeper'] }, true],
  ['by a group of an organization', { organizationGroup: ['keeper'] }, true],
  ['by nothing', {}, false],
  ['by roles that only look', { tenant: ['onlooker'], member: ['onlooker'], group: ['onlooker'] }, false],
])('an administrator %s', async (_, holding, expected) => {
  const { id, email } = await personWith(holding);
  const found = await run(async (tx) => [
    await findUser(tx, { tenantId, id }),
    await findUserByEmail(tx, { tenantId, email }),
  ]);
  for (const user of found) expect(user && mayChangeAnything(roles, user)).toBe(expected);
});
