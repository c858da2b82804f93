import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DecisionRequest, Principal } from '#base';
import {
  ALICE,
  actor,
  BILLING,
  basic,
  claimsOf,
  type Form,
  openWorld,
  SPA_REDEEM,
  TENANT,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { isRecord } from '../protocol/json-text.ts';
import { ACT_DEPTH_MAX } from '../tokens/access-token-claims.ts';
import { signedInAtEachTest, TOKEN_EXCHANGE } from './exchange.fixture.ts';
import { TOKEN_TYPES } from './token-types.ts';

let world: World;
let broker: string;
let machine: string;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([BROKER, OTHER_BROKER, KEYS]);
  await world.store.changes.caughtUp();
  broker = basic('broker', await world.secretOf('broker'));
  machine = basic('machine', await world.secretOf('machine'));
});
signedInAtEachTest(() => world);

const BROKER = {
  kind: 'client',
  name: 'broker',
  spec: {
    type: 'confidential',
    grants: ['token_exchange', 'client_credentials'],
    scopes: ['weather:read', 'weather:write', 'bills:read'],
    apis: ['weather', 'billing'],
  },
};
const OTHER_BROKER = { ...BROKER, name: 'other-broker' };
const KEYS = {
  kind: 'client',
  name: 'keys',
  spec: { type: 'public', grants: ['token_exchange'], scopes: ['weather:read'], apis: ['weather'] },
};
const KEY = 'a key';

const tokenOfAlice = async (form: Form = {}) =>
  String((await world.token({ ...SPA_REDEEM, code: await world.code(form) })).body.access_token);
const exchange = (subject_token: string, form: Form = {}, authorization = broker) =>
  world.token(
    {
      grant_type: TOKEN_EXCHANGE,
      subject_token,
      subject_token_type: TOKEN_TYPES.accessToken,
      resource: WEATHER,
      ...form,
    },
    authorization,
  );
const tokenOf = async (authorization: string, form: Form = {}) =>
  String(
    (await world.token({ grant_type: 'client_credentials', resource: WEATHER, ...form }, authorization)).body
      .access_token,
  );
const audienceOf = ({ subject }: DecisionRequest['context']) => (isRecord(subject) ? subject.audience : undefined);
const verify = (token: unknown, audience = WEATHER) =>
  world.oauth.verifier.verifyAccessToken(String(token), { audience }, world.clock.now());

describe('impersonation', () => {
  test('a token of the same person, for the broker, no longer than hers', async () => {
    const subject = await tokenOfAlice({ scope: 'openid weather:read weather:write' });
    world.clock.advance(600_000);
    const { status, body } = await exchange(subject, { scope: 'weather:read' });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        issued_token_type: TOKEN_TYPES.accessToken,
        token_type: 'Bearer',
        scope: 'weather:read',
        expires_in: (claimsOf(subject).exp as number) - Math.floor(world.clock.now() / 1000),
      },
    });
    expect(claimsOf(body.access_token)).toMatchObject({
      sub: ALICE,
      client_id: 'broker',
      aud: WEATHER,
      scope: 'weather:read',
      roles: ['analyst'],
      grant_id: claimsOf(subject).grant_id,
      sid: 'ses_1',
    });
    expect(claimsOf(body.access_token).act).toBeUndefined();
    expect(verify(body.access_token)).toMatchObject({ ok: true, principal: { type: 'user', id: ALICE } });
  });

  test('for another API it carries the scopes that both know, here none', async () => {
    const { body } = await exchange(await tokenOfAlice(), { resource: BILLING });
    expect(body.scope).toBe('');
    expect(claimsOf(body.access_token)).toMatchObject({ sub: ALICE, aud: BILLING, roles: ['analyst'] });
  });

  test('the API may be named as audience', async () => {
    const { body } = await exchange(await tokenOfAlice(), { resource: undefined, audience: 'weather' });
    expect(claimsOf(body.access_token).aud).toBe(WEATHER);
  });
});

describe('delegation', () => {
  const acting = async (authorization = broker) => ({
    actor_token: await tokenOf(authorization),
    actor_token_type: TOKEN_TYPES.accessToken,
  });

  test('the broker acts, and whoever acted before stands inside', async () => {
    const first = await exchange(await tokenOfAlice(), await acting());
    expect(claimsOf(first.body.access_token).act).toEqual({ sub: 'broker' });
    const other = basic('other-broker', await world.secretOf('other-broker'));
    const second = await exchange(String(first.body.access_token), await acting(other), other);
    expect(claimsOf(second.body.access_token)).toMatchObject({
      sub: ALICE,
      act: { sub: 'other-broker', act: { sub: 'broker' } },
    });
    expect(verify(second.body.access_token)).toMatchObject({ ok: true, principal: { act: { sub: 'other-broker' } } });
  });

  test('a chain is kept when somebody impersonates, and ends at its depth', async () => {
    let token = await tokenOfAlice();
    for (let depth = 1; depth <= ACT_DEPTH_MAX; depth += 1) {
      token = String((await exchange(token, await acting())).body.access_token);
    }
    const last = await exchange(token, await acting());
    expect(last).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(last.body.error_description).toContain('handed on too often');
    expect(claimsOf((await exchange(token)).body.access_token).act).toEqual(claimsOf(token).act);
  });

  test.each<[string, () => Promise<Form>]>([
    ['an actor token without its type', async () => ({ actor_token: await tokenOf(broker) })],
    ['a type without a token', async () => ({ actor_token_type: TOKEN_TYPES.accessToken })],
    ['the token of another client', async () => acting(machine)],
    ['the token of a person', async () => ({ ...(await acting()), actor_token: await tokenOfAlice() })],
    ['an API key', async () => ({ actor_token: KEY, actor_token_type: TOKEN_TYPES.apiKey })],
  ])('400: %s', async (_, form) => {
    expect(await exchange(await tokenOfAlice(), await form())).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });
});

describe('400 or 401, and nothing is issued', () => {
  test.each<[string, Form, string]>([
    ['a scope the token does not have', { scope: 'weather:write' }, 'invalid_scope'],
    ['a scope of another API', { resource: BILLING, scope: 'bills:read' }, 'invalid_scope'],
    ['an identity scope', { scope: 'openid' }, 'invalid_scope'],
    ['an API nobody knows', { resource: 'https://nowhere.example.com' }, 'invalid_target'],
    ['two APIs', { audience: 'billing' }, 'invalid_target'],
    ['no token', { subject_token: undefined }, 'invalid_request'],
    ['no type', { subject_token_type: undefined }, 'invalid_request'],
    ['a type of somebody else’s', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, 'invalid_request'],
    [
      'a refresh token wanted',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    ['an access token said to be an id token', { subject_token_type: TOKEN_TYPES.idToken }, 'invalid_request'],
    ['an access token said to be a key', { subject_token_type: TOKEN_TYPES.apiKey }, 'invalid_request'],
  ])('%s', async (_, form, error) => {
    expect(await exchange(await tokenOfAlice(), form)).toMatchObject({ status: 400, body: { error } });
  });

  test('what no policy permits, and the policy is told everything', async () => {
    const asked: DecisionRequest[] = [];
    world.policy.permits = (request) => {
      asked.push(request);
      return false;
    };
    expect(await exchange(await tokenOfAlice(), { scope: 'weather:read' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: expect.stringContaining('No policy permits') },
    });
    expect(asked[0]).toMatchObject({
      principal: { type: 'client', id: 'broker' },
      action: 'token-exchange',
      resource: { type: 'Api', id: 'weather' },
      policyRequired: true,
      context: {
        mode: 'impersonation',
        subject: { type: 'user', id: ALICE, client: 'spa', roles: ['analyst'] },
        scopes: ['weather:read'],
      },
    });
  });

  test('what a policy permits for one API alone: it sees where the scopes were granted', async () => {
    world.policy.permits = ({ context }) => isDeepStrictEqual(audienceOf(context), [WEATHER]);
    const granted = await tokenOf(broker, { scope: 'weather:read' });
    expect(await exchange(granted)).toMatchObject({ status: 200 });
    // The same client, action, API and mode: nothing but the audience tells them apart.
    const elsewhere = await tokenOf(broker, { resource: BILLING });
    expect(claimsOf(elsewhere).aud).toBe(BILLING);
    expect(await exchange(elsewhere)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: expect.stringContaining('No policy permits') },
    });
  });

  test('a token that was revoked, expired, or is of nobody any more', async () => {
    const token = await tokenOfAlice();
    world.people.delete(ALICE);
    expect((await exchange(token)).body.error).toBe('invalid_grant');
    world.people.set(ALICE, { name: 'Alice', roles: ['analyst'] });
    world.clock.advance(901_000);
    expect((await exchange(token)).body.error).toBe('invalid_request');
    const revoked = await tokenOfAlice();
    await world.revoke({ client_id: 'spa', token: revoked });
    expect((await exchange(revoked)).body.error).toBe('invalid_request');
  });

  test('a public client may not, whatever it found', async () => {
    const form = { grant_type: TOKEN_EXCHANGE, client_id: 'keys', subject_token_type: TOKEN_TYPES.accessToken };
    const subject_token = await tokenOfAlice();
    expect((await world.token({ ...form, subject_token })).status).toBe(401);
  });
});

describe('an id token', () => {
  test('says who, to its own client alone, and gives no scope', async () => {
    const { body } = await world.token({ ...SPA_REDEEM, code: await world.code() });
    const form = { subject_token_type: TOKEN_TYPES.idToken };
    expect((await exchange(String(body.id_token), form)).body.error).toBe('invalid_request');
  });
});

describe('an API key', () => {
  const key: Principal = {
    type: 'service_account',
    id: 'svc_1',
    tenantId: TENANT,
    roles: ['reader'],
    scopes: ['weather:read', 'other'],
    credential: { type: 'api_key', id: 'key_1' },
  };
  const form = { client_id: 'keys', subject_token_type: TOKEN_TYPES.apiKey };
  const exchangeKey = (more: Form = {}) =>
    world.token({ grant_type: TOKEN_EXCHANGE, subject_token: KEY, ...form, ...more });

  test('becomes a short-lived token with fewer scopes, and ends with the key', async () => {
    world.keys.set(KEY, key);
    const { body } = await exchangeKey();
    expect(body).toMatchObject({ scope: 'weather:read', expires_in: 900 });
    expect(verify(body.access_token)).toMatchObject({
      ok: true,
      principal: { type: 'service_account', id: 'svc_1', roles: ['reader'], scopes: ['weather:read'] },
    });
    world.keys.delete(KEY);
    expect(verify(body.access_token)).toMatchObject({ ok: false, reason: 'revoked' });
    expect((await exchangeKey()).body.error).toBe('invalid_request');
  });

  test('never lives longer than the key', async () => {
    const expiresAt = Math.floor(world.clock.now() / 1000) + 60;
    world.keys.set(KEY, { ...key, credential: { ...key.credential, expiresAt } });
    expect((await exchangeKey()).body.expires_in).toBe(60);
  });
});

describe('it ends with what it was made from', () => {
  test.each<
    [string, (claims: Record<string, unknown>) => { kind: 'grant' | 'jti' | 'client' | 'session' | 'user'; id: string }]
  >([
    ['the grant', ({ grant_id }) => ({ kind: 'grant', id: String(grant_id) })],
    ['the token', ({ jti }) => ({ kind: 'jti', id: String(jti) })],
    ['the first client', () => ({ kind: 'client', id: 'spa' })],
    ['the person', () => ({ kind: 'user', id: ALICE })],
    // Last: a session never comes back.
    ['the session', () => ({ kind: 'session', id: 'ses_1' })],
  ])('%s', async (_, what) => {
    const subject = await tokenOfAlice();
    const first = String((await exchange(subject)).body.access_token);
    const second = (await exchange(first)).body.access_token;
    expect(verify(second).ok).toBe(true);
    await world.oauth.revokeTokens({ tenantId: TENANT, ...what(claimsOf(subject)), actor, because: 'test' });
    expect(verify(first)).toMatchObject({ ok: false, reason: 'revoked' });
    expect(verify(second)).toMatchObject({ ok: false, reason: 'revoked' });
  });

  test('a client’s token, exchanged, is still that client’s', async () => {
    const { body } = await exchange(await tokenOf(machine));
    expect(verify(body.access_token)).toMatchObject({ ok: true, principal: { type: 'client', id: 'machine' } });
    await world.oauth.revokeTokens({ tenantId: TENANT, kind: 'client', id: 'machine', actor, because: 'test' });
    expect(verify(body.access_token).ok).toBe(false);
  });
});
