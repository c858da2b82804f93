import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { exportSPKI, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteResource, systemCaller } from '#resources';
import { clientKind } from '../kinds.ts';
import {
  actor,
  BILLING,
  basic,
  claimsOf,
  headerOf,
  ISSUER,
  openWorld,
  SPA_REDEEM,
  TENANT,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { RESOURCES } from '../oauth-world-declared.fixture.ts';

let world: World;
let secret: string;
beforeAll(async () => {
  world = await openWorld();
  secret = await world.secretOf('machine');
  world.signIn();
});
afterAll(() => world.close());

const verify = (text: string, audience = WEATHER) =>
  world.oauth.verifier.verifyAccessToken(text, { audience }, world.clock.now());
const mint = async () =>
  String((await world.token({ grant_type: 'client_credentials' }, basic('machine', secret))).body.access_token);
const base64url = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const nowSeconds = () => Math.floor(world.clock.now() / 1000);
const goodClaims = () => ({
  iss: ISSUER,
  sub: 'machine',
  client_id: 'machine',
  aud: WEATHER,
  iat: nowSeconds(),
  exp: nowSeconds() + 60,
  jti: 'tok_test',
});
/** A token by our own key, with claims and type of our choosing. */
const ours = (claims: object, typ = 'at+jwt') => world.signingKeys.sign(TENANT, claims, { typ });
const kid = async () => String(headerOf(await mint()).kid);
/** A token by a key of the attacker's, under a header of his choosing. */
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
function forge(header: object, claims: object = goodClaims()): string {
  const signed = `${base64url(header)}.${base64url(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: stranger.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

describe('accepted', () => {
  test('a client by its own token', async () => {
    const token = await mint();
    const verification = verify(token);
    expect(verification).toEqual({
      ok: true,
      principal: {
        type: 'client',
        id: 'machine',
        tenantId: TENANT,
        roles: [],
        scopes: ['weather:read'],
        credential: {
          type: 'access_token',
          id: claimsOf(token).jti,
          clientId: 'machine',
          expiresAt: claimsOf(token).exp,
        },
      },
    });
    expect(verify(token)).toEqual(verification);
  });

  test('a person, with roles and how they signed in', async () => {
    const { body } = await world.token({ ...SPA_REDEEM, code: await world.code() });
    expect(verify(String(body.access_token))).toMatchObject({
      ok: true,
      principal: {
        type: 'user',
        roles: ['analyst'],
        amr: ['pwd'],
        authTime: nowSeconds(),
        credential: { clientId: 'spa', grantId: expect.stringMatching(/^gnt_/) },
      },
    });
  });

  test('the answer is there at once', async () => {
    expect(verify(await mint())).not.toBeInstanceOf(Promise);
  });
});

describe('refused: form', () => {
  test.each([
    ['nothing', ''],
    ['no JWT', 'abc'],
    ['two dots', '..'],
    ['an API key', 'gh_live_5Gd0sV0nq1qWm6Jt3uYcXb8pZr24kT0aZ'],
    ['spaces', 'a b.c.d'],
    ['five parts (JWE)', 'a.b.c.d.e'],
    ['payload no JSON', `${base64url({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })}.${base64url('x')}.AA`],
    ['payload an array', `${base64url({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })}.${base64url('[]')}.AA`],
    ['header no object', `${base64url('null')}.${base64url('{}')}.AA`],
    ['too long', `${'a'.repeat(9000)}.b.c`],
  ])('%s', (_, text) => expect(verify(text)).toMatchObject({ ok: false, reason: 'malformed' }));

  test('a second spelling of the same signature', async () => {
    const token = await mint();
    const last = token.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = token.slice(0, -1) + alphabet.charAt(alphabet.indexOf(last) ^ 1);
    expect(verify(twin)).toMatchObject({ ok: false, reason: 'malformed' });
  });
});

describe('refused: algorithm and key', () => {
  test('alg none, with and without a signature', async () => {
    const header = { alg: 'none', kid: await kid(), typ: 'at+jwt' };
    const unsigned = `${base64url(header)}.${base64url(goodClaims())}`;
    expect(verify(`${unsigned}.`)).toMatchObject({ ok: false, reason: 'malformed' });
    expect(verify(`${unsigned}.AA`)).toMatchObject({ ok: false, reason: 'bad_signature' });
    for (const alg of ['None', 'NONE', 'nOnE']) {
      expect(verify(forge({ ...header, alg }))).toMatchObject({ ok: false, reason: 'bad_signature' });
    }
  });

  test('HS256 with the public key as the secret', async () => {
    const [jwk] = world.signingKeys.publicKeys(TENANT);
    const publicKey = await importJWK({ ...jwk }, 'ES256', { extractable: true });
    if (publicKey instanceof Uint8Array) throw new TypeError('expected a key');
    const signed = `${base64url({ alg: 'HS256', kid: await kid(), typ: 'at+jwt' })}.${base64url(goodClaims())}`;
    for (const key of [await exportSPKI(publicKey), JSON.stringify(jwk)]) {
      const token = `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
      expect(verify(token)).toMatchObject({ ok: false, reason: 'bad_signature' });
    }
  });

  test('a key of someone else under our kid, and one that we do not have', async () => {
    const header = { alg: 'ES256', typ: 'at+jwt' };
    expect(verify(forge({ ...header, kid: await kid() }))).toMatchObject({ ok: false, reason: 'bad_signature' });
    expect(verify(forge({ ...header, kid: 'sig_other' }))).toMatchObject({ ok: false, reason: 'bad_signature' });
    expect(verify(forge({ ...header, kid: '__proto__' }))).toMatchObject({ ok: false, reason: 'bad_signature' });
    expect(verify(forge(header))).toMatchObject({ ok: false, reason: 'malformed' });
  });

  test.each(['jku', 'x5u', 'jwk', 'x5c', 'crit', 'b64', 'zip'])('header with %s', async (name) => {
    const header = { alg: 'ES256', kid: await kid(), typ: 'at+jwt', [name]: 'https://evil.example/keys' };
    expect(verify(forge(header))).toMatchObject({ ok: false, reason: 'malformed' });
  });

  test('one character of the payload changed', async () => {
    const [header, , signature] = (await mint()).split('.');
    const token = `${header}.${base64url({ ...goodClaims(), sub: 'web' })}.${signature}`;
    expect(verify(token)).toMatchObject({ ok: false, reason: 'bad_signature' });
  });
});

describe('refused: claims', () => {
  const cases: [string, object, string?][] = [
    ['wrong_issuer', { iss: 'https://evil.example.com' }],
    ['wrong_issuer', { iss: `${ISSUER}/` }],
    ['wrong_issuer', { iss: undefined }],
    ['wrong_issuer', { iss: [ISSUER] }],
    ['wrong_audience', { aud: BILLING }],
    ['wrong_audience', { aud: [BILLING, ISSUER] }],
    ['wrong_audience', { aud: `${WEATHER}/` }],
    ['malformed', { aud: undefined }],
    ['malformed', { aud: [1] }],
    ['malformed', { exp: undefined }],
    ['malformed', { exp: '9999999999' }],
    ['malformed', { iat: undefined }],
    ['malformed', { sub: '' }],
    ['malformed', { client_id: undefined }],
    ['malformed', { jti: undefined }],
    ['malformed', { scope: ['weather:read'] }],
    ['malformed', { roles: 'administrator' }],
    ['wrong_type', {}, 'JWT'],
    ['wrong_type', {}, 'identity+jwt'],
    ['wrong_type', {}, 'AT+JWT'],
    ['wrong_type', {}, 'application/at+jwt'],
  ];
  test.each(cases)('%s: %o %s', async (reason, changes, typ) => {
    expect(verify(await ours({ ...goodClaims(), ...changes }, typ))).toMatchObject({ ok: false, reason });
  });

  test('expired to the second, and not valid yet beyond five seconds', async () => {
    const now = nowSeconds();
    const outcome = async (changes: object) => verify(await ours({ ...goodClaims(), ...changes })).ok;
    expect(await outcome({ exp: now })).toBe(false);
    expect(await outcome({ exp: now + 1 })).toBe(true);
    expect(await outcome({ nbf: now + 5 })).toBe(true);
    expect(await outcome({ nbf: now + 6 })).toBe(false);
    expect(await outcome({ iat: now + 6 })).toBe(false);
  });

  test('an id token is no access token', async () => {
    const { body } = await world.token({ ...SPA_REDEEM, code: await world.code() });
    expect(verify(String(body.id_token), 'spa')).toMatchObject({ ok: false, reason: 'wrong_type' });
  });

  test('an identity token is no access token', async () => {
    const verification = verify(await mint());
    if (!verification.ok) throw new TypeError(verification.description);
    const identity = await world.oauth.identitySigner.identityFor(verification.principal, WEATHER, world.clock.now());
    expect(verify(identity)).toMatchObject({ ok: false, reason: 'wrong_type' });
  });
});

describe('a token that was verified before is still asked', () => {
  test('when it expires', async () => {
    const token = await mint();
    expect(verify(token).ok).toBe(true);
    world.clock.advance(900_000);
    expect(verify(token)).toMatchObject({ ok: false, reason: 'expired' });
  });

  test('for another audience', async () => {
    const token = await mint();
    expect(verify(token).ok).toBe(true);
    expect(verify(token, BILLING)).toMatchObject({ ok: false, reason: 'wrong_audience' });
  });

  test('when it is revoked, in this process and in another', async () => {
    const other = await world.second();
    try {
      const token = await mint();
      const elsewhere = () => other.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now());
      expect([verify(token).ok, elsewhere().ok]).toEqual([true, true]);
      await world.revoke({ client_id: 'machine', client_secret: secret, token });
      expect(verify(token)).toMatchObject({ ok: false, reason: 'revoked' });
      await other.store.changes.caughtUp();
      expect(elsewhere()).toMatchObject({ ok: false, reason: 'revoked' });
      expect(verify(await mint()).ok).toBe(true);
    } finally {
      other.oauth.close();
      await other.store.close();
    }
  });

  test('revocations are there after a restart', async () => {
    const token = await mint();
    await world.revoke({ client_id: 'machine', client_secret: secret, token });
    const other = await world.second();
    try {
      expect(other.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now())).toMatchObject({
        ok: false,
        reason: 'revoked',
      });
    } finally {
      other.oauth.close();
      await other.store.close();
    }
  });

  test('when its client is revoked; what the client gets later is good', async () => {
    const token = await mint();
    await world.oauth.revokeTokens({ tenantId: TENANT, kind: 'client', id: 'machine', actor, because: 'leaked' });
    expect(verify(token)).toMatchObject({ ok: false, reason: 'revoked' });
    world.clock.advance(1000);
    expect(verify(await mint()).ok).toBe(true);
  });

  test('when its key is removed', async () => {
    const token = await mint();
    const old = await kid();
    expect(verify(token).ok).toBe(true);
    await world.signingKeys.rotate(TENANT, { immediately: true });
    expect(verify(token).ok).toBe(true);
    await world.signingKeys.remove(TENANT, old);
    expect(verify(token)).toMatchObject({ ok: false, reason: 'bad_signature' });
  });

  test('when its client is deleted, also when one of that name is made anew', async () => {
    const token = await mint();
    expect(verify(token).ok).toBe(true);
    const deps = { store: world.store, clock: world.clock, random: { bytes: (size: number) => Buffer.alloc(size, 9) } };
    await deleteResource(deps, { caller: systemCaller(TENANT, 'test'), kind: clientKind, name: 'machine' });
    await world.store.changes.caughtUp();
    expect(verify(token)).toMatchObject({ ok: false, reason: 'revoked' });
    world.clock.advance(1000);
    await world.apply(RESOURCES);
    await world.store.changes.caughtUp();
    expect(verify(token)).toMatchObject({ ok: false, reason: 'revoked' });
    const refused = await world.token({ grant_type: 'client_credentials' }, basic('machine', secret));
    expect(refused.body.error).toBe('invalid_client');
  });
});
