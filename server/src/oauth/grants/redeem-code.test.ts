import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import {
  ALICE,
  actor,
  BILLING,
  claimsOf,
  headerOf,
  ISSUER,
  openWorld,
  SPA_REDEEM,
  TENANT,
  VERIFIER,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { leftHalfHash } from '../tokens/left-half-hash.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const eventTypes = async () =>
  (await listEvents(world, { tenantId: TENANT, limit: 200 })).items.map(({ type }) => type as string);

describe('200', () => {
  test('an access token, a refresh token and an id token', async () => {
    const { status, body } = await world.token({ ...SPA_REDEEM, code: await world.code() });
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'openid profile weather:read',
      refresh_token: expect.stringMatching(/^gh_rt_/),
      id_token: expect.any(String),
    });
    const now = Math.floor(world.clock.now() / 1000);
    expect(claimsOf(body.access_token)).toEqual({
      iss: ISSUER,
      sub: ALICE,
      aud: [WEATHER, ISSUER],
      exp: now + 900,
      iat: now,
      jti: expect.stringMatching(/^tok_/),
      client_id: 'spa',
      scope: 'openid profile weather:read',
      auth_time: now,
      amr: ['pwd'],
      roles: ['analyst'],
      grant_id: expect.stringMatching(/^gnt_/),
      sid: 'ses_1',
    });
    expect(headerOf(body.id_token).typ).toBe('JWT');
    expect(claimsOf(body.id_token)).toEqual({
      name: 'Alice',
      iss: ISSUER,
      sub: ALICE,
      aud: 'spa',
      exp: now + 3600,
      iat: now,
      auth_time: now,
      nonce: 'n-1',
      amr: ['pwd'],
      sid: 'ses_1',
      at_hash: leftHalfHash('ES256', String(body.access_token)),
    });
    expect(await eventTypes()).toEqual(expect.arrayContaining(['authorization_code.issued', 'token.issued']));
  });

  test('without openid no id token, and the API is the only audience', async () => {
    const { body } = await world.token({ ...SPA_REDEEM, code: await world.code({ scope: 'weather:read' }) });
    expect(body.id_token).toBeUndefined();
    expect(claimsOf(body.access_token).aud).toBe(WEATHER);
  });

  test('identity scopes alone are good for the issuer alone', async () => {
    const { body } = await world.token({ ...SPA_REDEEM, code: await world.code({ scope: 'openid email' }) });
    expect(claimsOf(body.access_token).aud).toBe(ISSUER);
  });

  test('offline access is not tied to the session', async () => {
    const { body } = await world.token({ ...SPA_REDEEM, code: await world.code({ scope: 'openid offline_access' }) });
    expect(claimsOf(body.access_token).sid).toBeUndefined();
  });

  test('redirect_uri may be left out, as OAuth 2.1 does', async () => {
    const code = await world.code();
    expect((await world.token({ ...SPA_REDEEM, redirect_uri: undefined, code })).status).toBe(200);
  });

  test('the API that was granted may be named again', async () => {
    const code = await world.code();
    expect((await world.token({ ...SPA_REDEEM, resource: WEATHER, code })).status).toBe(200);
  });
});

describe('400, and the code is still good for the request it belongs to', () => {
  test.each([
    ['another verifier', { code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
    ['the challenge as verifier', { code_verifier: VERIFIER.replace('v', 'V') }, 'invalid_grant'],
    ['another redirect URI', { redirect_uri: 'https://spa.example.com/callback/' }, 'invalid_grant'],
    ['another client', { client_id: 'native' }, 'invalid_grant'],
    ['another API', { resource: BILLING }, 'invalid_target'],
    ['no verifier', { code_verifier: undefined }, 'invalid_request'],
    ['no client', { client_id: undefined }, 'invalid_client'],
  ])('%s', async (_, changes, error) => {
    const code = await world.code();
    const refused = await world.token({ ...SPA_REDEEM, code, ...changes });
    expect(refused.body.error).toBe(error);
    expect((await world.token({ ...SPA_REDEEM, code })).status).toBe(200);
  });
});

describe('400, for good', () => {
  test('after 60 seconds', async () => {
    const code = await world.code();
    world.clock.advance(59_999);
    const inTime = await world.code();
    world.clock.advance(1);
    expect((await world.token({ ...SPA_REDEEM, code })).body.error).toBe('invalid_grant');
    expect((await world.token({ ...SPA_REDEEM, code: inTime })).status).toBe(200);
  });

  test('when the session was ended in between', async () => {
    const sessionId = 'ses_that_ends';
    world.signIn({ sessionId });
    const code = await world.code();
    await world.oauth.revokeTokens({ tenantId: TENANT, kind: 'session', id: sessionId, actor, because: 'signed_out' });
    expect((await world.token({ ...SPA_REDEEM, code })).body.error).toBe('invalid_grant');
    world.signIn();
  });

  test('when the person is gone', async () => {
    const code = await world.code();
    const alice = world.people.get(ALICE);
    world.people.delete(ALICE);
    try {
      expect((await world.token({ ...SPA_REDEEM, code })).body.error).toBe('invalid_grant');
    } finally {
      if (alice !== undefined) world.people.set(ALICE, alice);
    }
  });

  test('a replayed code ends everything that came of it', async () => {
    const code = await world.code();
    const { body } = await world.token({ ...SPA_REDEEM, code });
    const token = String(body.access_token);
    const check = () => world.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now());
    expect(check()).toMatchObject({ ok: true });
    expect((await world.token({ ...SPA_REDEEM, code })).body.error).toBe('invalid_grant');
    expect(check()).toMatchObject({ ok: false, reason: 'revoked' });
    const refresh = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(body.refresh_token) };
    expect((await world.token(refresh)).body.error).toBe('invalid_grant');
    expect(await eventTypes()).toEqual(expect.arrayContaining(['authorization_code.replayed', 'token.revoked']));
  });

  test('a replay by another client ends nothing', async () => {
    const code = await world.code();
    const { body } = await world.token({ ...SPA_REDEEM, code });
    expect((await world.token({ ...SPA_REDEEM, client_id: 'native', code })).body.error).toBe('invalid_grant');
    const token = String(body.access_token);
    expect(world.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now()).ok).toBe(true);
  });
});

describe('races', () => {
  test('of 50 redemptions of one code one wins, and the replays end what it won', async () => {
    for (let round = 0; round < 5; round += 1) {
      const code = await world.code();
      const results = await Promise.all(Array.from({ length: 50 }, () => world.token({ ...SPA_REDEEM, code })));
      const won = results.filter(({ status }) => status === 200);
      expect(won.length).toBe(1);
      expect(results.filter(({ body }) => body.error === 'invalid_grant').length).toBe(49);
      const token = String(won[0]?.body.access_token);
      const verification = world.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now());
      expect(verification).toMatchObject({ ok: false, reason: 'revoked' });
    }
  });

  test('of 50 redemptions with wrong and one with the right verifier the right one wins', async () => {
    const code = await world.code();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        world.token({ ...SPA_REDEEM, code, code_verifier: index === 25 ? VERIFIER : `x${'y'.repeat(42)}` }),
      ),
    );
    expect(results.filter(({ status }) => status === 200).length).toBe(1);
  });
});
