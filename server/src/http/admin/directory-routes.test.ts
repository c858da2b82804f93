import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, anyState, type DirectoryWorld, openDirectoryWorld } from './directory-world.fixture.ts';

let world: DirectoryWorld;
const call: DirectoryWorld['call'] = (...input) => world.call(...input);
const person: DirectoryWorld['person'] = (more) => world.person(more);
const inside: DirectoryWorld['inside'] = (...input) => world.inside(...input);

beforeAll(async () => {
  world = await openDirectoryWorld();
});
afterAll(() => world.close());

describe('a person', () => {
  test('is added, read, changed, disabled, let in and erased', async () => {
    const email = world.address();
    const made = await call('POST', '/users', { email, name: 'Ada', roles: ['viewer'], attributes: { level: 3 } });
    expect(made).toMatchObject({
      status: 201,
      body: { email, emailVerified: false, roles: ['viewer'], attributes: { level: 3 }, status: 'active', version: 1 },
    });
    const path = `/users/${made.body.id}`;
    const change = { name: 'Ada L.', emailVerified: true, attributes: { department: 'lab' } };
    const changed = await call('PATCH', path, change, 'administrator', { 'if-match': made.etag });
    expect(changed).toMatchObject({ status: 200, body: { ...change, email, roles: ['viewer'], version: 2 } });
    expect((await call('GET', path)).etag).toBe(changed.etag);
    expect((await call('POST', `${path}/disable`)).body.status).toBe('disabled');
    expect((await call('POST', `${path}/enable`)).body.status).toBe('active');
    expect((await call('DELETE', path)).status).toBe(204);
    expect(await call('GET', path)).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
    const { body } = await call('GET', `/audit/events?targetId=${made.body.id}`);
    const events = body.items as { type: string }[];
    expect(events.map(({ type }) => type)).toEqual([
      'user.deleted',
      'user.enabled',
      'user.disabled',
      'user.updated',
      'user.created',
    ]);
    expect(JSON.stringify(events)).not.toMatch(/Ada|example\.com/);
  });

  test('a new address is unconfirmed, and the same in other letters is no new one', async () => {
    const { id, email } = await person({ emailVerified: true });
    const same = await call('PATCH', `/users/${id}`, { email: String(email).toUpperCase() }, 'administrator', anyState);
    expect(same.body.emailVerified).toBe(true);
    const other = await call('PATCH', `/users/${id}`, { email: world.address() }, 'administrator', anyState);
    expect(other.body.emailVerified).toBe(false);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['an attribute nobody declared', { attributes: { shoeSize: 44 } }, 'attributes.shoeSize'],
    ['a value that is not among those', { attributes: { department: 'kitchen' } }, 'attributes.department'],
    ['a text for a number', { attributes: { level: '3' } }, 'attributes.level'],
    ['a number out of bounds', { attributes: { level: 10 } }, 'attributes.level'],
    ['half a number', { attributes: { level: 1.5 } }, 'attributes.level'],
    ['too many', { attributes: { teams: ['a', 'b', 'c'] } }, 'attributes.teams'],
    ['something nested', { attributes: { level: { of: 1 } } }, 'attributes.level'],
    ['an unknown field', { admin: true }, 'admin'],
    ['a role that is none', { roles: ['Later'] }, 'roles.0'],
    ['an empty name', { name: ' ' }, 'name'],
  ])('refused: %s', async (_name, input, path) => {
    const refused = await call('POST', '/users', { email: world.address(), name: 'Ada', ...input });
    expect(refused).toMatchObject({ status: 400, body: { fields: [expect.objectContaining({ path })] } });
  });

  test.each<[string, string | undefined, number, string]>([
    ['without saying what was seen', undefined, 428, 'resource_precondition_missing'],
    ['who saw an older state', '"usr_0.1"', 412, 'resource_changed'],
    ['who meant to make one', '-', 412, 'resource_exists'],
  ])('is not changed by somebody %s', async (_name, tag, status, code) => {
    const { id } = await person();
    const headers = tag === '-' ? { 'if-none-match': '*' } : tag === undefined ? {} : { 'if-match': tag };
    const refused = await call('PATCH', `/users/${id}`, { name: 'Eve' }, 'administrator', headers);
    expect(refused).toMatchObject({ status, body: { code } });
    expect((await call('GET', `/users/${id}`)).body.name).toBe('Ada');
  });

  test('is found by words of the name or address, by status and by organization', async () => {
    const { id } = await person({ name: 'Zoë 100%_\\ Quine', organization: 'acme' });
    const found = async (query: string) =>
      ((await call('GET', `/users?${query}`)).body.items as { id: string }[]).map((item) => item.id);
    expect(await found('search=100%25_%5C')).toEqual([id]);
    expect(await found('search=QUINE&status=active&organization=acme')).toEqual([id]);
    expect(await found('search=quine&organization=bolt')).toEqual([]);
    expect(await found('search=quine&status=disabled')).toEqual([]);
    expect(await found('search=%25quine')).toEqual([id]);
    expect(await found('search=uine')).toEqual([]);
    expect(await call('GET', '/users?organization=nowhere')).toMatchObject({ status: 404 });
  });
});

describe('nobody lifts himself or others up', () => {
  let boss: string;
  beforeEach(async () => {
    boss = (await person({ roles: ['administrator'] })).id;
    await person({ roles: ['administrator'] });
  });

  test.each<[string, string, (id: string) => string, unknown]>([
    ['changes the address of an administrator', 'PATCH', (id) => `/users/${id}`, { email: 'mine@example.com' }],
    ['disables an administrator', 'POST', (id) => `/users/${id}/disable`, undefined],
    ['erases an administrator', 'DELETE', (id) => `/users/${id}`, undefined],
    ['takes the role of an administrator', 'PATCH', (id) => `/users/${id}`, { roles: [] }],
  ])('who may do less %s', async (_name, method, path, body) => {
    const refused = await call(method, path(boss), body, 'help-desk', anyState);
    expect(refused).toMatchObject({ status: 403, body: { code: 'person_beyond_own' } });
  });

  test('somebody who is administrator of an organization alone is beyond the help desk too', async () => {
    const { id } = await person();
    await call('PUT', `/organizations/acme/members/${id}`, { roles: ['administrator'] });
    const refused = await call('PATCH', `/users/${id}`, { email: world.address() }, 'help-desk', anyState);
    expect(refused.body.code).toBe('person_beyond_own');
    const demoted = await call('PUT', `/organizations/acme/members/${id}`, { roles: [] }, 'help-desk', anyState);
    expect(demoted.body.code).toBe('person_beyond_own');
  });

  test.each<[string, string, string, string[], number]>([
    ['a greater role', 'help-desk', 'grant_beyond_own', ['viewer'], 403],
    ['a role that only its name is worth', 'help-desk', 'grant_beyond_own', ['doctor'], 403],
    ['a role that does not exist', 'administrator', 'role_not_found', ['later'], 400],
  ])('%s is not given: %s', async (_name, who, code, roles, status) => {
    const { id } = await person();
    const answers = [
      await call('POST', '/users', { email: world.address(), name: 'Eve', roles }, who),
      await call('PATCH', `/users/${id}`, { roles }, who, anyState),
      await call('PUT', `/organizations/acme/members/${id}`, { roles }, who),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status, body: { code } });
  });
});

describe('an organization', () => {
  let managed: string;
  let guest: string;
  let stranger: string;
  beforeEach(async () => {
    managed = (await person({ organization: 'acme' })).id;
    guest = (await person()).id;
    stranger = (await person({ organization: 'bolt' })).id;
    await call('PUT', `/organizations/acme/members/${guest}`, { roles: ['member'] });
  });

  test('sees its people and nobody else, and of them only what is its own', async () => {
    await call('PUT', `/organizations/bolt/members/${guest}`, {});
    const { body } = await call('GET', '/users?limit=500', undefined, inside('acme'));
    const ids = (body.items as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([managed, guest]));
    expect(ids).not.toContain(stranger);
    const seen = await call('GET', `/users/${guest}`, undefined, inside('acme'));
    expect(seen.body.organizationIds).toEqual([world.organizations.acme]);
    const places = await call('GET', `/users/${guest}/memberships`, undefined, inside('acme'));
    expect(places.body.items).toHaveLength(1);
  });

  test('changes and ends the accounts it manages', async () => {
    const changed = await call('PATCH', `/users/${managed}`, { name: 'Bea' }, inside('acme'), anyState);
    expect(changed).toMatchObject({ status: 200, body: { name: 'Bea' } });
    expect((await call('POST', `/users/${managed}/disable`, undefined, inside('acme'))).status).toBe(200);
    expect((await call('DELETE', `/users/${managed}`, undefined, inside('acme'))).status).toBe(204);
  });

  test.each<[string, string, (id: string) => string, unknown, number, string]>([
    ['changes nobody it does not manage', 'PATCH', (id) => `/users/${id}`, { name: 'Eve' }, 403, 'person_not_managed'],
    ['disables nobody', 'POST', (id) => `/users/${id}/disable`, undefined, 403, 'person_not_managed'],
    ['erases nobody', 'DELETE', (id) => `/users/${id}`, undefined, 403, 'person_not_managed'],
    ['moves no address', 'PATCH', (id) => `/users/${id}`, { email: 'x@example.com' }, 403, 'email_change_refused'],
    ['adds nobody', 'POST', () => '/users', { email: 'y@example.com', name: 'Y' }, 403, 'outside_organization'],
  ])('%s', async (_name, method, path, body, status, code) => {
    expect(await call(method, path(guest), body, inside('acme'), anyState)).toMatchObject({ status, body: { code } });
  });

  test('reaches nobody of another, whatever it tries: as if there were none', async () => {
    const nobody = `usr_${'0'.repeat(26)}`;
    const tries = async (id: string, organization: string) => [
      await call('GET', `/users/${id}`, undefined, inside('acme')),
      await call('PATCH', `/users/${id}`, { name: 'Eve' }, inside('acme'), anyState),
      await call('POST', `/users/${id}/disable`, undefined, inside('acme')),
      await call('DELETE', `/users/${id}`, undefined, inside('acme')),
      await call('PUT', `/organizations/acme/members/${id}`, { roles: [] }, inside('acme')),
      await call('PUT', `/organizations/${organization}/members/${id}`, { roles: [] }, inside('acme')),
      await call('GET', `/organizations/${organization}/members`, undefined, inside('acme')),
    ];
    const told = (answers: Answer[]) => answers.map(({ status, body }) => [status, body.code, body.detail]);
    expect(told(await tries(stranger, 'bolt'))).toEqual(told(await tries(nobody, 'nowhere')));
  });

  test('gives the roles that the tenant says and that its administrator holds, no others', async () => {
    const give = (roles: string[], who = inside('acme')) =>
      call('PUT', `/organizations/acme/members/${managed}`, { roles }, who, anyState);
    expect((await give(['member'])).status).toBe(200);
    expect((await give(['administrator'])).status).toBe(200);
    expect((await give(['doctor'])).body.code).toBe('grant_beyond_own');
    expect((await give(['viewer'])).body.code).toBe('grant_beyond_own');
    expect((await give(['member'], inside('acme', 'help-desk'))).body.code).toBe('person_beyond_own');
  });

  test('manages nobody who belongs to a second one, or who has roles of the tenant', async () => {
    await call('PUT', `/organizations/bolt/members/${managed}`, {});
    expect((await call('GET', `/users/${managed}`)).body.managedBy).toBeNull();
    const refused = await call('PATCH', `/users/${managed}`, { name: 'Eve' }, inside('acme'), anyState);
    expect(refused.body.code).toBe('person_not_managed');
    const lifted = await call('PATCH', `/users/${stranger}`, { roles: ['viewer'] }, 'administrator', anyState);
    expect(lifted.body.code).toBe('account_managed');
  });

  test('ends a membership, but not of an account that has no other place', async () => {
    const end = (id: string) => call('DELETE', `/organizations/acme/members/${id}`, undefined, inside('acme'));
    expect((await end(guest)).status).toBe(204);
    expect((await end(guest)).body.code).toBe('membership_not_found');
    expect((await end(managed)).body.code).toBe('account_managed_here');
  });

  test('stays while it has people', async () => {
    const refused = await call('DELETE', '/organizations/acme');
    expect(refused.body.code).toBe('resource_referenced');
  });
});
