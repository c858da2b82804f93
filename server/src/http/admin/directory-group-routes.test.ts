import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyState, type DirectoryWorld, openDirectoryWorld } from './directory-world.fixture.ts';

let world: DirectoryWorld;
const call: DirectoryWorld['call'] = (...input) => world.call(...input);
const person: DirectoryWorld['person'] = (more) => world.person(more);
const inside: DirectoryWorld['inside'] = (...input) => world.inside(...input);

beforeAll(async () => {
  world = await openDirectoryWorld();
});
afterAll(() => world.close());

describe('groups', () => {
  let count = 0;
  const group = async (name: string, more: Record<string, unknown> = {}, who = 'administrator') =>
    (await call('POST', '/groups', { name: `${name} ${++count}`, ...more }, who)).body.id;
  const put = (groupId: string, memberId: string, who = 'administrator') =>
    call('PUT', `/groups/${groupId}/members/${memberId}`, undefined, who);

  test('are made, changed, given members and deleted', async () => {
    const made = await call('POST', '/groups', { name: 'Readers', roles: ['viewer'] });
    expect(made).toMatchObject({ status: 201, body: { name: 'Readers', roles: ['viewer'], organizationId: null } });
    const path = `/groups/${made.body.id}`;
    expect((await call('POST', '/groups', { name: 'Readers' })).body.code).toBe('group_name_taken');
    expect((await call('PATCH', path, { name: 'All' })).body.code).toBe('resource_precondition_missing');
    const changed = await call('PATCH', path, { name: 'All' }, 'administrator', { 'if-match': made.etag });
    expect(changed).toMatchObject({ status: 200, body: { name: 'All', roles: ['viewer'], version: 2 } });
    const { id } = await person();
    expect([(await put(made.body.id, id)).status, (await put(made.body.id, id)).status]).toEqual([204, 204]);
    expect((await call('GET', `${path}/members`)).body.items).toMatchObject([{ type: 'user', id }]);
    expect((await call('DELETE', `${path}/members/${id}`)).status).toBe(204);
    expect((await call('DELETE', `${path}/members/${id}`)).body.code).toBe('group_member_not_found');
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).body.code).toBe('group_not_found');
  });

  test('are nested eight deep and not deeper, and never in a circle', async () => {
    const ids: string[] = [];
    for (let depth = 0; depth < 9; depth += 1) ids.push(await group(`nested`));
    const nest = (outer: number, inner: number) => put(String(ids[outer]), String(ids[inner]));
    for (let depth = 0; depth < 7; depth += 1) expect((await nest(depth, depth + 1)).status).toBe(204);
    expect((await nest(7, 8)).body.code).toBe('group_too_deep');
    expect((await nest(7, 0)).body.code).toBe('group_cycle');
    expect((await nest(3, 3)).body.code).toBe('group_cycle');
  });

  test('two that are put into each other at once: one is refused', async () => {
    const [one, two] = [await group('a'), await group('b')];
    const codes = (await Promise.all([put(one, two), put(two, one)])).map(({ status }) => status);
    expect(codes.sort()).toEqual([204, 409]);
  });

  test.each<[string, () => Promise<string>, () => Promise<string>, string]>([
    [
      'an account that an organization manages, in a group of the tenant',
      () => group('tenant', { roles: ['viewer'] }),
      async () => (await person({ organization: 'acme' })).id,
      'account_managed',
    ],
    [
      'a stranger, in a group of an organization',
      () => group('acme', { organization: 'acme' }),
      async () => (await person()).id,
      'membership_not_found',
    ],
    [
      'a group of another organization',
      () => group('acme', { organization: 'acme' }),
      () => group('bolt', { organization: 'bolt' }),
      'group_member_unfit',
    ],
    ['nobody', () => group('a'), async () => `usr_${'0'.repeat(26)}`, 'user_not_found'],
    ['a role', () => group('a'), async () => 'rol_1', 'group_member_unfit'],
  ])('do not take %s', async (_name, outer, member, code) => {
    expect((await put(await outer(), await member())).body.code).toBe(code);
  });

  test('lift nobody up: neither by their roles, nor by those of the groups around them', async () => {
    const [outer, inner] = [await group('outer', { roles: ['administrator'] }), await group('inner')];
    await put(outer, inner);
    const { id } = await person();
    expect((await put(inner, id, 'help-desk')).body.code).toBe('grant_beyond_own');
    expect((await put(outer, await group('new'), 'help-desk')).body.code).toBe('grant_beyond_own');
    await put(inner, id);
    const taken = [
      await call('DELETE', `/groups/${inner}/members/${id}`, undefined, 'help-desk'),
      await call('DELETE', `/groups/${outer}`, undefined, 'help-desk'),
      await call('PATCH', `/groups/${outer}`, { roles: [] }, 'help-desk', anyState),
    ];
    for (const { body } of taken) expect(body.code).toBe('roles_beyond_own');
    // And who is in such a group is beyond the help desk himself.
    const refused = await call('PATCH', `/users/${id}`, { email: world.address() }, 'help-desk', anyState);
    expect(refused.body.code).toBe('person_beyond_own');
  });

  test('of another organization are not there', async () => {
    const other = await group('bolt', { organization: 'bolt' });
    const own = (await call('POST', '/groups', { name: 'Own' }, inside('acme'))).body;
    expect(own.organizationId).toBe(world.organizations.acme);
    expect((await call('GET', `/groups/${other}`, undefined, inside('acme'))).body.code).toBe('group_not_found');
    const { body } = await call('GET', '/groups', undefined, inside('acme'));
    expect(
      (body.items as { organizationId: string }[]).every((one) => one.organizationId === world.organizations.acme),
    ).toBe(true);
    const made = await call('POST', '/groups', { name: 'X', organization: 'bolt' }, inside('acme'));
    expect(made.body.code).toBe('organization_not_found');
  });
});

describe('service accounts', () => {
  test('are made, changed, disabled and deleted', async () => {
    const made = await call('POST', '/service-accounts', { name: 'ci', roles: ['viewer'] });
    expect(made).toMatchObject({ status: 201, body: { name: 'ci', status: 'active', organizationId: null } });
    const path = `/service-accounts/${made.body.id}`;
    expect((await call('POST', '/service-accounts', { name: 'ci' })).body.code).toBe('service_account_name_taken');
    const inAcme = await call('POST', '/service-accounts', { name: 'ci' }, inside('acme'));
    expect(inAcme.body.organizationId).toBe(world.organizations.acme);
    const changed = await call('PATCH', path, { roles: [] }, 'administrator', { 'if-match': made.etag });
    expect(changed).toMatchObject({ status: 200, body: { roles: [], version: 2 } });
    expect((await call('POST', `${path}/disable`)).body.status).toBe('disabled');
    expect((await call('GET', `${path}/keys`)).body.items).toEqual([]);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).body.code).toBe('service_account_not_found');
  });

  test('that may do more are nobody’s to change, and no greater role is given', async () => {
    const { id } = (await call('POST', '/service-accounts', { name: 'root', roles: ['administrator'] })).body;
    const answers = [
      await call('PATCH', `/service-accounts/${id}`, { description: 'x' }, 'help-desk', anyState),
      await call('POST', `/service-accounts/${id}/disable`, undefined, 'help-desk'),
      await call('DELETE', `/service-accounts/${id}`, undefined, 'help-desk'),
    ];
    for (const { body } of answers) expect(body.code).toBe('roles_beyond_own');
    const made = await call('POST', '/service-accounts', { name: 'y', roles: ['administrator'] }, 'help-desk');
    expect(made.body.code).toBe('grant_beyond_own');
  });
});
