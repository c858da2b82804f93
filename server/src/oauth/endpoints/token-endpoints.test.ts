import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, basic, ISSUER, openWorld, SPA_REDEEM, TENANT, WEATHER, type World } from '../oauth-world.fixture.ts';

let world: World;
let machine: string;
let web: string;
beforeAll(async () => {
  world = await openWorld();
  machine = await world.secretOf('machine');
  web = await world.secretOf('web');
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const signInSpa = async (changes = {}) => (await world.token({ ...SPA_REDEEM, code: await world.code(changes) })).body;
const machineToken = async () =>
  String((await world.token({ grant_type: 'client_credentials' }, basic('machine', machine))).body.access_token);
const isAlive = (token: unknown) =>
  world.oauth.verifier.verifyAccessToken(String(token), { audience: WEATHER }, world.clock.now()).ok;

describe('revoke (RFC 7009)', () => {
  test('an access token alone', async () => {
    const first = await signInSpa();
    expect(await world.revoke({ client_id: 'spa', token: String(first.access_token) })).toMatchObject({ status: 200 });
    expect(isAlive(first.access_token)).toBe(false);
    const form = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(first.refresh_token) };
    expect((await world.token(form)).status).toBe(200);
  });

  test('a refresh token with everything of its grant', async () => {
    const { access_token, refresh_token } = await signInSpa();
    const token = String(refresh_token);
    expect((await world.revoke({ client_id: 'spa', token, token_type_hint: 'access_token' })).status).toBe(200);
    expect(isAlive(access_token)).toBe(false);
    expect((await world.revoke({ client_id: 'spa', token })).status).toBe(200);
  });

  test.each([
    ['unknown', 'abc'],
    ['unknown refresh token', `gh_rt_${'0'.repeat(33)}`],
    ['a JWT of someone else', 'eyJhbGciOiJub25lIn0.e30.AA'],
  ])('%s: 200, nothing happens', async (_, token) => {
    expect((await world.revoke({ client_id: 'spa', token })).status).toBe(200);
  });

  test('a token of another client: refused, and alive', async () => {
    const token = await machineToken();
    const { refresh_token } = await signInSpa();
    const asWeb = { client_id: 'web', client_secret: web };
    expect((await world.revoke({ ...asWeb, token })).body.error).toBe('invalid_grant');
    expect((await world.revoke({ ...asWeb, token: String(refresh_token) })).body.error).toBe('invalid_grant');
    expect(isAlive(token)).toBe(true);
  });

  test.each([
    ['no token', { client_id: 'spa' }, 400, 'invalid_request'],
    ['no client', { token: 'x' }, 401, 'invalid_client'],
    ['a confidential client without its secret', { client_id: 'web', token: 'x' }, 401, 'invalid_client'],
  ])('%s', async (_, form, status, error) => {
    const result = await world.revoke(form);
    expect({ status: result.status, error: result.body.error }).toEqual({ status, error });
  });
});

describe('introspect (RFC 7662)', () => {
  const asMachine = () => ({ client_id: 'machine', client_secret: machine });

  test('its own refresh token', async () => {
    const prompt = await world.authorize({
      response_type: 'code',
      client_id: 'web',
      redirect_uri: 'https://web.example.com/callback',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    if (prompt.kind !== 'consent') throw new TypeError(prompt.kind);
    const outcome = await world.consent({ interaction: prompt.prompt.interaction, decision: 'allow' });
    if (outcome.kind !== 'redirect') throw new TypeError(outcome.kind);
    const { body: tokens } = await world.token({
      grant_type: 'authorization_code',
      client_id: 'web',
      client_secret: web,
      code: new URL(outcome.location).searchParams.get('code') ?? '',
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    });
    const asWeb = { client_id: 'web', client_secret: web, token: String(tokens.refresh_token) };
    expect((await world.introspect(asWeb)).body).toMatchObject({ active: true, sub: ALICE, iss: ISSUER });
    expect((await world.introspect({ ...asMachine(), token: asWeb.token })).body).toEqual({ active: false });
    await world.revoke(asWeb);
    expect((await world.introspect(asWeb)).body).toEqual({ active: false });
  });

  test.each([
    ['nonsense', async () => 'abc'],
    ['a refresh token of another client', async () => String((await signInSpa()).refresh_token)],
    ['a token for another audience', async () => String((await signInSpa({ scope: 'openid' })).access_token)],
    [
      'a revoked token',
      async () => {
        const token = await machineToken();
        await world.revoke({ ...asMachine(), token });
        return token;
      },
    ],
    ['an id token', async () => String((await signInSpa()).id_token)],
  ])('%s: inactive, and nothing more', async (_, make) => {
    const { status, body } = await world.introspect({ ...asMachine(), token: await make() });
    expect({ status, body }).toEqual({ status: 200, body: { active: false } });
  });

  test.each([
    ['a public client', { client_id: 'spa', token: 'x' }, 401, 'invalid_client'],
    ['nobody', { token: 'x' }, 401, 'invalid_client'],
    ['a wrong secret', { client_id: 'machine', client_secret: 'x', token: 'x' }, 401, 'invalid_client'],
  ])('%s', async (_, form, status, error) => {
    const result = await world.introspect(form);
    expect({ status: result.status, error: result.body.error }).toEqual({ status, error });
  });
});

describe('userinfo', () => {
  const bearer = (token: unknown) => `Bearer ${token}`;

  test.each([
    ['openid', { sub: ALICE }],
    ['openid profile', { sub: ALICE, name: 'Alice' }],
    ['openid email', { sub: ALICE, email: 'alice@example.com', email_verified: true }],
    ['openid roles weather:read', { sub: ALICE, roles: ['analyst'] }],
  ])('%s', async (scope, claims) => {
    const { status, headers, body } = await world.userinfo(bearer((await signInSpa({ scope })).access_token));
    expect({ status, body }).toEqual({ status: 200, body: claims });
    expect(headers['cache-control']).toBe('no-store');
  });

  test('the language they chose, with their name', async () => {
    const { access_token: token } = await signInSpa({ scope: 'openid profile' });
    const before = world.people.get(ALICE) ?? { roles: [] };
    world.people.set(ALICE, { ...before, locale: 'pt-BR' });
    expect((await world.userinfo(bearer(token))).body).toEqual({ sub: ALICE, name: 'Alice', locale: 'pt-BR' });
    world.people.set(ALICE, before);
  });

  test('no token: the bare challenge', async () => {
    const { status, headers } = await world.userinfo(undefined);
    expect({ status, challenge: headers['www-authenticate'] }).toEqual({
      status: 401,
      challenge: `Bearer realm="${ISSUER}"`,
    });
  });

  test.each<[string, () => Promise<string>, number, string]>([
    ['nonsense', async () => bearer('abc'), 401, 'invalid_token'],
    ['Basic', async () => basic('machine', machine), 401, 'invalid_token'],
    [
      'a token without openid',
      async () => bearer((await signInSpa({ scope: 'weather:read' })).access_token),
      401,
      'invalid_token',
    ],
    ['a client’s own token', async () => bearer(await machineToken()), 401, 'invalid_token'],
    ['an id token', async () => bearer((await signInSpa()).id_token), 401, 'invalid_token'],
    [
      'a token for us without openid',
      async () => bearer((await signInSpa({ scope: 'profile' })).access_token),
      403,
      'insufficient_scope',
    ],
  ])('%s', async (_, make, status, error) => {
    const result = await world.userinfo(await make());
    expect({ status: result.status, error: result.body.error }).toEqual({ status, error });
  });

  test('a person who is gone', async () => {
    const { access_token } = await signInSpa();
    const alice = world.people.get(ALICE);
    world.people.delete(ALICE);
    expect((await world.userinfo(bearer(access_token))).status).toBe(401);
    if (alice !== undefined) world.people.set(ALICE, alice);
  });
});

describe('discovery and keys', () => {
  test('names every endpoint under the issuer, and only what is supported', () => {
    const { body, headers } = world.oauth.discovery(TENANT);
    expect(headers['cache-control']).toMatch(/^public, max-age=/);
    expect(body).toMatchObject({
      issuer: ISSUER,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: expect.arrayContaining(['openid', 'weather:read', 'bills:read']),
    });
  });

  test('says whether requests must be pushed, as the tenant’s profile does', async () => {
    for (const [profile, required] of [
      ['fapi2', true],
      ['oauth2.1', false],
    ] as const) {
      await world.apply([{ kind: 'security_profile', name: 'default', spec: { profile } }]);
      await world.store.changes.caughtUp();
      expect(world.oauth.discovery(TENANT).body).toMatchObject({ require_pushed_authorization_requests: required });
    }
  });

  test('public halves only, and another tag when they change', async () => {
    const before = world.oauth.jwks(TENANT);
    expect(JSON.stringify(before.body)).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/);
    expect(before.body).toEqual({
      keys: [
        expect.objectContaining({ kty: 'EC', alg: 'ES256', use: 'sig' }),
        expect.objectContaining({ kty: 'EC', alg: 'ECDH-ES', use: 'enc' }),
      ],
    });
    await world.signingKeys.rotate(TENANT);
    expect(world.oauth.jwks(TENANT).headers.etag).not.toBe(before.headers.etag);
  });
});

describe('a network that fails again and again', () => {
  const flood = async (ip: string) => {
    const failures = Array.from({ length: 300 }, () => ({ ...CREDENTIALS, client_id: 'nobody', client_secret: 'no' }));
    for (const form of failures) await world.token(form, undefined, ip);
  };
  const CREDENTIALS = { grant_type: 'client_credentials', client_id: 'machine' };

  test('429 with Retry-After, at every endpoint, until it has waited', async () => {
    const ip = '198.51.100.1';
    await flood(ip);
    const refused = await world.token({ ...SPA_REDEEM, code: await world.code() }, undefined, ip);
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1', 'cache-control': 'no-store' },
      body: { error: 'temporarily_unavailable' },
    });
    expect(Object.keys(refused.body).sort()).toEqual(['error', 'error_description', 'error_id']);
    expect((await world.revoke({ client_id: 'spa', token: 'x' }, ip)).status).toBe(429);
    world.clock.advance(1000);
    expect((await world.revoke({ client_id: 'spa', token: 'x' }, ip)).status).toBe(200);
  });

  test('locks out nobody elsewhere, and on its own network no client that has its secret', async () => {
    const ip = '198.51.100.2';
    await flood(ip);
    const client_secret = await world.secretOf('machine');
    expect((await world.token({ ...CREDENTIALS, client_secret }, undefined, ip)).status).toBe(200);
    expect((await world.token({ ...CREDENTIALS, client_secret: 'no' }, undefined, ip)).status).toBe(429);
    const code = await world.code();
    expect((await world.token({ ...SPA_REDEEM, code }, undefined, '198.51.100.3')).status).toBe(200);
  });

  test('a client’s own mistakes count against nobody once it has proved itself', async () => {
    const ip = '198.51.100.4';
    const client_secret = await world.secretOf('machine');
    for (let index = 0; index < 310; index += 1) {
      const mistaken = await world.token({ ...CREDENTIALS, client_secret, scope: 'none:such' }, undefined, ip);
      expect(mistaken.status).toBe(400);
    }
    expect((await world.token({ ...SPA_REDEEM, code: await world.code() }, undefined, ip)).status).toBe(200);
  });
});
