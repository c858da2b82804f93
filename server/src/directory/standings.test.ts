import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, resourcesMigrations, systemCaller } from '#resources';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { addMembership } from './memberships-change.ts';
import { directoryMigrations } from './migrations.ts';
import { organizationKind } from './organization-kind.ts';
import { holdOrganization } from './organizations.ts';
import { roleKind } from './role-kind.ts';
import { standingOf } from './standing.ts';
import { standingsOf } from './standings.ts';
import { createUser } from './users-create.ts';

const tenantId = DEFAULT_TENANT_ID;
const actor = systemPrincipal(tenantId, 'test');
const deps = { clock: fixedClock(), random: seededRandom() };
const people = new Map<string, string>();
const organizations = new Map<string, string>();
let store: TestStore;

/** Who is what in the tenant, and where else. */
const PEOPLE = {
  ada: { tenant: ['administrator'], northwind: ['reader'] },
  bob: { tenant: [], northwind: ['reader'], acme: ['owner'] },
  eve: { tenant: [], acme: ['owner'] },
  tom: { tenant: ['administrator'] },
} as Record<string, { tenant: string[]; northwind?: string[]; acme?: string[] }>;

beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations, directoryMigrations], deps);
  const documents = [
    ...['northwind', 'acme'].map((name) => ({ kind: 'organization', name, spec: { displayName: name } })),
    ...['reader', 'owner'].map((name) => ({
      kind: 'role',
      name,
      spec: { permissions: ['routes:read'] },
    })),
  ];
  const kinds = kindRegistry([roleKind, organizationKind]);
  const caller = systemCaller(tenantId, 'test');
  await applyResources({ store, ...deps }, { caller, documents: readPlainDocuments(kinds, documents) });
  await store.transaction({ tenantId }, async (tx) => {
    for (const name of ['northwind', 'acme']) {
      organizations.set(name, (await holdOrganization(tx, { tenantId, organization: name })).id);
    }
    for (const [name, { tenant, ...memberships }] of Object.entries(PEOPLE)) {
      const user = { tenantId, email: `${name}@example.com`, name, roles: tenant, actor };
      const { id: userId } = await createUser(tx, deps, user);
      people.set(name, userId);
      for (const [organization, roles] of Object.entries(memberships)) {
        const organizationId = organizations.get(organization) ?? '';
        await addMembership(tx, deps, { tenantId, organizationId, userId, actor, roles });
      }
    }
  });
});
afterAll(() => store.close());

test.each<[string, { wanted?: string; confined?: boolean }, { in?: string; roles: string[] } | undefined]>([
  ['ada', {}, { roles: ['administrator'] }],
  ['ada', { wanted: 'northwind' }, { in: 'northwind', roles: ['administrator', 'reader'] }],
  ['ada', { wanted: 'northwind', confined: true }, { in: 'northwind', roles: ['reader'] }],
  ['ada', { wanted: 'acme', confined: true }, undefined],
  ['bob', { wanted: 'northwind', confined: true }, { in: 'northwind', roles: ['reader'] }],
  ['bob', { wanted: 'acme', confined: true }, { in: 'acme', roles: ['owner'] }],
  // The only organization there is stands in for a choice, and for nothing else.
  ['eve', {}, { in: 'acme', roles: ['owner'] }],
  ['eve', { wanted: 'northwind', confined: true }, undefined],
  ['tom', { wanted: 'northwind', confined: true }, undefined],
])('%s, %j', async (name, { wanted, confined = false }, expected) => {
  const one = { userId: people.get(name) ?? '', wanted: organizations.get(wanted ?? ''), confined };
  const [standing] = await store.transaction({ tenantId }, (tx) => standingsOf(tx, { tenantId, people: [one] }));
  const { in: organization, roles } = expected ?? {};
  expect(standing?.roles).toEqual(roles);
  expect(standing?.organizationId).toBe(organizations.get(organization ?? ''));
});

test.each<[name: string, only: string | undefined, expected: { in?: string; roles: string[] }]>([
  ['ada', undefined, { roles: ['administrator'] }],
  ['ada', 'northwind', { in: 'northwind', roles: ['administrator', 'reader'] }],
  ['ada', 'acme', { roles: ['administrator'] }],
  ['bob', 'northwind', { in: 'northwind', roles: ['reader'] }],
  ['bob', 'acme', { in: 'acme', roles: ['owner'] }],
  // Asked about somewhere else, she is not what she is at home.
  ['eve', 'northwind', { roles: [] }],
  ['eve', undefined, { in: 'acme', roles: ['owner'] }],
])('%s, asked about in %s and in no other', async (name, organization, expected) => {
  const only = organization === undefined ? undefined : organizations.get(organization);
  const one = { tenantId, userId: people.get(name) ?? '', only };
  const standing = await store.transaction({ tenantId }, (tx) => standingOf(tx, one));
  expect(standing?.roles).toEqual(expected.roles);
  expect(standing?.organizationId).toBe(organizations.get(expected.in ?? ''));
});

test('nobody is of an organization of another tenant', async () => {
  const one = { tenantId, userId: people.get('eve') ?? '', only: 'org_elsewhere' };
  const standing = await store.transaction({ tenantId }, (tx) => standingOf(tx, one));
  expect([standing?.roles, standing?.organizationId]).toEqual([[], undefined]);
});
