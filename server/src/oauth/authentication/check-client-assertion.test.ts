import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ISSUER, openWorld, type World } from '../oauth-world.fixture.ts';
import { assertionClaims, assertionForm, makeKey, signJwt } from './assertions.fixture.ts';

/** Rounds of the race; thousands on demand, few in every run. */
const ROUNDS = Number(process.env.GATEHOUSE_RACE_ROUNDS ?? 3);
const RACERS = 50;

let world: World;
const key = makeKey('k1');
const rsa = makeKey('k2', 'RS256');
const stranger = makeKey('k1');
const remote = makeKey('r1');
const next = makeKey('r2');
const KEYS_AT = 'https://robot.example.com/jwks';

const machine = (more: object) => ({
  type: 'confidential',
  grants: ['client_credentials'],
  scopes: ['weather:read'],
  apis: ['weather'],
  ...more,
});

beforeAll(async () => {
  world = await openWorld();
  const method = { tokenEndpointAuthMethod: 'private_key_jwt' };
  await world.apply([
    { kind: 'client', name: 'robot', spec: machine({ ...method, jwks: { keys: [key.jwk, rsa.jwk] } }) },
    { kind: 'client', name: 'other-robot', spec: machine({ ...method, jwks: { keys: [stranger.jwk] } }) },
    { kind: 'client', name: 'remote-robot', spec: machine({ ...method, jwksUri: KEYS_AT }) },
    {
      kind: 'client',
      name: 'strict-robot',
      spec: machine({ ...method, profile: 'fapi2', senderConstraint: 'dpop', jwks: { keys: [key.jwk, rsa.jwk] } }),
    },
  ]);
  await world.store.changes.caughtUp();
  world.web.pages.set(KEYS_AT, { keys: [remote.jwk] });
});
afterAll(() => world?.close());

const ask = (assertion: string, more: Record<string, string> = {}) =>
  world.token({ grant_type: 'client_credentials', ...assertionForm(assertion), ...more });
const claims = (changes: object = {}) => ({ ...assertionClaims('robot', ISSUER, world.clock.now()), ...changes });
const seconds = () => Math.floor(world.clock.now() / 1000);

describe('private_key_jwt', () => {
  test.each([
    ['the issuer as audience', () => signJwt(key, claims())],
    ['the token endpoint as audience', () => signJwt(key, claims({ aud: `${ISSUER}/oauth/token` }))],
    ['an audience in a list', () => signJwt(key, claims({ aud: [ISSUER] }))],
    ['RS256', () => signJwt(rsa, claims())],
    ['no kid', () => signJwt(key, claims(), { kid: undefined })],
    ['a type of its own', () => signJwt(key, claims(), { typ: 'client-authentication+jwt' })],
  ])('good: %s', async (_, make) => {
    expect(await ask(make())).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
  });

  test.each([
    ['another audience', () => signJwt(key, claims({ aud: 'https://other.example.com' })), 'aud'],
    ['two audiences', () => signJwt(key, claims({ aud: [ISSUER, 'https://other.example.com'] })), 'aud'],
    ['no audience', () => signJwt(key, claims({ aud: undefined })), 'aud'],
    ['another subject', () => signJwt(key, claims({ iss: 'web' })), 'iss and sub'],
    ['no jti', () => signJwt(key, claims({ jti: undefined })), 'jti'],
    ['an endless jti', () => signJwt(key, claims({ jti: 'x'.repeat(256) })), 'jti'],
    ['an audience that is no text', () => signJwt(key, claims({ aud: { toString: 1, valueOf: 1 } })), 'aud'],
    ['no exp', () => signJwt(key, claims({ exp: undefined })), 'exp'],
    ['exp as text', () => signJwt(key, claims({ exp: String(seconds() + 60) })), 'exp'],
    ['expired', () => signJwt(key, claims({ exp: seconds() })), 'expired'],
    ['valid for a day', () => signJwt(key, claims({ exp: seconds() + 86_400 })), 'too long'],
    ['from the future', () => signJwt(key, claims({ iat: seconds() + 300 })), 'iat'],
    ['not yet', () => signJwt(key, claims({ nbf: seconds() + 300 })), 'nbf'],
    ['an access token', () => signJwt(key, claims(), { typ: 'at+jwt' }), 'typ'],
    ['a DPoP proof', () => signJwt(key, claims(), { typ: 'dpop+jwt' }), 'typ'],
    ['a key of another client', () => signJwt(stranger, claims()), 'could not be authenticated'],
    ['critical extensions', () => signJwt(key, claims(), { crit: ['exp'] }), 'could not be authenticated'],
    ['alg none', () => signJwt({ ...key, alg: 'none' }, claims()), 'could not be authenticated'],
    ['HS256', () => signJwt({ ...key, alg: 'HS256' }, claims()), 'could not be authenticated'],
    ['an alg of another key type', () => signJwt({ ...key, alg: 'RS256' }, claims()), 'could not be authenticated'],
    ['a key that it brings along', () => signJwt(stranger, claims(), { jwk: stranger.jwk }), 'could not be authent'],
    ['no such client', () => signJwt(key, claims({ sub: 'nobody', iss: 'nobody' })), 'could not be authenticated'],
    ['a client with a secret', () => signJwt(key, claims({ sub: 'machine', iss: 'machine' })), 'could not be authent'],
    ['no JWT', () => 'x.y.z', 'could not be authenticated'],
  ])('refused: %s', async (_, make, words) => {
    const { status, body } = await ask(make());
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' });
    expect(body.error_description).toContain(words);
  });

  test('refused: an assertion of one client under the id of another', async () => {
    expect((await ask(signJwt(key, claims()), { client_id: 'other-robot' })).body.error).toBe('invalid_client');
  });

  test('refused: nothing weaker counts for a client that has a key', async () => {
    const alone = await world.token({ grant_type: 'client_credentials', client_id: 'robot' });
    const secret = await world.token({ grant_type: 'client_credentials', client_id: 'robot', client_secret: 'x' });
    expect([alone.body.error, secret.body.error]).toEqual(['invalid_client', 'invalid_client']);
    await expect(world.secretOf('robot')).rejects.toMatchObject({ code: 'client_takes_no_secret' });
  });

  test('refused: two ways at once', async () => {
    const { body } = await ask(signJwt(key, claims()), { client_secret: 'x' });
    expect(body.error).toBe('invalid_request');
  });

  test('under fapi2 the audience is the issuer, and RS256 does not count', async () => {
    const strict = (changes: object = {}) => ({
      ...assertionClaims('strict-robot', ISSUER, world.clock.now()),
      ...changes,
    });
    expect((await ask(signJwt(key, strict({ aud: `${ISSUER}/oauth/token` })))).body.error_description).toContain('aud');
    expect((await ask(signJwt(rsa, strict()))).body.error).toBe('invalid_client');
  });

  test('once: the second use is refused, and says so', async () => {
    const assertion = signJwt(key, claims());
    expect((await ask(assertion)).status).toBe(200);
    const { body } = await ask(assertion);
    expect(body).toMatchObject({ error: 'invalid_client' });
    expect(body.error_description).toContain('used before');
  });

  test(`of ${RACERS} at once one wins, in two processes`, { timeout: 600_000 }, async () => {
    const other = await world.second();
    for (let round = 0; round < ROUNDS; round += 1) {
      const form = assertionForm(signJwt(key, claims({ jti: randomUUID() })));
      const answers = await Promise.all(
        Array.from({ length: RACERS }, (_, index) =>
          world.token(
            { grant_type: 'client_credentials', ...form },
            undefined,
            undefined,
            {},
            index % 2 === 0 ? other.oauth : undefined,
          ),
        ),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array.from({ length: RACERS - 1 }, () => 401)]);
    }
    other.oauth.close();
    await other.store.close();
  });
});

describe('keys at an address (jwks_uri)', () => {
  const ask2 = (signer = remote) => ask(signJwt(signer, assertionClaims('remote-robot', ISSUER, world.clock.now())));

  test('are fetched once for all who wait, and again for a key that is new', async () => {
    world.web.asked = 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask2()));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(world.web.asked).toBe(1);
    expect(world.web.purposes.get(KEYS_AT)).toBe('clients');
    world.web.pages.set(KEYS_AT, { keys: [next.jwk] });
    // Not at once: a stranger's kid must not make us ask again and again.
    expect((await ask2(next)).status).toBe(401);
    world.clock.advance(11_000);
    expect((await ask2(next)).status).toBe(200);
    expect(world.web.asked).toBe(2);
    expect((await ask2(remote)).status).toBe(401);
  });

  test('are believed for an hour when the address fails, and then no more', async () => {
    world.web.pages.delete(KEYS_AT);
    world.clock.advance(10 * 60_000);
    expect((await ask2(next)).status).toBe(200);
    world.clock.advance(61 * 60_000);
    expect((await ask2(next)).status).toBe(401);
  });
});
