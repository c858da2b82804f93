import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimsOf, type Form, openWorld, SPA_REDEEM, SPA_REQUEST, type World } from '../oauth-world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.signIn());

const EMAIL = { email: 'alice@example.com', email_verified: true };
const wanting = (claims: object): Form => ({ scope: 'openid', claims: JSON.stringify(claims) });
const tokensFor = async (form: Form) => (await world.token({ ...SPA_REDEEM, code: await world.code(form) })).body;

test.each<[string, object, object]>([
  ['in the id token', { id_token: { email: { essential: true } } }, EMAIL],
  ['at userinfo', { userinfo: { email_verified: null } }, EMAIL],
  ['of two scopes', { id_token: { email: null }, userinfo: { roles: null } }, { ...EMAIL, roles: ['analyst'] }],
])('a claim that is wanted %s is told, in both places', async (_, claims, told) => {
  const { id_token, access_token } = await tokensFor(wanting(claims));
  expect(claimsOf(id_token)).toMatchObject(told);
  expect((await world.userinfo(`Bearer ${access_token}`)).body).toMatchObject(told);
});

test.each<[string, Form]>([
  ['nothing that is wanted', wanting({})],
  ['what nobody knows', wanting({ userinfo: { shoe_size: null, constructor: null } })],
])('%s tells no more than the scope', async (_, form) => {
  const { id_token, access_token, scope } = await tokensFor(form);
  expect(scope).toBe('openid');
  const { body } = await world.userinfo(`Bearer ${access_token}`);
  for (const told of [claimsOf(id_token), body]) expect(told).not.toHaveProperty('email');
});

test('what the client may not ask for is left out, and is no error', async () => {
  const native = {
    ...SPA_REQUEST,
    ...wanting({ userinfo: { email: null } }),
    client_id: 'native',
    redirect_uri: 'http://127.0.0.1:51004/callback',
  };
  const outcome = await world.authorize(native);
  if (outcome.kind !== 'consent') throw new TypeError(outcome.kind);
  expect(outcome.prompt.scopes.map(({ scope }) => scope)).toEqual(['openid']);
});

test('the person is asked about what is wanted, and it is not told before', async () => {
  const web = { ...SPA_REQUEST, ...wanting({ id_token: { email: null } }), client_id: 'web' };
  const outcome = await world.authorize({ ...web, redirect_uri: 'https://web.example.com/callback' });
  if (outcome.kind !== 'consent') throw new TypeError(outcome.kind);
  expect(outcome.prompt.scopes.map(({ scope }) => scope)).toEqual(['openid', 'email']);
});

test('display is accepted, whatever it says', async () => {
  expect((await world.authorize({ ...SPA_REQUEST, display: 'popup' })).kind).toBe('redirect');
});
