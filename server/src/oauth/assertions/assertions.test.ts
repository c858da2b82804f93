import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import { TOKEN_TYPES } from '../exchange/token-types.ts';
import {
  ALICE,
  basic,
  claimsOf,
  type Form,
  headerOf,
  ISSUER,
  openWorld,
  SPA_REQUEST,
  VERIFIER,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { ID_JAG_TYPE } from './judge-assertion.ts';

const IDP = 'https://idp.example.com';
const PARTNER = 'https://as.partner.example.com';
const key = makeKey('idp-1');
const otherKey = makeKey('idp-1');

let world: World;
let agent: string;
beforeAll(async () => {
  world = await openWorld();
  await world.apply(RESOURCES);
  await world.store.changes.caughtUp();
  agent = basic('agent', await world.secretOf('agent'));
  world.web.pages.set(`${IDP}/jwks`, { keys: [key.jwk] });
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.advance(1000);
  world.policy.permits = () => true;
});

const client = (name: string) => ({
  kind: 'client',
  name,
  spec: {
    type: 'confidential',
    grants: ['jwt_bearer', 'token_exchange', 'authorization_code'],
    redirectUris: ['https://agent.example.com/callback'],
    scopes: ['openid', 'weather:read', 'weather:write'],
    apis: ['weather'],
    firstParty: true,
  },
});
const RESOURCES = [
  client('agent'),
  client('stranger'),
  {
    kind: 'trusted_issuer',
    name: 'idp',
    spec: {
      issuer: IDP,
      jwksUri: `${IDP}/jwks`,
      accepts: ['jwt_bearer', 'id_jag'],
      clients: ['agent'],
      claims: { team: 'ops-*' },
      subject: { mapping: 'email' },
      scopes: ['weather:read'],
    },
  },
  {
    kind: 'trusted_issuer',
    name: 'plain',
    spec: {
      issuer: 'https://plain.example.com',
      jwksUri: `${IDP}/jwks`,
      accepts: ['jwt_bearer'],
      subject: { mapping: 'user_id' },
      scopes: ['weather:read'],
    },
  },
  {
    kind: 'authorization_server',
    name: 'partner',
    spec: {
      issuer: PARTNER,
      clients: [{ client: 'agent', clientId: 'acme-agent', scopes: ['orders:read'] }],
      includeEmail: true,
    },
  },
];

const claims = (changes: object = {}) => ({
  iss: IDP,
  aud: ISSUER,
  sub: 'ada-at-idp',
  email: 'alice@example.com',
  email_verified: true,
  team: 'ops-europe',
  jti: randomUUID(),
  iat: Math.floor(world.clock.now() / 1000),
  exp: Math.floor(world.clock.now() / 1000) + 300,
  ...changes,
});
const present = (assertion: string, form: Form = {}, authorization = agent) =>
  world.token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion, ...form }, authorization);

describe('an assertion of a trusted issuer', () => {
  test('becomes an access token of the person, once, without a refresh token', async () => {
    const assertion = signJwt(key, claims());
    const { status, body } = await present(assertion);
    expect(status).toBe(200);
    expect(body.refresh_token).toBeUndefined();
    expect(claimsOf(body.access_token)).toMatchObject({
      sub: ALICE,
      client_id: 'agent',
      aud: WEATHER,
      scope: 'weather:read',
      roles: ['analyst'],
      grant_id: expect.any(String),
    });
    expect((await present(assertion)).body).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringContaining('used before'),
    });
  });

  test('by a user’s id', async () => {
    const assertion = signJwt(key, claims({ iss: 'https://plain.example.com', sub: ALICE }));
    expect((await present(assertion)).status).toBe(200);
  });

  test('400: of an address that nobody verified here, since it may be somebody else’s', async () => {
    const alice = world.people.get(ALICE);
    if (alice === undefined) throw new Error('Alice is gone');
    for (const emailVerified of [false, undefined]) {
      world.people.set(ALICE, { ...alice, emailVerified });
      const { status, body } = await present(signJwt(key, claims()));
      expect({ status, ...body }).toMatchObject({ status: 400, error: 'invalid_grant' });
      expect(body.error_description).toContain('verified there and here');
      const byId = signJwt(key, claims({ iss: 'https://plain.example.com', sub: ALICE }));
      expect((await present(byId)).status, 'an id of ours needs no address').toBe(200);
    }
    world.people.set(ALICE, alice);
    expect((await present(signJwt(key, claims()))).status).toBe(200);
  });

  test.each<[string, object, object, string]>([
    ['another issuer', { iss: 'https://evil.example.com' }, {}, 'not trusted'],
    ['for somebody else', { aud: 'https://other.example.com' }, {}, 'aud'],
    ['for us and somebody else', { aud: [ISSUER, 'https://other.example.com'] }, {}, 'aud'],
    ['expired', { exp: 1 }, {}, 'expired'],
    ['without an end', { exp: undefined }, {}, 'exp'],
    ['valid for a day', { exp: 1e10 }, {}, 'too long'],
    ['not valid yet', { nbf: 1e10 }, {}, 'not valid yet'],
    ['without an id', { jti: undefined }, {}, 'jti'],
    ['of another team', { team: 'sales' }, {}, 'team'],
    ['of no team', { team: undefined }, {}, 'team'],
    ['an address that was not verified', { email_verified: false }, {}, 'names nobody'],
    ['an address that says it is verified as text', { email_verified: 'true' }, {}, 'names nobody'],
    ['an unknown address', { email: 'mallory@example.com' }, {}, 'names nobody'],
    ['no address', { email: undefined }, {}, 'names nobody'],
    ['an access token', {}, { typ: 'at+jwt' }, 'typ'],
    ['an unknown key', {}, { kid: 'idp-2' }, 'no key'],
    ['no algorithm', {}, { alg: 'none' }, 'no key'],
    ['another algorithm', {}, { alg: 'RS256' }, 'no key'],
    ['critical members', {}, { crit: ['exp'] }, 'not a signed JWT'],
  ])('400: %s', async (_, changes, header, words) => {
    const { status, body } = await present(signJwt(key, claims(changes), header));
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' });
    expect(body.error_description).toContain(words);
  });

  test('400: signed by somebody else', async () => {
    expect((await present(signJwt(otherKey, claims()))).body.error).toBe('invalid_grant');
  });

  test('400: shown by a client that may not', async () => {
    const stranger = basic('stranger', await world.secretOf('stranger'));
    expect((await present(signJwt(key, claims()), {}, stranger)).body.error).toBe('invalid_grant');
  });

  test.each<[string, Form, string]>([
    ['more than its issuer may give', { scope: 'weather:write' }, 'invalid_scope'],
    ['another API', { resource: 'urn:billing' }, 'invalid_target'],
    ['nothing', { assertion: undefined }, 'invalid_request'],
    ['no JWT', { assertion: 'x.y' }, 'invalid_grant'],
  ])('400: %s', async (_, form, error) => {
    expect((await present(signJwt(key, claims()), form)).body.error).toBe(error);
  });
});

describe('an identity assertion (ID-JAG)', () => {
  const jag = (changes: object = {}) => signJwt(key, claims({ client_id: 'agent', ...changes }), { typ: ID_JAG_TYPE });

  test('is received: for its client, its scopes, its API', async () => {
    const { body } = await present(jag({ scope: 'weather:read other', resource: WEATHER }));
    expect(claimsOf(body.access_token)).toMatchObject({ sub: ALICE, scope: 'weather:read', aud: WEATHER });
  });

  test.each<[string, object, string]>([
    ['made for another client', { client_id: 'stranger' }, 'invalid_grant'],
    ['made for no client', { client_id: undefined }, 'invalid_grant'],
    ['of an issuer that makes none', { iss: 'https://plain.example.com', sub: ALICE }, 'invalid_grant'],
    ['for another API', { resource: 'urn:billing' }, 'invalid_target'],
  ])('400: %s', async (_, changes, error) => {
    expect((await present(jag(changes))).body.error).toBe(error);
  });

  async function idToken() {
    world.signIn();
    const request = {
      ...SPA_REQUEST,
      client_id: 'agent',
      redirect_uri: 'https://agent.example.com/callback',
      scope: 'openid',
    };
    const outcome = await world.authorize(request);
    const code = outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get('code') : null;
    const redeem = { grant_type: 'authorization_code', code: code ?? '', code_verifier: VERIFIER };
    return String((await world.token(redeem, agent)).body.id_token);
  }
  const ask = async (form: Form = {}, authorization = agent) =>
    world.token(
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        requested_token_type: TOKEN_TYPES.idJag,
        subject_token: await idToken(),
        subject_token_type: TOKEN_TYPES.idToken,
        audience: PARTNER,
        scope: 'orders:read',
        ...form,
      },
      authorization,
    );

  test('is issued: for one server and one client there, for five minutes', async () => {
    const { status, body } = await ask();
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { issued_token_type: TOKEN_TYPES.idJag, token_type: 'N_A', expires_in: 300, scope: 'orders:read' },
    });
    expect(headerOf(body.access_token).typ).toBe(ID_JAG_TYPE);
    expect(claimsOf(body.access_token)).toMatchObject({
      iss: ISSUER,
      sub: ALICE,
      aud: PARTNER,
      client_id: 'acme-agent',
      scope: 'orders:read',
      email: 'alice@example.com',
    });
    const opens = world.oauth.verifier.verifyAccessToken(
      String(body.access_token),
      { audience: PARTNER },
      world.clock.now(),
    );
    expect(opens).toMatchObject({ ok: false, reason: 'wrong_type' });
  });

  test.each<[string, Form, string]>([
    ['a server nobody declared', { audience: 'https://evil.example.com' }, 'invalid_target'],
    ['no server', { audience: undefined }, 'invalid_request'],
    ['a scope the client may not ask for', { scope: 'orders:write' }, 'invalid_scope'],
    ['for an API key', { subject_token_type: TOKEN_TYPES.apiKey }, 'invalid_request'],
  ])('400: %s', async (_, form, error) => {
    expect(await ask(form)).toMatchObject({ status: 400, body: { error } });
  });

  test('400: when no policy permits it', async () => {
    world.policy.permits = ({ resource }) => resource.type !== 'AuthorizationServer';
    expect((await ask()).body.error).toBe('invalid_request');
  });

  test('401: another client’s id token is none of its business', async () => {
    const stranger = basic('stranger', await world.secretOf('stranger'));
    expect((await ask({}, stranger)).body.error).toBe('invalid_request');
  });
});

test('a trusted issuer is asked as an issuer', () => {
  expect(world.web.purposes.get(`${IDP}/jwks`)).toBe('issuers');
});
