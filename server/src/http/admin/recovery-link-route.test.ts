import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryWorld, openDirectoryWorld } from './directory-world.fixture.ts';

let world: DirectoryWorld;
beforeAll(async () => {
  world = await openDirectoryWorld();
});
afterAll(() => world.close());

const ask = (id: string, who?: string, body: object = { delivery: 'shown' }) =>
  world.call('POST', `/users/${id}/recovery-link`, body, who);

test('a link that is shown this once', async () => {
  const { id } = await world.person();
  expect(await ask(id)).toMatchObject({
    status: 200,
    body: { delivery: 'shown', link: expect.stringMatching(/\/recover\/password\?link=gh_ln_/) },
  });
  const { body } = await world.call('GET', `/audit/events?type=user.recovery_link_issued`);
  expect(body.items).toMatchObject([{ target: { id }, detail: { delivery: 'shown' } }]);
});

test('inside an organization for the accounts it manages, which may then not be ended from another', async () => {
  const own = await world.person({ organization: 'acme' });
  expect((await ask(own.id, world.inside('acme'))).status).toBe(200);
  expect(await ask(own.id, world.inside('bolt'))).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
  const guest = await world.person();
  await world.call('PUT', `/organizations/acme/members/${guest.id}`, { roles: [] });
  expect(await ask(guest.id, world.inside('acme'))).toMatchObject({
    status: 403,
    body: { code: 'person_not_managed' },
  });
});

test.each([
  ['somebody who may only look', 'viewer', { delivery: 'shown' }, 403, 'permission_missing'],
  ['somebody who asks for mail where there is none', 'administrator', {}, 409, 'recovery_mail_unavailable'],
  ['an unknown way', 'administrator', { delivery: 'by pigeon' }, 400, 'invalid_input'],
  ['a member that nobody knows', 'administrator', { delivery: 'shown', forever: true }, 400, 'invalid_input'],
])('%s', async (_, who, body, status, code) => {
  const { id } = await world.person();
  expect(await ask(id, who, body)).toMatchObject({ status, body: { code } });
});

test('the help desk does not recover an administrator', async () => {
  const { id } = await world.person({ roles: ['administrator'] });
  expect(await ask(id, 'help-desk')).toMatchObject({ status: 403, body: { code: 'person_beyond_own' } });
});
