/** Id tokens and userinfo in the form that a client asks for: its algorithm, encrypted to its key. Read by jose. */
import { compactDecrypt, createLocalJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clientSchema } from '../clients/client-schema.ts';
import {
  ALICE,
  basic,
  CHALLENGE,
  headerOf,
  ISSUER,
  openWorld,
  TENANT,
  VERIFIER,
  type World,
} from '../oauth-world.fixture.ts';
import { leftHalfHash } from '../tokens/left-half-hash.ts';

const REDIRECT = 'https://sealed.example.com/cb';
let world: World;
let secret: string | undefined;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const spec = (more: object) => ({
  type: 'confidential',
  grants: ['authorization_code', 'refresh_token'],
  redirectUris: [REDIRECT],
  scopes: ['openid', 'profile'],
  firstParty: true,
  ...more,
});

async function signIn(more: object) {
  await world.apply([{ kind: 'client', name: 'sealed', spec: spec(more) }]);
  await world.store.changes.caughtUp();
  secret ??= await world.secretOf('sealed');
  const authorization = basic('sealed', secret);
  const outcome = await world.authorize({
    response_type: 'code',
    client_id: 'sealed',
    redirect_uri: REDIRECT,
    scope: 'openid profile',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  const code = outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get('code') : undefined;
  const redeem = { grant_type: 'authorization_code', code: code ?? '', code_verifier: VERIFIER };
  const first = (await world.token(redeem, authorization)).body;
  const again = { grant_type: 'refresh_token', refresh_token: String(first.refresh_token) };
  return { first, again: (await world.token(again, authorization)).body };
}

const verified = (jwt: string) =>
  jwtVerify(jwt, createLocalJWKSet(world.oauth.jwks(TENANT).body as { keys: JWK[] }), {
    issuer: ISSUER,
    audience: 'sealed',
    currentDate: new Date(world.clock.now()),
  });

describe('encrypted', () => {
  test.each<[kind: string, alg: string, declared: boolean, enc: string]>([
    ['RSA', 'RSA-OAEP-256', false, 'A256GCM'],
    ['P-256', 'ECDH-ES', false, 'A128GCM'],
    ['P-256', 'ECDH-ES+A256KW', true, 'A256CBC-HS512'],
    ['X25519', 'ECDH-ES', true, 'A128CBC-HS256'],
  ])('to a key of kind %s by %s (%s), %s', async (kind, alg, declared, enc) => {
    const pair = await generateKeyPair(alg, { extractable: true, ...(kind === 'RSA' ? {} : { crv: kind }) });
    const { alg: _, ...jwk } = await exportJWK(pair.publicKey);
    const encryption = { key: { ...jwk, kid: 'enc-1', use: 'enc', ...(declared ? { alg } : {}) }, enc };
    const { first, again } = await signIn({ idTokenEncryption: encryption, userinfoEncryption: encryption });
    const userinfo = await world.oauth.userinfo({
      tenantId: TENANT,
      params: [],
      authorization: `Bearer ${first.access_token}`,
      ip: '10.3.3.3',
    });
    expect(userinfo.type).toBe('application/jwt');
    for (const jwe of [first.id_token, again.id_token, userinfo.body]) {
      expect(headerOf(jwe)).toMatchObject({ alg, enc, cty: 'JWT', kid: 'enc-1' });
      const { plaintext } = await compactDecrypt(String(jwe), pair.privateKey);
      expect((await verified(Buffer.from(plaintext).toString())).payload).toMatchObject({ sub: ALICE, name: 'Alice' });
    }
  });
});

test.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('signed by %s', async (alg) => {
  const { first, again } = await signIn({ idTokenSigningAlg: alg });
  for (const { id_token, access_token } of [first, again]) {
    expect(headerOf(id_token).alg).toBe(alg);
    const { payload } = await verified(String(id_token));
    expect(payload.at_hash).toBe(leftHalfHash(alg, String(access_token)));
  }
});

test.each<[string, object]>([
  ['RSA1_5', { kty: 'RSA', alg: 'RSA1_5', e: 'AQAB', n: 'w'.repeat(342) }],
  ['RSA-OAEP with SHA-1', { kty: 'RSA', alg: 'RSA-OAEP', e: 'AQAB', n: 'w'.repeat(342) }],
  ['a weak RSA key', { kty: 'RSA', e: 'AQAB', n: 'w'.repeat(171) }],
  ['a private key', { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }],
  ['a shared key', { kty: 'oct', k: 'AAAA' }],
  ['a key for signatures', { kty: 'EC', crv: 'P-256', use: 'sig', x: 'x', y: 'y' }],
  ['a point that is on no curve', { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }],
])('can not be declared: %s', (_, key) => {
  expect(clientSchema.safeParse(spec({ idTokenEncryption: { key } })).success).toBe(false);
});
