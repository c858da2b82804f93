/** Answers encrypted to a key that the client publishes at its jwksUri, which it may change when it likes. */
import { compactDecrypt, exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkClient, clientSchema } from '../clients/client-schema.ts';
import {
  ALICE,
  claimsOf,
  headerOf,
  openWorld,
  SPA_REDEEM,
  SPA_REQUEST,
  TENANT,
  type World,
} from '../oauth-world.fixture.ts';

const KEYS_AT = 'https://spa.example.com/keys';
let world: World;
let pairs: { private: CryptoKey; jwk: JWK }[];
beforeAll(async () => {
  world = await openWorld();
  pairs = await Promise.all(['enc-1', 'enc-2'].map((kid) => newPair(kid, 'ECDH-ES+A256KW')));
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(3_700_000);
  world.signIn();
  await declare({ alg: 'ECDH-ES+A256KW' });
});

async function newPair(kid: string, alg: string) {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { private: pair.privateKey, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'enc' } };
}
const specOf = (encryption: object) => ({
  type: 'public',
  grants: ['authorization_code', 'refresh_token'],
  redirectUris: [SPA_REQUEST.redirect_uri],
  scopes: ['openid', 'profile', 'weather:read'],
  apis: ['weather'],
  firstParty: true,
  jwksUri: KEYS_AT,
  idTokenEncryption: encryption,
  userinfoEncryption: encryption,
});
async function declare(encryption: object) {
  await world.apply([{ kind: 'client', name: 'spa', spec: specOf(encryption) }]);
  await world.store.changes.caughtUp();
}
const publish = (...keys: unknown[]) => world.web.pages.set(KEYS_AT, { keys });
const redeem = async (code: string) => (await world.token({ ...SPA_REDEEM, code })).body;
const refresh = async (token: unknown) =>
  (await world.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(token) })).body;
const opened = async (jwe: unknown, index: number) => {
  const pair = pairs[index];
  if (pair === undefined) throw new TypeError('no such pair');
  return claimsOf(Buffer.from((await compactDecrypt(String(jwe), pair.private)).plaintext).toString());
};

test('the first key of the algorithm: others, for signatures and of other kinds, are passed by', async () => {
  const rsa = await newPair('rsa', 'RSA-OAEP-256');
  const { jwk: signing } = await newPair('sig', 'ECDH-ES');
  publish(
    'no key',
    null,
    { ...signing, use: 'sig', alg: 'ES256' },
    { ...signing, use: undefined, alg: undefined },
    rsa.jwk,
    pairs[0]?.jwk,
  );
  const { id_token: idToken, access_token: token } = await redeem(await world.code());
  expect(headerOf(idToken)).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: 'enc-1' });
  expect(await opened(idToken, 0)).toMatchObject({ sub: ALICE });
  const asked = { tenantId: TENANT, params: [], authorization: `Bearer ${token}`, ip: '10.3.3.3' };
  const userinfo = await world.oauth.userinfo(asked);
  expect(await opened(userinfo.body, 0)).toMatchObject({ sub: ALICE });
});

test('a key that was changed is the one used, minutes later; the address is asked once for many', async () => {
  publish(pairs[0]?.jwk);
  world.web.asked = 0;
  const first = await redeem(await world.code());
  const { refresh_token: next } = await refresh(first.refresh_token);
  expect(world.web.asked).toBe(1);
  publish(pairs[1]?.jwk, pairs[0]?.jwk);
  world.clock.advance(301_000);
  const { id_token: later } = await refresh(next);
  expect(await opened(later, 1)).toMatchObject({ sub: ALICE });
  expect(world.web.asked).toBe(2);
});

test.each([
  ['nothing is there', () => world.web.pages.delete(KEYS_AT)],
  ['no key set is there', () => world.web.pages.set(KEYS_AT, 'keys')],
  ['no key is for that', () => publish({ ...pairs[0]?.jwk, use: 'sig', alg: 'ES256' })],
  ['the key is private', () => publish({ ...pairs[0]?.jwk, d: 'AAAA' })],
  ['the key is for another algorithm', () => publish({ ...pairs[0]?.jwk, alg: 'ECDH-ES' })],
])('400 while %s; the code is not spent, and good once there is a key', async (_, prepare) => {
  prepare();
  const code = await world.code();
  const refused = await redeem(code);
  expect([refused.error, refused.error_description]).toEqual(['invalid_request', expect.stringContaining('jwksUri')]);
  publish(pairs[0]?.jwk);
  world.clock.advance(10_000);
  expect(await opened((await redeem(code)).id_token, 0)).toMatchObject({ sub: ALICE });
});

test.each([
  ['without a key and without an address', { ...specOf({}), jwksUri: undefined }, 'idTokenEncryption.key'],
  [
    'an algorithm beside the key',
    { ...specOf({ alg: 'ECDH-ES', key: { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) } }) },
    'idTokenEncryption.alg',
  ],
])('%s can not be declared', (_, spec, path) => {
  const declared = clientSchema.parse(spec);
  expect(checkClient(declared).map((problem) => problem.path)).toContain(path);
});
