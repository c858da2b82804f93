import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryWorld, openDirectoryWorld } from './directory-world.fixture.ts';

let world: DirectoryWorld;
beforeAll(async () => {
  world = await openDirectoryWorld();
});
afterAll(() => world.close());

const REASON = { reason: 'an order is missing' };

test.each<[string, object, string, number, string]>([
  ['who may do everything with people', REASON, 'help-desk', 403, 'permission_missing'],
  ['who may only look', REASON, 'viewer', 403, 'permission_missing'],
  ['an API key', REASON, 'administrator', 403, 'impersonation_by_people'],
  ['without a reason', {}, 'administrator', 400, 'invalid_input'],
  ['with a reason that says nothing', { reason: '  ' }, 'administrator', 400, 'invalid_input'],
  ['for a day', { ...REASON, minutes: 1440 }, 'administrator', 400, 'invalid_input'],
  ['with a member that nobody knows', { ...REASON, silently: true }, 'administrator', 400, 'invalid_input'],
])('nobody acts for a person: %s', async (_, body, who, status, code) => {
  const { id } = await world.person();
  expect(await world.call('POST', `/users/${id}/impersonations`, body, who)).toMatchObject({ status, body: { code } });
});
