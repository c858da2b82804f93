import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryWorld, openDirectoryWorld } from './directory-world.fixture.ts';

let world: DirectoryWorld;
beforeAll(async () => {
  world = await openDirectoryWorld();
});
afterAll(() => world.close());

test('nobody is signed in yet: an empty list, and none to end', async () => {
  const { id } = await world.person();
  expect(await world.call('GET', `/users/${id}/sessions`)).toMatchObject({ status: 200, body: { items: [] } });
  expect(await world.call('POST', `/users/${id}/sessions/end`, {})).toMatchObject({ status: 200, body: { ended: 0 } });
});

test.each([
  ['may only look', 'POST', '/sessions/end', 'viewer', 403],
  ['may not even look', 'GET', '/sessions', 'key-issuer', 403],
  ['asks for a session that is none', 'POST', '/sessions/nonsense/end', 'administrator', 404],
])('who %s', async (_, method, path, who, status) => {
  const { id } = await world.person();
  expect((await world.call(method, `/users/${id}${path}`, method === 'GET' ? undefined : {}, who)).status).toBe(status);
});

test('from inside an organization, only for the accounts it manages', async () => {
  const own = await world.person({ organization: 'acme' });
  const foreign = await world.person();
  const inside = world.inside('acme');
  expect((await world.call('GET', `/users/${own.id}/sessions`, undefined, inside)).status).toBe(200);
  for (const [method, path] of [
    ['GET', '/sessions'],
    ['POST', '/sessions/end'],
  ] as const) {
    const body = method === 'GET' ? undefined : {};
    expect((await world.call(method, `/users/${foreign.id}${path}`, body, inside)).status).toBe(404);
    expect((await world.call(method, `/users/${own.id}${path}`, body, world.inside('bolt'))).status).toBe(404);
  }
});

test.each([
  ['who may only look sees an empty list', '', 'viewer', 200],
  ['who may not even look', '', 'key-issuer', 403],
  ['a cursor of one\u2019s own making', '?cursor=abc', 'administrator', 400],
  ['a filter that nobody knows', '?colour=red', 'administrator', 400],
  ['a search for nothing', '?search=%20', 'administrator', 400],
])('everybody: %s', async (_, query, who, status) => {
  expect((await world.call('GET', `/sessions${query}`, undefined, who)).status).toBe(status);
});

test.each([
  ['who may', { everybody: true }, 'administrator', 200],
  ['who does not say so', {}, 'administrator', 400],
  ['who says no', { everybody: false }, 'administrator', 400],
  ['who may only look', { everybody: true }, 'viewer', 403],
])('everybody’s sessions are ended by %s', async (_, body, who, status) => {
  expect((await world.call('POST', '/sessions/end', body, who)).status).toBe(status);
});

test('an organization ends nobody else’s', async () => {
  expect((await world.call('POST', '/sessions/end', { everybody: true }, world.inside('acme'))).status).toBe(403);
});

test('an organization does not see everybody', async () => {
  expect((await world.call('GET', '/sessions', undefined, world.inside('acme'))).status).toBe(403);
});
