/** DPoP at the issuer's endpoints (RFC 9449): tokens bound to a key, from the token request to userinfo. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKey, signJwt, type TestKey } from '../authentication/assertions.fixture.ts';
import {
  CERTIFICATE_ADDRESS,
  claimsOf,
  type Form,
  ISSUER,
  openWorld,
  SPA_REDEEM,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';

const ROUNDS = Number(process.env.GATEHOUSE_RACE_ROUNDS ?? 3);
const RACERS = 50;
const TOKEN_URL = `${ISSUER}/oauth/token`;

let world: World;
let secret: string;
const key = makeKey('k');
const thief = makeKey('t');

beforeAll(async () => {
  world = await openWorld();
  secret = await world.secretOf('machine');
  const spec = {
    type: 'confidential',
    grants: ['client_credentials'],
    scopes: ['weather:read'],
    apis: ['weather'],
    senderConstraint: 'dpop',
  };
  const assertions = { tokenEndpointAuthMethod: 'private_key_jwt', profile: 'fapi2', jwks: { keys: [key.jwk] } };
  await world.apply([
    { kind: 'client', name: 'bound', spec },
    { kind: 'client', name: 'strict', spec: { ...spec, ...assertions } },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(() => world?.close());

function proof(claims: object = {}, by: TestKey = key, accessToken?: string): string {
  const iat = Math.floor(world.clock.now() / 1000);
  const ath = accessToken === undefined ? {} : { ath: createHash('sha256').update(accessToken).digest('base64url') };
  const header = { typ: 'dpop+jwt', jwk: by.jwk, kid: undefined };
  return signJwt(by, { jti: randomUUID(), htm: 'POST', htu: TOKEN_URL, iat, ...ath, ...claims }, header);
}
const machine = () => ({ grant_type: 'client_credentials', client_id: 'machine', client_secret: secret });
const token = (form: Form, ...dpop: string[]) => world.token(form, undefined, undefined, { dpop });
const userinfo = (authorization: string, ...dpop: string[]) => world.userinfo(authorization, { dpop, method: 'GET' });
const verify = (text: unknown, confirmation?: object) =>
  world.oauth.verifier.verifyAccessToken(String(text), { audience: WEATHER, confirmation }, world.clock.now());

describe('the token endpoint', () => {
  test.each([
    ['where it asks for certificates', `${CERTIFICATE_ADDRESS}/oauth/token`, 200],
    ['another endpoint there', `${CERTIFICATE_ADDRESS}/oauth/par`, 400],
    ['the same path of another host', 'https://evil.example/oauth/token', 400],
  ])('takes a proof for its own address, and no other: %s', async (_, htu, status) => {
    expect((await token(machine(), proof({ htu }))).status).toBe(status);
  });

  test('binds the token to the key, and says so', async () => {
    const { status, body, headers } = await token(machine(), proof());
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    expect(claimsOf(body.access_token).cnf).toEqual({ jkt: key.jkt });
    expect(headers['dpop-nonce']).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(verify(body.access_token, { jkt: key.jkt }).ok).toBe(true);
    expect([verify(body.access_token), verify(body.access_token, { jkt: thief.jkt })]).toMatchObject([
      { ok: false, reason: 'wrong_sender' },
      { ok: false, reason: 'wrong_sender' },
    ]);
    const told = await world.introspect({
      token: String(body.access_token),
      client_id: 'machine',
      client_secret: secret,
    });
    expect(told.body).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: key.jkt } });
  });

  test('a bearer token is no better for a proof', async () => {
    const { body } = await token(machine());
    expect(body.token_type).toBe('Bearer');
    expect(verify(body.access_token, { jkt: key.jkt })).toMatchObject({ ok: false, reason: 'wrong_sender' });
    // A certificate takes part in every request of its connection.
    expect(verify(body.access_token, { 'x5t#S256': key.jkt }).ok).toBe(true);
  });

  test.each([
    ['two proofs', () => [proof(), proof()], 'invalid_dpop_proof'],
    ['a proof for another method', () => [proof({ htm: 'GET' })], 'invalid_dpop_proof'],
    ['a proof for another endpoint', () => [proof({ htu: `${ISSUER}/oauth/introspect` })], 'invalid_dpop_proof'],
    [
      'a proof for another server',
      () => [proof({ htu: 'https://evil.example.com/oauth/token' })],
      'invalid_dpop_proof',
    ],
    ['an old proof', () => [proof({ iat: Math.floor(world.clock.now() / 1000) - 61 })], 'invalid_dpop_proof'],
    ['a nonce that is not ours', () => [proof({ nonce: 'x'.repeat(32) })], 'use_dpop_nonce'],
    ['an empty header', () => [''], 'invalid_dpop_proof'],
  ])('400: %s', async (_, proofs, error) => {
    expect(await token(machine(), ...proofs())).toMatchObject({ status: 400, body: { error } });
  });

  test('400: a proof used twice', async () => {
    const once = proof();
    expect((await token(machine(), once)).status).toBe(200);
    expect((await token(machine(), once)).body).toMatchObject({ error: 'invalid_dpop_proof' });
  });

  test('400: a client that binds its tokens, without a proof', async () => {
    const bound = {
      grant_type: 'client_credentials',
      client_id: 'bound',
      client_secret: await world.secretOf('bound'),
    };
    expect((await token(bound)).body).toMatchObject({ error: 'invalid_dpop_proof' });
    expect((await token(bound, proof())).status).toBe(200);
  });

  test('under fapi2 the proof needs a nonce, which the refusal hands out; it is good for four minutes', async () => {
    const strict = () => ({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signJwt(key, {
        iss: 'strict',
        sub: 'strict',
        aud: ISSUER,
        jti: randomUUID(),
        exp: Math.floor(world.clock.now() / 1000) + 60,
      }),
    });
    const refused = await token(strict(), proof());
    expect(refused.body.error).toBe('use_dpop_nonce');
    const nonce = refused.headers['dpop-nonce'];
    expect((await token(strict(), proof({ nonce }))).status).toBe(200);
    world.clock.advance(119_000);
    expect((await token(strict(), proof({ nonce }))).status).toBe(200);
    world.clock.advance(121_000);
    expect((await token(strict(), proof({ nonce }))).body.error).toBe('use_dpop_nonce');
  });

  test(`of ${RACERS} requests with one proof one wins, in two processes`, { timeout: 600_000 }, async () => {
    const other = await world.second();
    for (let round = 0; round < ROUNDS; round += 1) {
      const dpop = [proof()];
      const answers = await Promise.all(
        Array.from({ length: RACERS }, (_, index) =>
          world.token(machine(), undefined, undefined, { dpop }, index % 2 === 0 ? other.oauth : undefined),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.error === 'invalid_dpop_proof')).toHaveLength(RACERS - 1);
    }
    other.oauth.close();
    await other.store.close();
  });
});

describe('a person’s tokens', () => {
  const redeem = async (...proofs: string[]) => token({ ...SPA_REDEEM, code: await world.code() }, ...proofs);
  const refresh = (refreshToken: unknown, ...proofs: string[]) =>
    token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(refreshToken) }, ...proofs);

  test('a public client’s refresh token works with its key alone, and a thief does not spend it', async () => {
    const first = await redeem(proof());
    expect(first.body.token_type).toBe('DPoP');
    expect((await refresh(first.body.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(first.body.refresh_token, proof({}, thief))).body).toMatchObject({ error: 'invalid_grant' });
    const second = await refresh(first.body.refresh_token, proof());
    expect([second.status, claimsOf(second.body.access_token).cnf]).toEqual([200, { jkt: key.jkt }]);
  });

  test('a lost reply is repeated for the same key', async () => {
    const first = await redeem(proof());
    const second = await refresh(first.body.refresh_token, proof());
    expect((await refresh(first.body.refresh_token, proof())).body).toEqual(second.body);
  });

  test('userinfo by the scheme, the key, the method, the address and the token of the proof', async () => {
    const { access_token: text } = (await redeem(proof())).body;
    const at = (claims: object = {}, by = key) =>
      proof({ htm: 'GET', htu: `${ISSUER}/oauth/userinfo`, ...claims }, by, String(text));
    expect((await userinfo(`DPoP ${text}`, at())).status).toBe(200);
    const once = at();
    expect((await userinfo(`DPoP ${text}`, once)).status).toBe(200);
    for (const [what, answer] of Object.entries({
      'used before': await userinfo(`DPoP ${text}`, once),
      'as a bearer token': await userinfo(`Bearer ${text}`, at()),
      'without a proof': await userinfo(`DPoP ${text}`),
      'by another key': await userinfo(`DPoP ${text}`, at({}, thief)),
      'for POST': await userinfo(`DPoP ${text}`, at({ htm: 'POST' })),
      'for the token endpoint': await userinfo(`DPoP ${text}`, at({ htu: TOKEN_URL })),
      'of another token': await userinfo(
        `DPoP ${text}`,
        proof({ htm: 'GET', htu: `${ISSUER}/oauth/userinfo` }, key, 'x'),
      ),
    })) {
      expect([what, answer.status]).toEqual([what, 401]);
      expect(answer.headers['www-authenticate']).toMatch(/^(DPoP|Bearer) .*error="(invalid_dpop_proof|invalid_token)"/);
    }
  });
});
