import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Principal } from '#base';
import { oauthErrors } from '#oauth';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';
import { userApplicationRoutes } from './user-application-routes.ts';

const ALICE = 'usr_alice';
const WALLET = { id: 'cli_1', clientId: 'wallet', displayName: 'Wallet', scopes: ['openid'], since: 1000 };

/** Who uses it. */
const people = new Set([ALICE]);
let control: TestControlServer;
let ended: { userId: string; id: string; actor: Principal }[] = [];
beforeAll(async () => {
  const oauth = {
    connectedApplications: async ({ userId }: { userId: string }) => (people.has(userId) ? [WALLET] : []),
    disconnectApplication: async (input: { userId: string; id: string; actor: Principal }) => {
      if (!people.has(input.userId) || input.id !== WALLET.id) throw oauthErrors.application_not_connected();
      ended.push(input);
    },
  };
  control = await openTestControlServer({ plugins: (store) => [userApplicationRoutes({ store, oauth })] });
});
afterAll(() => control.close());
beforeEach(() => {
  ended = [];
});

const call = async (method: 'GET' | 'DELETE', path: string, who?: string) => {
  const headers = who === undefined ? {} : { authorization: `Bearer ${who}` };
  const response = await control.server.inject({ method, url: `/api/v1/users/${path}`, headers });
  return { status: response.statusCode, body: response.body === '' ? undefined : JSON.parse(response.body) };
};
const LIST = `${ALICE}/applications`;
const ONE = `${LIST}/${WALLET.id}`;

test('an administrator sees what the person sees', async () => {
  expect(await call('GET', LIST, 'administrator')).toEqual({ status: 200, body: { items: [WALLET] } });
  expect(await call('GET', 'usr_bob/applications', 'administrator')).toEqual({ status: 200, body: { items: [] } });
});

test('and ends what an application may do, under their own name', async () => {
  expect(await call('DELETE', ONE, 'administrator')).toEqual({ status: 204, body: undefined });
  expect(ended).toMatchObject([
    { userId: ALICE, id: WALLET.id, actor: { id: expect.stringContaining('administrator') } },
  ]);
});

test('an organization sees and ends that of the people whom it manages, and of no others', async () => {
  const post = async (url: string, payload: object, method: 'POST' | 'PUT' = 'POST') => {
    const headers = { authorization: 'Bearer administrator' };
    const response = await control.server.inject({ method, url: `/api/v1${url}`, headers, payload });
    expect(response.statusCode, response.body).toBeLessThan(300);
    return String(response.json().id);
  };
  const acme = await post('/organizations/acme', { spec: { displayName: 'Acme' } }, 'PUT');
  const bolt = await post('/organizations/bolt', { spec: { displayName: 'Bolt' } }, 'PUT');
  const ann = await post('/users', { email: 'ann@example.com', name: 'Ann', organization: 'acme' });
  people.add(ann);
  const one = `${ann}/applications/${WALLET.id}`;
  expect((await call('GET', `${ann}/applications`, `administrator~${bolt}`)).status).toBe(404);
  expect((await call('DELETE', one, `administrator~${bolt}`)).status).toBe(404);
  expect(ended).toEqual([]);
  expect((await call('GET', `${ann}/applications`, `administrator~${acme}`)).body).toEqual({ items: [WALLET] });
  expect((await call('DELETE', one, `administrator~${acme}`)).status).toBe(204);
  expect(ended).toMatchObject([{ userId: ann, actor: { organizationId: acme } }]);
});

test.each<[string, 'GET' | 'DELETE', string, string | undefined, number]>([
  ['nobody', 'GET', LIST, undefined, 401],
  ['nobody', 'DELETE', ONE, undefined, 401],
  ['who may not look', 'GET', LIST, 'key-issuer', 403],
  ['who may only look', 'DELETE', ONE, 'viewer', 403],
  ['an organization, of somebody whom it does not manage', 'GET', LIST, 'administrator~org_acme', 404],
  ['an organization, of somebody whom it does not manage', 'DELETE', ONE, 'administrator~org_acme', 404],
  ['an application that has nothing', 'DELETE', `${LIST}/cli_2`, 'administrator', 404],
  ['an application of somebody else', 'DELETE', `usr_bob/applications/${WALLET.id}`, 'administrator', 404],
  ['an id that is too long', 'GET', `${'u'.repeat(65)}/applications`, 'administrator', 400],
])('%s: %s %s', async (_, method, path, who, status) => {
  expect((await call(method, path, who)).status).toBe(status);
  expect(ended).toEqual([]);
});
