/** That a test key can't be made into anything that passes for a live one. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type CredentialEnvironment, type Principal, systemRandom } from '#base';
import { mintCredential } from '#keyring';
import {
  ALICE,
  basic,
  claimsOf,
  type Form,
  ISSUER,
  openWorld,
  SPA_REDEEM,
  TENANT,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { checkClaimsMapping } from '../tokens/mapped-claims.ts';
import { signedInAtEachTest, TOKEN_EXCHANGE } from './exchange.fixture.ts';
import { TOKEN_TYPES } from './token-types.ts';

const OPAQUE = 'https://opaque.example.com';
const TEST_KEY = mintCredential('api_key', systemRandom, 'test');
const LIVE_KEY = mintCredential('api_key', systemRandom, 'live');
const PERSONS_TEST_KEY = mintCredential('api_key', systemRandom, 'test');

let world: World;
let broker: string;
let server: { client_id: string; client_secret: string };
beforeAll(async () => {
  world = await openWorld();
  const spec = {
    type: 'confidential',
    grants: ['token_exchange', 'client_credentials'],
    scopes: ['weather:read'],
    apis: ['weather', 'opaque'],
  };
  await world.apply([
    {
      kind: 'api',
      name: 'opaque',
      spec: { audience: OPAQUE, scopes: { 'weather:read': 'Read' }, accessTokenFormat: 'opaque' },
    },
    { kind: 'client', name: 'broker', spec },
    {
      kind: 'client',
      name: 'server',
      spec: { type: 'confidential', grants: [], resourceServerFor: ['weather', 'opaque'] },
    },
  ]);
  await world.store.changes.caughtUp();
  broker = basic('broker', await world.secretOf('broker'));
  server = { client_id: 'server', client_secret: await world.secretOf('server') };
  world.keys.set(TEST_KEY, key('test'));
  world.keys.set(LIVE_KEY, key('live'));
  world.keys.set(PERSONS_TEST_KEY, { ...key('test'), type: 'user', id: ALICE });
});
signedInAtEachTest(() => world);

const key = (environment: CredentialEnvironment): Principal => ({
  type: 'service_account',
  id: `svc_${environment}`,
  tenantId: TENANT,
  roles: [],
  scopes: ['weather:read'],
  credential: { type: 'api_key', id: `key_${environment}`, environment },
});
const exchange = async (subject_token: string, type: string = TOKEN_TYPES.accessToken, form: Form = {}) => {
  const asked = { grant_type: TOKEN_EXCHANGE, subject_token, subject_token_type: type, resource: WEATHER, ...form };
  const { status, body } = await world.token(asked, broker);
  expect({ status, body }).toMatchObject({ status: 200 });
  return String(body.access_token);
};
const fromKey = (text: string, form?: Form) => exchange(text, TOKEN_TYPES.apiKey, form);
const tokenOfAlice = async () =>
  String((await world.token({ ...SPA_REDEEM, code: await world.code() })).body.access_token);
const actingBy = (actor_token: string) => ({ actor_token, actor_token_type: TOKEN_TYPES.accessToken });
const environmentOf = (token: string, audience = WEATHER) => {
  const verified = world.oauth.verifier.verifyAccessToken(token, { audience }, world.clock.now());
  return verified.ok ? verified.principal.credential.environment : verified.reason;
};

describe('an exchange keeps it', () => {
  test.each<[what: string, make: () => Promise<string>, environment: CredentialEnvironment | undefined]>([
    ['a test key', () => fromKey(TEST_KEY), 'test'],
    ['a live key', () => fromKey(LIVE_KEY), 'live'],
    ['a person’s test key', () => fromKey(PERSONS_TEST_KEY), 'test'],
    ['a test key, exchanged again', async () => exchange(await fromKey(TEST_KEY)), 'test'],
    ['and again', async () => exchange(await exchange(await fromKey(TEST_KEY))), 'test'],
    ['as a JWT by name', async () => exchange(await fromKey(TEST_KEY), TOKEN_TYPES.jwt), 'test'],
    ['through an opaque token', async () => exchange(await fromKey(TEST_KEY, { resource: OPAQUE })), 'test'],
    [
      'a live key that acts for a test key',
      async () => exchange(await fromKey(TEST_KEY), undefined, actingBy(await fromKey(LIVE_KEY))),
      'test',
    ],
    [
      'a test key that acts for a live key',
      async () => exchange(await fromKey(LIVE_KEY), undefined, actingBy(await fromKey(TEST_KEY))),
      'test',
    ],
    [
      'a test key that acts for a person',
      async () => exchange(await tokenOfAlice(), undefined, actingBy(await fromKey(TEST_KEY))),
      'test',
    ],
    [
      'what a test key did for a person, exchanged again',
      async () => exchange(await exchange(await tokenOfAlice(), undefined, actingBy(await fromKey(TEST_KEY)))),
      'test',
    ],
    [
      'a live key that acts for a person',
      async () => exchange(await tokenOfAlice(), undefined, actingBy(await fromKey(LIVE_KEY))),
      'live',
    ],
    ['a person', async () => exchange(await tokenOfAlice()), undefined],
  ])('%s', async (_, make, environment) => {
    const token = await make();
    expect([environmentOf(token), claimsOf(token).api_key_environment]).toEqual([environment, environment]);
  });

  test('a policy sees it, and may refuse', async () => {
    world.policy.permits = ({ context }) => JSON.stringify(context.subject).includes('"environment":"live"');
    const asked = { grant_type: TOKEN_EXCHANGE, subject_token_type: TOKEN_TYPES.apiKey, resource: WEATHER };
    expect((await world.token({ ...asked, subject_token: LIVE_KEY }, broker)).status).toBe(200);
    expect((await world.token({ ...asked, subject_token: TEST_KEY }, broker)).status).toBe(400);
  });

  test('the token that an upstream gets of a test key says it, and what is made of that', async () => {
    const target = { api: 'weather', scopes: undefined };
    const token = await world.oauth.upstreamTokens.tokenFor(
      { principal: key('test'), accessToken: undefined },
      target,
      world.clock.now(),
    );
    expect([environmentOf(String(token)), environmentOf(await exchange(String(token)))]).toEqual(['test', 'test']);
  });
});

test.each([
  ['a key', async () => TEST_KEY],
  ['its token', () => fromKey(TEST_KEY)],
  ['its opaque token', () => fromKey(TEST_KEY, { resource: OPAQUE })],
])('introspection tells it of %s', async (_, make) => {
  const { body } = await world.introspect({ ...server, token: await make() });
  expect(body).toMatchObject({ active: true, api_key_environment: 'test' });
});

test('and nothing of it where no key took part', async () => {
  const { body } = await world.introspect({ ...server, token: await tokenOfAlice() });
  expect(body).toMatchObject({ active: true });
  expect(body).not.toHaveProperty('api_key_environment');
});

describe('tokens of our own signature', () => {
  const signed = (more: object) => {
    const iat = Math.floor(world.clock.now() / 1000);
    const claims = { iss: ISSUER, sub: 'svc_live', client_id: 'broker', aud: WEATHER, iat, exp: iat + 60, jti: 'j' };
    return world.signingKeys.sign(TENANT, { ...claims, ...more }, { typ: 'at+jwt' });
  };
  const ofKey = { principal_type: 'service_account', api_key_id: 'key_live' };
  test.each<[what: string, claims: object, environment: string | undefined]>([
    ['of a key, by a process that knew of no environments: the least', ofKey, 'test'],
    ['of a key, with one', { ...ofKey, api_key_environment: 'live' }, 'live'],
    ['one that nobody knows', { ...ofKey, api_key_environment: 'staging' }, 'malformed'],
    ['none, in a word', { ...ofKey, api_key_environment: null }, 'malformed'],
    ['two', { ...ofKey, api_key_environment: ['live', 'test'] }, 'malformed'],
    ['a claim that only looks like it', { environment: 'test' }, undefined],
  ])('%s', async (_, claims, environment) => {
    expect(environmentOf(await signed(claims))).toBe(environment);
  });
});

test('no API declares it as a claim of its own', () => {
  const declared = { api_key_environment: { value: 'live' } };
  expect(checkClaimsMapping(declared).map(({ path }) => path)).toEqual(['claims.api_key_environment']);
  expect(checkClaimsMapping({ environment: { value: 'live' } })).toEqual([]);
});
