import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ALICE, claimsOf, openWorld, VERIFIER, type World } from '../oauth-world.fixture.ts';
import { type ClaimSource, checkClaimsMapping, claimsMappingSchema, mappedClaims } from './mapped-claims.ts';

const ALICE_SOURCE: ClaimSource = {
  client: { id: 'app', name: 'The app' },
  person: {
    id: ALICE,
    name: 'Alice',
    locale: 'pt-BR',
    email: 'alice@example.com',
    emailVerified: true,
    roles: ['weather-admin', 'weather-reader', 'billing-clerk'],
    groups: [],
    organizationId: 'org_1',
    attributes: { department: 'news', floor: 3, teams: ['a-x', 'b-y'], address: { street: 'x' } },
  },
  scopes: ['openid', 'weather:read'],
};

describe('a declared claim', () => {
  it.each([
    [{ mail: { from: 'user.email' } }, { mail: 'alice@example.com' }],
    [{ ok: { from: 'user.email_verified' } }, { ok: true }],
    [{ language: { from: 'user.locale' } }, { language: 'pt-BR' }],
    [
      { who: { from: 'client.id' }, app: { from: 'client.name' } },
      { who: 'app', app: 'The app' },
    ],
    [{ org: { from: 'user.organization' } }, { org: 'org_1' }],
    [{ grants: { from: 'user.roles', prefix: 'weather-' } }, { grants: ['admin', 'reader'] }],
    [{ empty: { from: 'user.groups' } }, { empty: [] }],
    [
      { plan: { value: 'gold' }, beta: { value: false }, tiers: { value: ['a'] } },
      { plan: 'gold', beta: false, tiers: ['a'] },
    ],
    [{ mail: { from: 'user.email', scope: 'weather:read' } }, { mail: 'alice@example.com' }],
    [
      { dep: { attribute: 'department' }, floor: { attribute: 'floor' } },
      { dep: 'news', floor: 3 },
    ],
    [{ teams: { attribute: 'teams', prefix: 'a-' } }, { teams: ['x'] }],
    [{ none: { attribute: 'address' }, nothing: { attribute: 'constructor' } }, {}],
    [{ dep: { attribute: 'department', scope: 'email' } }, {}],
    [{ mail: { from: 'user.email', scope: 'email' } }, {}],
    [{ constructor: { from: 'user.id' } }, { constructor: ALICE }],
  ])('%j makes %j', (mapping, claims) => {
    expect(mappedClaims(claimsMappingSchema.parse(mapping), ALICE_SOURCE)).toEqual(claims);
  });

  it('of a person is left out where none takes part', () => {
    const mapping = claimsMappingSchema.parse({ mail: { from: 'user.email' }, who: { from: 'client.id' } });
    expect(mappedClaims(mapping, { ...ALICE_SOURCE, person: undefined })).toEqual({ who: 'app' });
  });

  it.each(['iss', 'sub', 'aud', 'exp', 'scope', 'cnf', 'act', 'roles', 'sid', 'client_id', 'a b', ''])(
    'can’t be named %j',
    (name) => {
      const parsed = claimsMappingSchema.safeParse({ [name]: { value: 'x' } });
      expect(parsed.success && checkClaimsMapping(parsed.data).length === 0).toBe(false);
    },
  );

  it.each([
    {},
    { from: 'user.password' },
    { from: 'user.id', value: 'x' },
    { value: { nested: true } },
    { value: 'x'.repeat(300) },
    { from: 'user.id', more: 1 },
  ])('can’t be %j', (declared) => {
    const parsed = claimsMappingSchema.safeParse({ a: declared });
    expect(parsed.success && checkClaimsMapping(parsed.data).length === 0).toBe(false);
  });
});

describe('in tokens', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
    const claims = { 'https://example.com/mail': { from: 'user.email' }, app: { from: 'client.id' } };
    await world.apply([
      {
        kind: 'api',
        name: 'mapped',
        spec: { audience: 'https://mapped.example.com', scopes: { read: 'Read' }, claims },
      },
      {
        kind: 'api',
        name: 'veiled',
        spec: { audience: 'https://veiled.example.com', scopes: { look: 'Look' }, claims, accessTokenFormat: 'opaque' },
      },
      {
        kind: 'client',
        name: 'mapper',
        spec: {
          type: 'confidential',
          grants: ['authorization_code', 'refresh_token'],
          redirectUris: ['https://spa.example.com/callback'],
          scopes: ['openid', 'email', 'read', 'look'],
          apis: ['mapped', 'veiled'],
          firstParty: true,
          claims: { login: { from: 'user.email' }, tier: { value: 'gold', scope: 'email' } },
          resourceServerFor: ['veiled'],
        },
      },
    ]);
    await world.store.changes.caughtUp();
  });
  afterAll(() => world.close());

  async function signIn(scope: string, resource: string) {
    const client = { client_id: 'mapper', client_secret: await world.secretOf('mapper') };
    const code = await world.code({ client_id: 'mapper', scope, resource });
    const { body } = await world.token({ grant_type: 'authorization_code', code, code_verifier: VERIFIER, ...client });
    return { client, body };
  }

  test('access token by the API, id token and userinfo by the client, also after a refresh', async () => {
    const { client, body } = await signIn('openid email read', 'https://mapped.example.com');
    const mapped = { 'https://example.com/mail': 'alice@example.com', app: 'mapper' };
    const known = { login: 'alice@example.com', tier: 'gold', email: 'alice@example.com', email_verified: true };
    expect(claimsOf(body.access_token)).toMatchObject(mapped);
    expect(decodeJwt(String(body.id_token))).toMatchObject({ ...known, sub: ALICE });
    expect((await world.userinfo(`Bearer ${body.access_token}`)).body).toEqual({ ...known, sub: ALICE });
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token), ...client };
    const { body: next } = await world.token(refresh);
    expect(claimsOf(next.access_token)).toMatchObject(mapped);
    expect(decodeJwt(String(next.id_token))).toMatchObject(known);
  });

  test('without the scope, nothing of it', async () => {
    const { body } = await signIn('openid read', 'https://mapped.example.com');
    const claims = decodeJwt(String(body.id_token));
    expect(claims).toMatchObject({ login: 'alice@example.com' });
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['tier']));
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['email']));
  });

  test('an opaque token shows them to the server of the API', async () => {
    const { client, body } = await signIn('look', 'https://veiled.example.com');
    const { body: seen } = await world.introspect({ ...client, token: String(body.access_token) });
    expect(seen).toMatchObject({ active: true, sub: ALICE, 'https://example.com/mail': 'alice@example.com' });
  });
});
