import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { systemPrincipal } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, resourcesMigrations, systemCaller } from '#resources';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { addGroupMember } from './group-members.ts';
import { createGroup } from './groups-change.ts';
import { narrowToOwner, standingOfOwners } from './key-owners.ts';
import { addMembership, removeMembership } from './memberships-change.ts';
import { directoryMigrations } from './migrations.ts';
import { organizationKind } from './organization-kind.ts';
import type { Roles } from './permissions-of.ts';
import { roleKind } from './role-kind.ts';
import { createServiceAccount } from './service-accounts.ts';
import { setServiceAccountStatus } from './service-accounts-change.ts';
import { standingOf } from './standing.ts';
import { setUserStatus } from './users-change.ts';
import { createUser } from './users-create.ts';

const tenantId = 'ten_1';
const actor = systemPrincipal(tenantId, 'test');
const specs: Record<string, { permissions: string[]; inOrganizations?: true }> = {
  administrator: { permissions: ['*'] },
  keys: { permissions: ['keys:*'] },
  news: { permissions: ['news:read'] },
  doctor: { permissions: [] },
};
const roles: Roles = {
  get: (_tenant, name) => (specs[name] === undefined ? undefined : { spec: specs[name] }),
};
const deps = { clock: fixedClock(), random: seededRandom(), roles };
let store: TestStore;
let acme: string;
let count = 0;

const run = <T>(work: (tx: Parameters<Parameters<TestStore['transaction']>[1]>[0]) => Promise<T>) =>
  store.transaction({ tenantId }, work);
const person = (given: string[] = []) =>
  run((tx) => createUser(tx, deps, { tenantId, actor, email: `p${++count}@example.com`, name: 'Ada', roles: given }));
const standing = async (id: string, organizationId?: string, type: 'user' | 'service_account' = 'user') =>
  (
    await store.transaction({ system: true }, (tx) =>
      standingOfOwners(tx, [{ tenantId, type, id, ...(organizationId === undefined ? {} : { organizationId }) }]),
    )
  )[0];

beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations, directoryMigrations]);
  const kinds = kindRegistry([roleKind, organizationKind]);
  const documents = readPlainDocuments(kinds, [
    { kind: 'organization', name: 'acme', spec: { displayName: 'Acme' } },
    ...['keys', 'news', 'doctor'].map((name) => ({ kind: 'role', name, spec: specs[name] })),
  ]);
  await applyResources({ store, ...deps }, { caller: systemCaller(tenantId, 'test'), documents });
  const { rows } = await store.transaction({ tenantId }, async (tx) => ({
    rows: await tx
      .withTables<{ resources: { id: string; kind: string } }>()
      .selectFrom('resources')
      .select('id')
      .where('kind', '=', 'organization')
      .execute(),
  }));
  acme = String(rows[0]?.id);
});
afterAll(() => store.close());

describe('what an owner may do where', () => {
  test('a person: in the tenant, in an organization with what it gives besides, nowhere else', async () => {
    const { id: userId } = await person(['news']);
    await run((tx) => addMembership(tx, deps, { tenantId, organizationId: acme, userId, roles: ['keys'], actor }));
    expect(await standing(userId)).toEqual({ roles: ['news'], groups: [] });
    expect(await standing(userId, acme)).toEqual({ roles: ['news', 'keys'], groups: [] });
    expect(await standing(userId, 'org_else')).toBeUndefined();
    await run((tx) => removeMembership(tx, deps, { tenantId, organization: 'acme', userId, actor }));
    expect(await standing(userId, acme)).toBeUndefined();
  });

  test('through groups, and the groups these are in: those of an organization only inside it', async () => {
    const { id } = await person();
    await run((tx) => addMembership(tx, deps, { tenantId, organizationId: acme, userId: id, roles: [], actor }));
    const make = (name: string, given: string[], organization?: string) =>
      run((tx) =>
        createGroup(tx, deps, { tenantId, actor, name, roles: given, ...(organization ? { organization } : {}) }),
      );
    const [outer, inner] = [await make('outer', ['news']), await make('inner', [])];
    const own = await make('own', ['keys'], 'acme');
    const put = (groupId: string, memberId: string) =>
      run((tx) => addGroupMember(tx, deps, { tenantId, groupId, memberId, actor }));
    await put(outer.id, inner.id);
    await put(inner.id, id);
    await put(own.id, id);
    expect(await standing(id)).toEqual({
      roles: expect.arrayContaining(['news']),
      groups: [outer.id, inner.id].sort(),
    });
    expect((await standing(id, acme))?.groups.toSorted()).toEqual([outer.id, inner.id, own.id].sort());
    // The same as for a session.
    const session = await run((tx) => standingOf(tx, { tenantId, userId: id, wanted: acme }));
    expect(session).toMatchObject({ organizationId: acme, roles: ['keys', 'news'] });
    expect(session?.groups.toSorted()).toEqual([outer.id, inner.id, own.id].sort());
    expect((await run((tx) => standingOf(tx, { tenantId, userId: id })))?.organizationId).toBeUndefined();
  });

  test('nobody who is disabled, or not there', async () => {
    const { id } = await person(['news']);
    await run((tx) => setUserStatus(tx, deps, { tenantId, id, status: 'disabled', actor }));
    expect(await standing(id)).toBeUndefined();
    expect(await standing('usr_none')).toBeUndefined();
    expect(await standing(id, undefined, 'service_account')).toBeUndefined();
  });

  test('a service account: where it belongs, while it is enabled', async () => {
    const make = (name: string, organization?: string) =>
      run((tx) => createServiceAccount(tx, deps, { tenantId, actor, name, roles: ['keys'], organization }));
    const [ofTenant, ofAcme] = [await make('one'), await make('two', 'acme')];
    const asked = (id: string, organizationId?: string) => standing(id, organizationId, 'service_account');
    expect(await asked(ofTenant.id)).toEqual({ roles: ['keys'], groups: [] });
    expect(await asked(ofTenant.id, acme)).toBeUndefined();
    expect(await asked(ofAcme.id, acme)).toEqual({ roles: ['keys'], groups: [] });
    expect(await asked(ofAcme.id)).toBeUndefined();
    const change = { tenantId, id: ofTenant.id, actor, status: 'disabled' } as const;
    await run((tx) => setServiceAccountStatus(tx, deps, change));
    expect(await asked(ofTenant.id)).toBeUndefined();
  });
});

describe('what is left of a key', () => {
  const place = { tenantId, type: 'user', id: 'usr_1' } as const;
  const inAcme = { ...place, organizationId: 'org_acme' };
  const all = ['administrator', 'keys', 'news', 'doctor', 'gone'];
  test.each([
    ['of an administrator', place, ['administrator'], ['administrator', 'keys', 'news', 'doctor']],
    ['of one role', place, ['news'], ['news']],
    ['of a role worth its name alone', place, ['doctor'], ['doctor']],
    ['of somebody demoted', place, [], []],
    ['of an administrator of an organization', inAcme, ['administrator'], ['administrator']],
  ])('%s', (_name, where, held, left) => {
    const key = { roles: all, scopes: [], byOwner: true };
    expect(narrowToOwner(roles, where, { roles: held, groups: [] }, key).roles).toEqual(left);
  });

  test.each([
    ['that a person gave himself', place, true, ['news'], ['news:read']],
    ['that he could not give now', place, true, [], []],
    ['that an administrator gave', place, false, [], ['news:read', 'other:write']],
    ['of a service account', { ...place, type: 'service_account' as const }, true, [], ['news:read', 'other:write']],
    ['that somebody gave himself who is all in an organization', inAcme, true, ['administrator'], []],
  ])('scopes %s', (_name, where, byOwner, held, left) => {
    const key = { roles: [], scopes: ['news:read', 'other:write'], byOwner };
    expect(narrowToOwner(roles, where, { roles: held, groups: [] }, key).scopes).toEqual(left);
  });
});
