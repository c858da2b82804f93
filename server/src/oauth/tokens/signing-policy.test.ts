/** By which algorithms a tenant signs: its policy, an API's and a client's own word, and what others can verify. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { type Alg, SIGNING_ALGORITHMS } from '#keyring';
import { deleteResource, systemCaller } from '#resources';
import { signingPolicyKind } from '../kinds.ts';
import {
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
import { signingAlg } from '../profiles/profile.ts';
import { leftHalfHash } from './left-half-hash.ts';

let world: World;
let authorization: string;
beforeAll(async () => {
  world = await openWorld();
  authorization = basic('machine', await world.secretOf('machine'));
});
afterAll(() => world.close());
afterEach(async () => {
  await declare({});
  await world.apply(RESOURCES);
  await world.store.changes.caughtUp();
});

async function declare(spec: { idTokens?: Alg; accessTokens?: Alg }, ...more: object[]): Promise<void> {
  await world.apply([{ kind: 'signing_policy', name: 'default', spec }, ...more]);
  await world.store.changes.caughtUp();
}
const declared = (name: string, spec: object) => {
  const resource = RESOURCES.find((each) => each.name === name);
  if (resource === undefined) throw new TypeError(name);
  return { ...resource, spec: { ...resource.spec, ...spec } };
};
const redeem = async () => (await world.token({ ...SPA_REDEEM, code: await world.code() })).body;
const machineToken = async () =>
  (await world.token({ grant_type: 'client_credentials' }, authorization)).body.access_token;
const jwks = () => world.oauth.jwks(TENANT).body as JSONWebKeySet;
const algOf = (token: unknown) => headerOf(token).alg;

describe.each(SIGNING_ALGORITHMS)('%s', (alg) => {
  test('of all tokens, verified by others and by us, with the hash that belongs to it', async () => {
    await declare({ idTokens: alg, accessTokens: alg });
    const { id_token: idToken, access_token: accessToken } = await redeem();
    const keys = createLocalJWKSet(jwks());
    const seen = await jwtVerify(String(idToken), keys, {
      issuer: ISSUER,
      audience: 'spa',
      currentDate: new Date(world.clock.now()),
    });
    expect(seen.protectedHeader.alg).toBe(alg);
    expect(seen.payload.at_hash).toBe(leftHalfHash(alg, String(accessToken)));
    expect([algOf(accessToken), algOf(await machineToken())]).toEqual([alg, alg]);
    const ours = world.oauth.verifier.verifyAccessToken(String(accessToken), { audience: WEATHER }, world.clock.now());
    expect(ours.ok).toBe(true);
    const { body } = world.oauth.discovery(TENANT);
    expect(body).toMatchObject({ id_token_signing_alg_values_supported: expect.arrayContaining([alg]) });
  });
});

test('the access tokens by one, the id tokens by another; a refresh goes by what is declared then', async () => {
  await declare({ idTokens: 'PS256', accessTokens: 'EdDSA' });
  const first = await redeem();
  expect([algOf(first.id_token), algOf(first.access_token)]).toEqual(['PS256', 'EdDSA']);
  await declare({ idTokens: 'RS256' });
  const { body } = await world.token({
    grant_type: 'refresh_token',
    client_id: 'spa',
    refresh_token: String(first.refresh_token),
  });
  expect([algOf(body.id_token), algOf(body.access_token)]).toEqual(['RS256', 'ES256']);
});

test('an API’s own word, and a client’s, go before the tenant’s', async () => {
  await declare(
    { idTokens: 'PS256', accessTokens: 'PS256' },
    declared('weather', { accessTokenSigningAlg: 'ES384' }),
    declared('spa', { idTokenSigningAlg: 'EdDSA' }),
  );
  const { id_token: idToken, access_token: accessToken } = await redeem();
  expect([algOf(idToken), algOf(accessToken)]).toEqual(['EdDSA', 'ES384']);
});

test('the key stands in the JWKS before a token is asked for, and is made once', async () => {
  const { kids } = {
    kids: () =>
      jwks()
        .keys.filter(({ alg }) => alg === 'ES384')
        .map(({ kid }) => kid),
  };
  await declare({}, declared('weather', { accessTokenSigningAlg: 'ES384' }));
  await expect.poll(() => kids().length).toBe(1);
  const [kid] = kids();
  const tokens = await Promise.all(Array.from({ length: 5 }, machineToken));
  expect(tokens.map((token) => headerOf(token).kid)).toEqual(Array(5).fill(kid));
  expect(kids()).toEqual([kid]);
});

test.each([
  ['oauth2.1', 'RS256', 'RS256'],
  ['oauth2.1', 'ES384', 'ES384'],
  ['fapi2', 'RS256', 'ES256'],
  ['fapi2', 'ES384', 'ES256'],
  ['fapi2', 'PS256', 'PS256'],
] as const)('a client by %s for which %s is declared gets %s', (profile, wanted, given) => {
  expect(signingAlg(profile, wanted)).toBe(given);
});

test('keys of each rotate on their own, and what the one before has signed verifies', async () => {
  await declare({ accessTokens: 'ES384' });
  const before = await machineToken();
  await world.signingKeys.rotate(TENANT, { alg: 'ES384', immediately: true });
  const after = await machineToken();
  expect(headerOf(before).kid).not.toBe(headerOf(after).kid);
  for (const token of [before, after]) {
    const seen = world.oauth.verifier.verifyAccessToken(String(token), { audience: WEATHER }, world.clock.now());
    expect(seen.ok).toBe(true);
  }
});

test('the header of a token decides nothing: another algorithm there, and it is refused', async () => {
  await declare({ accessTokens: 'RS256' });
  const token = String(await machineToken());
  const [, payload, signature] = token.split('.');
  for (const alg of ['PS256', 'ES256', 'HS256', 'none']) {
    const header = Buffer.from(JSON.stringify({ ...headerOf(token), alg })).toString('base64url');
    const seen = world.oauth.verifier.verifyAccessToken(
      `${header}.${payload}.${signature}`,
      { audience: WEATHER },
      world.clock.now(),
    );
    expect(seen).toMatchObject({ ok: false });
  }
});

test('without the policy it is ES256 again, and what was signed before is good', async () => {
  await declare({ accessTokens: 'PS256' });
  const before = await machineToken();
  const caller = systemCaller(TENANT, 'test');
  await deleteResource({ ...world, random: systemRandom }, { caller, kind: signingPolicyKind, name: 'default' });
  await world.store.changes.caughtUp();
  expect(algOf(await machineToken())).toBe('ES256');
  expect(claimsOf(before).aud).toBe(WEATHER);
  const seen = world.oauth.verifier.verifyAccessToken(String(before), { audience: WEATHER }, world.clock.now());
  expect(seen.ok).toBe(true);
});

test.each([
  ['a shared secret', { accessTokens: 'HS256' }],
  ['none', { idTokens: 'none' }],
  ['an unknown field', { userinfo: 'ES256' }],
  ['a list', { idTokens: ['ES256'] }],
])('%s is no policy', async (_, spec) => {
  const applied = Promise.try(() => world.apply([{ kind: 'signing_policy', name: 'default', spec }]));
  await expect(applied).rejects.toMatchObject({ code: 'documents_invalid' });
});
