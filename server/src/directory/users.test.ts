import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditMigrations, listEvents } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal } from '#base';
import {
  applyResources,
  deleteResource,
  getResource,
  kindRegistry,
  readPlainDocuments,
  resourcesMigrations,
  systemCaller,
} from '#resources';
import type { Change, Tx } from '#store';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { directoryMigrations } from './migrations.ts';
import { organizationKind } from './organization-kind.ts';
import { roleKind } from './role-kind.ts';
import { createServiceAccount, findServiceAccount, listServiceAccounts } from './service-accounts.ts';
import { setUserRoles, setUserStatus } from './users-change.ts';
import { createUser, type NewUser } from './users-create.ts';
import { emailKey, isEmail } from './users-email.ts';
import { findUserByEmail, getUser, hasActiveAdministrator } from './users-find.ts';
import { listUsers, type UserMark, type UserOrder } from './users-list.ts';

const tenantId = DEFAULT_TENANT_ID;
const otherTenantId = 'ten_00000000000000000000000001';
const actor = systemPrincipal(tenantId, 'test');
const clock = fixedClock();
const deps = { clock, random: seededRandom() };
let store: TestStore;

const kinds = kindRegistry([roleKind, organizationKind]);
const caller = systemCaller(tenantId, 'test');
const applyRoles = (names: readonly string[]) =>
  applyResources(
    { store, ...deps },
    {
      caller,
      documents: readPlainDocuments(
        kinds,
        names.map((name) => ({ kind: 'role', name, spec: { permissions: ['routes:read'] } })),
      ),
    },
  );
const deleteRole = (name: string) => deleteResource({ store, ...deps }, { caller, kind: roleKind, name });

const run = <T>(work: (tx: Tx) => Promise<T>, tenant: string = tenantId) =>
  store.transaction({ tenantId: tenant }, work);
const create = (input: Partial<NewUser> = {}, tenant: string = tenantId) =>
  run(
    (tx) => createUser(tx, deps, { tenantId: tenant, email: 'ada@example.com', name: 'Ada', actor, ...input }),
    tenant,
  );

beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations, directoryMigrations], { clock });
  await applyRoles(['a', 'b']);
});
afterAll(() => store.close());
beforeEach(async () => {
  await store.transaction({ system: true }, async (tx) => {
    const db = tx.withTables<{ users: { id: string }; service_accounts: { id: string } }>();
    await db.deleteFrom('users').execute();
    await db.deleteFrom('service_accounts').execute();
  });
});

describe('what makes two addresses one', () => {
  test.each([
    ['Ada@Example.COM', 'ada@example.com', true],
    ['jose\u0301@example.com', 'josé@example.com', true],
    ['ÅSA@example.com', 'åsa@example.com', true],
    ['a.da@example.com', 'ada@example.com', false],
    ['ada+work@example.com', 'ada@example.com', false],
    ['oﬀice@example.com', 'office@example.com', false],
    ['аda@example.com', 'ada@example.com', false],
    ['straße@example.com', 'strasse@example.com', false],
  ])('%s and %s: %s', (left, right, same) => expect(emailKey(left) === emailKey(right)).toBe(same));
});

describe('an e-mail address', () => {
  test.each([
    'ada@example.com',
    'ada.b+c@sub.example.co.uk',
    'ada@localhost',
    'δοκιμή@παράδειγμα.δοκιμή',
    "o'brien@example.com",
  ])('%s is one', (email) => expect(isEmail(email)).toBe(true));
  test.each([
    '',
    'ada',
    'ada@',
    '@example.com',
    'a@b@c',
    'a b@example.com',
    'ada@exa mple.com',
    'ada@example..com',
    'ada@.example.com',
    'ada@example.com\u0000',
    'ada@example.com\r\nBcc: x@y.z',
    '<ada@example.com>',
    'ada@example.com,eve@example.com',
    `${'a'.repeat(250)}@b.co`,
    `${'é'.repeat(125)}@example.com`,
  ])('%j is none', (email) => expect(isEmail(email)).toBe(false));
});

describe('createUser', () => {
  test('makes an active person and tells the audit log and the change feed, all at once', async () => {
    const heard: Change[] = [];
    const stop = store.changes.subscribe(['user'], (changes) => void heard.push(...changes));
    const user = await create({ email: ' Ada@Example.com ', name: ' Ada Lovelace ', roles: ['b', 'a', 'b'] });
    expect(user).toMatchObject({ email: 'Ada@Example.com', name: 'Ada Lovelace', roles: ['a', 'b'], status: 'active' });
    expect(user.id).toMatch(/^usr_/);
    const { items } = await listEvents({ store }, { tenantId, limit: 500 });
    expect(items.map(({ type, target }) => [type, target.id])).toContainEqual(['user.created', user.id]);
    await store.changes.caughtUp();
    stop();
    expect(heard).toEqual([expect.objectContaining({ topic: 'user', id: user.id, operation: 'put', tenantId })]);
  });

  test('refuses an address that differs only in case, and writes nothing', async () => {
    await create();
    await expect(create({ email: 'ADA@EXAMPLE.COM' })).rejects.toMatchObject({ code: 'email_taken' });
    expect((await run((tx) => listUsers(tx, { tenantId }))).items).toHaveLength(1);
  });

  test('the same address may be in another tenant', async () => {
    await create();
    await expect(create({}, otherTenantId)).resolves.toMatchObject({ tenantId: otherTenantId });
  });

  test('of twenty at once with one address exactly one wins', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => create()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test.each([
    ['no address', { email: 'ada' }, 'email'],
    ['an empty name', { name: '  ' }, 'name'],
    ['a name with NUL', { name: 'Ada\u0000' }, 'name'],
    ['a name out of bounds', { name: 'a'.repeat(201) }, 'name'],
    ['a role with capitals', { roles: ['Admin'] }, 'roles.0'],
    ['too many roles', { roles: Array.from({ length: 201 }, (_, index) => `r${index}`) }, 'roles'],
    ['an unknown field', { isAdmin: true }, 'isAdmin'],
  ])('refuses %s', async (_, input, path) => {
    await expect(create(input as Partial<NewUser>)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [expect.objectContaining({ path })],
    });
  });
});

describe('finding', () => {
  test.each(['ADA@example.com', ' ada@example.com '])('%j finds the person', async (email) => {
    const { id } = await create();
    expect(await run((tx) => findUserByEmail(tx, { tenantId, email }))).toMatchObject({ id });
  });
  test.each(['eve@example.com', '', 'ada@example.com\u0000', "' or 1=1 --", '%@example.com'])(
    '%j finds nobody',
    async (email) => {
      await create();
      expect(await run((tx) => findUserByEmail(tx, { tenantId, email }))).toBeUndefined();
    },
  );
  test('a person of another tenant is not found, not even by the right id', async () => {
    const { id } = await create({}, otherTenantId);
    await expect(run((tx) => getUser(tx, { tenantId, id }))).rejects.toMatchObject({ code: 'user_not_found' });
    await expect(run((tx) => getUser(tx, { tenantId: otherTenantId, id }))).rejects.toMatchObject({
      code: 'user_not_found',
    });
  });
  test.each<[UserOrder, readonly number[]]>([
    [{}, [0, 1, 2, 3, 4]],
    [{ descending: true }, [4, 3, 2, 1, 0]],
    // Two of one name, whose ids decide.
    [{ sort: 'name' }, [1, 0, 2, 3, 4]],
    [{ sort: 'name', descending: true }, [4, 3, 2, 0, 1]],
    [{ sort: 'email' }, [4, 3, 2, 1, 0]],
    [{ sort: 'email', descending: true }, [0, 1, 2, 3, 4]],
  ])('pages in the order %o are complete and don’t overlap', async (order, expected) => {
    for (const [index, name] of ['bea', 'Ada', 'Bea', 'cleo', 'Dora'].entries()) {
      clock.advance(1);
      await create({ email: `u${9 - index}@example.com`, name });
    }
    const seen: string[] = [];
    let after: UserMark | undefined;
    do {
      const from = after;
      const page = await run((tx) => listUsers(tx, { tenantId, limit: 2, ...order, ...(from && { after: from }) }));
      seen.push(...page.items.map(({ email }) => email));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(expected.map((index) => `u${9 - index}@example.com`));
  });
});

describe('status and roles', () => {
  test('disabling moves the moment before which sessions count no more; enabling leaves it', async () => {
    const { id } = await create();
    clock.advance(1000);
    const disabled = await run((tx) => setUserStatus(tx, deps, { tenantId, id, status: 'disabled', actor }));
    expect(disabled).toMatchObject({ status: 'disabled', sessionsNotBefore: clock.now() });
    clock.advance(1000);
    const enabled = await run((tx) => setUserStatus(tx, deps, { tenantId, id, status: 'active', actor }));
    expect(enabled).toMatchObject({ status: 'active', sessionsNotBefore: disabled.sessionsNotBefore });
  });

  test.each([
    ['disabled', (tx: Tx, id: string) => setUserStatus(tx, deps, { tenantId, id, status: 'disabled', actor })],
    ['stripped of the role', (tx: Tx, id: string) => setUserRoles(tx, deps, { tenantId, id, roles: [], actor })],
  ])('the last administrator can’t be %s', async (_, change) => {
    const { id } = await create({ roles: ['administrator'] });
    await expect(run((tx) => change(tx, id))).rejects.toMatchObject({ code: 'last_administrator' });
    await create({ email: 'eve@example.com', roles: ['administrator'] });
    await expect(run((tx) => change(tx, id))).resolves.toMatchObject({ id });
    expect(await run((tx) => hasActiveAdministrator(tx, { tenantId }))).toBe(true);
  });

  test('two administrators who remove each other at once: one stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [first, second] = await Promise.all([
        create({ email: `a${round}@example.com`, roles: ['administrator'] }),
        create({ email: `b${round}@example.com`, roles: ['administrator'] }),
      ]);
      const outcomes = await Promise.allSettled(
        [first, second].map(({ id }) => run((tx) => setUserRoles(tx, deps, { tenantId, id, roles: [], actor }))),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      await run((tx) => tx.withTables<{ users: { id: string } }>().deleteFrom('users').execute());
    }
  });

  test('nobody is not found', async () => {
    await expect(
      run((tx) => setUserStatus(tx, deps, { tenantId, id: 'usr_0', status: 'disabled', actor })),
    ).rejects.toMatchObject({ code: 'user_not_found' });
  });
});

describe('service accounts', () => {
  const createAccount = (name: string) =>
    run((tx) => createServiceAccount(tx, deps, { tenantId, name, roles: ['administrator'], actor }));

  test('are made once per name, found and listed', async () => {
    const account = await createAccount('local-cli');
    expect(account.id).toMatch(/^svc_/);
    await expect(createAccount('local-cli')).rejects.toMatchObject({ code: 'service_account_name_taken' });
    expect(await run((tx) => findServiceAccount(tx, { tenantId, name: 'local-cli' }))).toEqual(account);
    expect(await run((tx) => listServiceAccounts(tx, { tenantId }))).toEqual({ items: [account] });
  });
  test('an administrator among them is no person who could sign in', async () => {
    await createAccount('local-cli');
    expect(await run((tx) => hasActiveAdministrator(tx, { tenantId }))).toBe(false);
  });
});

describe('a role and those who have it', () => {
  const roles = ['a', 'later'];

  test('a role that does not exist is given to nobody: whoever made it later would decide what they may', async () => {
    const user = await create();
    for (const give of [
      () => create({ email: 'eve@example.com', roles }),
      () => run((tx) => setUserRoles(tx, deps, { tenantId, id: user.id, roles, actor })),
      () => run((tx) => createServiceAccount(tx, deps, { tenantId, name: 'ci', roles, actor })),
    ]) {
      await expect(give()).rejects.toMatchObject({
        code: 'role_not_found',
        fields: [{ path: 'roles', message: 'no role "later"' }],
      });
    }
  });

  test('stays while anybody has it, the disabled and service accounts too', async () => {
    await applyRoles(['used']);
    const { id } = await create({ roles: ['used'] });
    await run((tx) => setUserStatus(tx, deps, { tenantId, id, status: 'disabled', actor }));
    await run((tx) => createServiceAccount(tx, deps, { tenantId, name: 'ci', roles: ['used', 'a'], actor }));
    await expect(deleteRole('used')).rejects.toMatchObject({
      code: 'resource_referenced',
      message:
        'The role "used" is still in use: users (1), service accounts (1). Take it from them, or end them, first.',
      details: {
        uses: [
          { by: 'users', count: 1 },
          { by: 'service accounts', count: 1 },
        ],
      },
    });
    await store.transaction({ system: true }, (tx) =>
      tx.withTables<{ service_accounts: { id: string } }>().deleteFrom('service_accounts').execute(),
    );
    await run((tx) => setUserRoles(tx, deps, { tenantId, id, roles: [], actor }));
    await deleteRole('used');
  });

  test('given and deleted at once: one of the two is refused', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = `race-${round}`;
      await applyRoles([name]);
      const [deleted, given] = await Promise.allSettled([
        deleteRole(name),
        create({ email: `race${round}@example.com`, roles: [name] }),
      ]);
      expect([deleted.status, given.status].sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  test('an organization stays while it has people', async () => {
    const documents = readPlainDocuments(kinds, [
      { kind: 'organization', name: 'acme', spec: { displayName: 'Acme' } },
    ]);
    await applyResources({ store, ...deps }, { caller, documents });
    const { id } = await getResource({ store }, { tenantId, kind: organizationKind, name: 'acme' });
    await create({ organizationId: id });
    const refused = deleteResource({ store, ...deps }, { caller, kind: organizationKind, name: 'acme' });
    await expect(refused).rejects.toMatchObject({ code: 'resource_referenced' });
  });
});
