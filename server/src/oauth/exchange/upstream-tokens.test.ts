import { beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '#base';
import { revokeClientSecret } from '../clients/client-secrets.ts';
import {
  ALICE,
  actor,
  BILLING,
  basic,
  claimsOf,
  openWorld,
  SPA_REDEEM,
  TENANT,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { signedInAtEachTest, TOKEN_EXCHANGE } from './exchange.fixture.ts';
import { TOKEN_TYPES } from './token-types.ts';

let world: World;
let storefront: string;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'api', name: 'stock', spec: { audience: STOCK, scopes: { 'weather:read': 'Read', 'stock:read': 'Read' } } },
    { kind: 'api', name: 'short', spec: { audience: 'urn:short', accessTokenTtlSeconds: 30 } },
    {
      kind: 'client',
      name: 'storefront',
      spec: {
        type: 'confidential',
        grants: ['client_credentials', 'token_exchange'],
        scopes: ['weather:read', 'bills:read'],
        apis: ['stock', 'billing', 'weather'],
      },
    },
  ]);
  await world.store.changes.caughtUp();
  storefront = basic('storefront', await world.secretOf('storefront'));
});
signedInAtEachTest(() => world);

const STOCK = 'http://stock.internal:8080';
const target = { api: 'stock', scopes: undefined };
const tokenOfAlice = async () =>
  String(
    (await world.token({ ...SPA_REDEEM, code: await world.code({ scope: 'openid weather:read weather:write' }) })).body
      .access_token,
  );
const verify = (token: string, audience = STOCK) =>
  world.oauth.verifier.verifyAccessToken(token, { audience }, world.clock.now());
const principalOf = (accessToken: string): Principal => {
  const found = verify(accessToken, WEATHER);
  if (!found.ok) throw new TypeError(found.description);
  return found.principal;
};
const passed = (accessToken: string, to: { api: string; scopes: readonly string[] | undefined } = target) =>
  world.oauth.upstreamTokens.tokenFor({ principal: principalOf(accessToken), accessToken }, to, world.clock.now());
const exchange = (subject_token: string, form: Record<string, string> = {}) =>
  world.token(
    {
      grant_type: TOKEN_EXCHANGE,
      subject_token,
      subject_token_type: TOKEN_TYPES.accessToken,
      resource: BILLING,
      ...form,
    },
    storefront,
  );
const ownToken = async () =>
  String((await world.token({ grant_type: 'client_credentials', resource: STOCK }, storefront)).body.access_token);

test('about the person, for the service, with what both know, for five minutes, from the gateway', async () => {
  const alices = await tokenOfAlice();
  const token = await passed(alices);
  const { exp, iat, origins, ...claims } = claimsOf(token);
  expect(claims).toMatchObject({
    sub: ALICE,
    aud: STOCK,
    client_id: 'gatehouse_gateway',
    scope: 'weather:read',
    roles: ['analyst'],
    sid: 'ses_1',
    grant_id: claimsOf(alices).grant_id,
  });
  expect(claims).not.toHaveProperty('act');
  expect(Number(exp) - Number(iat)).toBe(300);
  expect(origins).toEqual([`jti:${claimsOf(alices).jti}`, 'client:spa']);
  expect(verify(String(token))).toMatchObject({ ok: true, principal: { type: 'user', id: ALICE } });
  expect(verify(String(token), WEATHER)).toMatchObject({ ok: false, reason: 'wrong_audience' });
});

test('is what the service exchanges for a token at the next one, which names it as who acts', async () => {
  const subject = String(await passed(await tokenOfAlice()));
  const acting = { actor_token: await ownToken(), actor_token_type: TOKEN_TYPES.accessToken };
  const { status, body } = await exchange(subject, acting);
  expect(status).toBe(200);
  expect(claimsOf(body.access_token)).toMatchObject({ sub: ALICE, aud: BILLING, act: { sub: 'storefront' } });
});

test('who acted before is kept, and comes inside of who acts next', async () => {
  const acting = { actor_token: await ownToken(), actor_token_type: TOKEN_TYPES.accessToken };
  const first = await exchange(await tokenOfAlice(), { ...acting, resource: WEATHER });
  const token = String(await passed(String(first.body.access_token)));
  expect(claimsOf(token).act).toEqual({ sub: 'storefront' });
  const second = await exchange(token, acting);
  expect(claimsOf(second.body.access_token).act).toEqual({ sub: 'storefront', act: { sub: 'storefront' } });
});

describe('narrowed', () => {
  test.each<[string, { api: string; scopes: readonly string[] | undefined }, string | undefined]>([
    ['to what the route passes on', { api: 'stock', scopes: ['weather:read', 'stock:read'] }, 'weather:read'],
    ['to nothing', { api: 'stock', scopes: ['stock:read'] }, undefined],
    ['to what the API knows', { api: 'billing', scopes: undefined }, undefined],
  ])('%s', async (_, to, scope) => {
    expect(claimsOf(await passed(await tokenOfAlice(), to)).scope).toBe(scope);
  });

  test('no longer than its API wants, nor than the token it was made from', async () => {
    const alices = await tokenOfAlice();
    const lifeOf = (token: unknown) => Number(claimsOf(token).exp) - Number(claimsOf(token).iat);
    expect(lifeOf(await passed(alices, { api: 'short', scopes: undefined }))).toBe(30);
    world.clock.advance((Number(claimsOf(alices).exp) - Number(claimsOf(alices).iat) - 100) * 1000);
    expect(claimsOf(await passed(alices)).exp).toBe(claimsOf(alices).exp);
  });
});

describe('ends with the credential of who calls', () => {
  test('the person signs out', async () => {
    world.signIn({ sessionId: 'ses_over' });
    const token = String(await passed(await tokenOfAlice()));
    await world.oauth.revokeTokens({ tenantId: TENANT, kind: 'session', id: 'ses_over', actor, because: 'signed_out' });
    await world.store.changes.caughtUp();
    expect(verify(token)).toMatchObject({ ok: false, reason: 'revoked' });
  });

  test("the caller's secret is revoked with its tokens", async () => {
    const authorization = basic('machine', await world.secretOf('machine'));
    const machines = String(
      (await world.token({ grant_type: 'client_credentials', resource: WEATHER }, authorization)).body.access_token,
    );
    const token = String(await passed(machines));
    expect(verify(token)).toMatchObject({ ok: true, principal: { type: 'client', id: 'machine' } });
    const secretId = String(claimsOf(machines).client_secret_id);
    const input = { tenantId: TENANT, clientId: 'machine', secretId, tokens: 'end' as const, actor };
    await revokeClientSecret({ ...world.secrets, store: world.store }, input);
    await world.store.changes.caughtUp();
    expect(verify(token)).toMatchObject({ ok: false, reason: 'revoked' });
  });

  test('an API key is revoked', async () => {
    const principal = {
      type: 'service_account' as const,
      id: 'svc_1',
      tenantId: TENANT,
      roles: [],
      scopes: ['weather:read', 'else'],
      credential: { type: 'api_key' as const, id: 'key_1' },
    };
    world.keys.set('a key', principal);
    const token = String(
      await world.oauth.upstreamTokens.tokenFor({ principal, accessToken: undefined }, target, world.clock.now()),
    );
    expect(claimsOf(token)).toMatchObject({
      sub: 'svc_1',
      principal_type: 'service_account',
      api_key_id: 'key_1',
      scope: 'weather:read',
    });
    expect(verify(token)).toMatchObject({ ok: true, principal: { type: 'service_account', id: 'svc_1' } });
    world.keys.clear();
    expect(verify(token)).toMatchObject({ ok: false, reason: 'revoked' });
  });
});

describe('kept', () => {
  test('for half its life; at once, and one for many who ask at once', async () => {
    const alices = await tokenOfAlice();
    const all = await Promise.all(Array.from({ length: 20 }, () => passed(alices)));
    expect(new Set(all).size).toBe(1);
    world.clock.advance(149_999);
    expect(passed(alices)).toBe(all[0]);
    world.clock.advance(1);
    expect(await passed(alices)).not.toBe(all[0]);
  });

  test('never for another API, other scopes or another token', async () => {
    const alices = await tokenOfAlice();
    const tokens = [
      await passed(alices),
      await passed(alices, { api: 'billing', scopes: undefined }),
      await passed(alices, { api: 'stock', scopes: [] }),
      await passed(await tokenOfAlice()),
    ];
    expect(new Set(tokens).size).toBe(4);
  });

  test('not once the API is declared otherwise', async () => {
    const alices = await tokenOfAlice();
    const before = await passed(alices);
    const spec = { audience: STOCK, scopes: { 'stock:read': 'Read' } };
    await world.apply([{ kind: 'api', name: 'stock', spec }]);
    await world.store.changes.caughtUp();
    expect(claimsOf(before).scope).toBe('weather:read');
    expect(claimsOf(await passed(alices)).scope).toBeUndefined();
  });
});

describe('there is none', () => {
  const someone: Principal = {
    type: 'user',
    id: 'https://other.example#sub',
    tenantId: TENANT,
    roles: [],
    scopes: [],
    credential: { type: 'access_token', id: 'x' },
  };
  test.each<[string, Principal, string | undefined, string]>([
    ['for whom another issuer vouches', someone, 'eyJ.of.another', 'stock'],
    ['without the token that the caller is known by', someone, undefined, 'stock'],
    ['for a session without a token', { ...someone, credential: { type: 'session', id: 'ses_1' } }, undefined, 'stock'],
    ['for nobody', { ...someone, type: 'anonymous', credential: { type: 'none', id: 'none' } }, undefined, 'stock'],
    ['for an API that is not there', { ...someone, credential: { type: 'api_key', id: 'key_1' } }, undefined, 'gone'],
  ])('%s', (_, principal, accessToken, api) => {
    const caller = { principal, accessToken };
    expect(world.oauth.upstreamTokens.tokenFor(caller, { api, scopes: undefined }, world.clock.now())).toBeUndefined();
  });

  test("and no endpoint serves the gateway's client", async () => {
    for (const authorization of [basic('gatehouse_gateway', ''), basic('gatehouse_gateway', 'x'), undefined]) {
      const form = {
        grant_type: 'client_credentials',
        client_id: authorization === undefined ? 'gatehouse_gateway' : undefined,
      };
      expect((await world.token(form, authorization)).body.error).toBe('invalid_client');
    }
  });
});
