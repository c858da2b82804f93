import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryWorld, openDirectoryWorld } from './directory-world.fixture.ts';

let world: DirectoryWorld;
beforeAll(async () => {
  world = await openDirectoryWorld();
});
afterAll(() => world.close());

test('somebody new has nothing yet', async () => {
  const { id } = await world.person();
  expect(await world.call('GET', `/users/${id}/factors`, undefined, 'viewer')).toMatchObject({
    status: 200,
    body: { password: false, totpSince: null, passkeys: [], recoveryCodes: 0 },
  });
});

test.each([
  ['may only look', 'viewer', '/totp', 403, 'permission_missing'],
  ['removes an app that is not there', 'administrator', '/totp', 404, 'passkey_not_found'],
  ['removes a passkey that is not there', 'administrator', '/passkeys/nonsense', 404, 'passkey_not_found'],
  ['helps somebody else', 'help-desk', '/passkeys/nonsense', 404, 'passkey_not_found'],
])('who %s', async (_, who, path, status, code) => {
  const { id } = await world.person();
  expect(await world.call('DELETE', `/users/${id}/factors${path}`, undefined, who)).toMatchObject({
    status,
    body: { code },
  });
});

test('the help desk leaves the factors of an administrator alone', async () => {
  const { id } = await world.person({ roles: ['administrator'] });
  expect(await world.call('DELETE', `/users/${id}/factors/totp`, undefined, 'help-desk')).toMatchObject({
    status: 403,
    body: { code: 'person_beyond_own' },
  });
});

test('from inside an organization, only for the accounts it manages', async () => {
  const own = await world.person({ organization: 'acme' });
  const foreign = await world.person();
  const inside = world.inside('acme');
  expect((await world.call('GET', `/users/${own.id}/factors`, undefined, inside)).status).toBe(200);
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', '/totp'],
    ['DELETE', '/passkeys/nonsense'],
  ] as const) {
    expect((await world.call(method, `/users/${foreign.id}/factors${path}`, undefined, inside)).status).toBe(404);
    expect((await world.call(method, `/users/${own.id}/factors${path}`, undefined, world.inside('bolt'))).status).toBe(
      404,
    );
  }
});
