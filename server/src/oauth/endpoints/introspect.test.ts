import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ISSUER, openWorld, TENANT, WEATHER, type World } from '../oauth-world.fixture.ts';

const SEALED = 'https://sealed.example.com';
let world: World;
const secrets = new Map<string, string>();

beforeAll(async () => {
  world = await openWorld();
  const machine = { type: 'confidential', grants: ['client_credentials'], scopes: ['sealed:read', 'weather:read'] };
  await world.apply([
    {
      kind: 'api',
      name: 'sealed',
      spec: { audience: SEALED, scopes: { 'sealed:read': 'Read' }, accessTokenFormat: 'opaque' },
    },
    { kind: 'client', name: 'caller', spec: { ...machine, apis: ['sealed', 'weather'] } },
    // May call the same API, and that says nothing about other callers' tokens.
    { kind: 'client', name: 'neighbour', spec: { ...machine, apis: ['sealed', 'weather'] } },
    {
      kind: 'client',
      name: 'server',
      spec: { type: 'confidential', grants: [], resourceServerFor: ['sealed', 'weather'] },
    },
    {
      kind: 'client',
      name: 'other-server',
      spec: { type: 'confidential', grants: [], resourceServerFor: ['billing'] },
    },
  ]);
  await world.store.changes.caughtUp();
  for (const name of ['caller', 'neighbour', 'server', 'other-server']) secrets.set(name, await world.secretOf(name));
});
afterAll(() => world.close());

const as = (name: string) => ({ client_id: name, client_secret: secrets.get(name) });

async function tokenFor(resource: string): Promise<string> {
  const { body } = await world.token({ grant_type: 'client_credentials', resource, ...as('caller') });
  return String(body.access_token);
}

describe.each([
  ['a JWT', WEATHER],
  ['an opaque token', SEALED],
])('introspection of %s', (_, resource) => {
  it.each([
    ['server', ['active', 'aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub', 'token_type']],
    ['caller', ['active', 'aud', 'client_id', 'exp', 'iat', 'iss', 'scope', 'token_type']],
    ['neighbour', ['active']],
    ['other-server', ['active']],
  ])('tells %s %j', async (name, members) => {
    const { status, body } = await world.introspect({ ...as(name), token: await tokenFor(resource) });
    expect(status).toBe(200);
    expect(
      Object.keys(body)
        .filter((member) => member !== 'client_secret_id')
        .sort(),
    ).toEqual(members);
    expect(body.active).toBe(members.length > 1);
  });

  it('tells that it was revoked, and that it expired', async () => {
    const [revoked, old] = [await tokenFor(resource), await tokenFor(resource)];
    await world.revoke({ ...as('caller'), token: revoked });
    expect((await world.introspect({ ...as('server'), token: revoked })).body).toEqual({ active: false });
    expect((await world.introspect({ ...as('server'), token: old })).body.active).toBe(true);
    world.clock.advance(15 * 60_000);
    expect((await world.introspect({ ...as('server'), token: old })).body).toEqual({ active: false });
  });

  it('can be revoked by its own client alone (RFC 7009 §2.1)', async () => {
    const token = await tokenFor(resource);
    expect((await world.revoke({ ...as('neighbour'), token })).status).toBe(400);
    expect((await world.introspect({ ...as('server'), token })).body.active).toBe(true);
  });
});

describe('an opaque token', () => {
  it('is no JWT, and verifies from memory for its API alone', async () => {
    const token = await tokenFor(SEALED);
    expect(token).toMatch(/^gh_at_[\w-]+$/);
    const { verifier } = world.oauth;
    expect(verifier.verifyAccessToken(token, { audience: SEALED }, world.clock.now())).toMatchObject({
      ok: true,
      principal: { type: 'client', id: 'caller', scopes: ['sealed:read'] },
    });
    expect(verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now())).toMatchObject({
      reason: 'wrong_audience',
    });
    expect(
      verifier.verifyAccessToken(`${token.slice(0, -2)}AA`, { audience: SEALED }, world.clock.now()),
    ).toMatchObject({
      reason: 'unknown',
    });
  });
});

describe('a signed answer (RFC 9701)', () => {
  const accept = { accept: 'application/token-introspection+jwt' };
  const raw = async (token: string) => world.introspectRaw({ ...as('server'), token }, accept);

  it('is a JWT for the asker, of a type of its own', async () => {
    const { type, body } = await raw(await tokenFor(SEALED));
    expect(type).toBe('application/token-introspection+jwt');
    const [jwk] = world.signingKeys.publicKeys(TENANT);
    if (jwk === undefined) throw new TypeError('no key');
    const { payload } = await jwtVerify(String(body), await importJWK(jwk), {
      issuer: ISSUER,
      audience: 'server',
      typ: 'token-introspection+jwt',
      currentDate: new Date(world.clock.now()),
    });
    expect(payload.token_introspection).toMatchObject({ active: true, client_id: 'caller', aud: SEALED });
    // No `sub` and no `exp` beside it: nobody takes it for an access token (§5).
    expect(Object.keys(payload).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
  });

  it('says of a token that is no good just that', async () => {
    expect(decodeJwt(String((await raw('nonsense')).body)).token_introspection).toEqual({ active: false });
  });

  it('is no access token', async () => {
    const { body } = await raw(await tokenFor(SEALED));
    expect(decodeProtectedHeader(String(body)).typ).toBe('token-introspection+jwt');
    expect(world.oauth.verifier.readAccessToken(String(body), world.clock.now())).toMatchObject({
      reason: 'wrong_type',
    });
  });

  it.each([undefined, '*/*', 'application/json'])('is not given to who accepts %s', async (accepted) => {
    const form = { ...as('server'), token: 'nonsense' };
    expect((await world.introspectRaw(form, { accept: accepted })).body).toEqual({ active: false });
  });

  it('is not given to nobody', async () => {
    expect((await world.introspectRaw({ client_id: 'server', client_secret: 'x', token: 'x' }, accept)).status).toBe(
      401,
    );
  });
});
