/** Tokens that were made from an API key, at first or second hand: the house is told of each, and each ends with the key. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Principal, systemRandom } from '#base';
import { mintCredential } from '#keyring';
import {
  ALICE,
  basic,
  claimsOf,
  type Form,
  openWorld,
  SPA_REDEEM,
  TENANT,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { signedInAtEachTest, TOKEN_EXCHANGE } from './exchange.fixture.ts';
import { TOKEN_TYPES } from './token-types.ts';

const KEY = mintCredential('api_key', systemRandom);
const key: Principal = {
  type: 'service_account',
  id: 'svc_1',
  tenantId: TENANT,
  organizationId: 'org_1',
  roles: ['reader'],
  scopes: ['weather:read'],
  credential: { type: 'api_key', id: 'key_1' },
};
const BROKER = {
  kind: 'client',
  name: 'broker',
  spec: {
    type: 'confidential',
    grants: ['token_exchange', 'client_credentials'],
    scopes: ['weather:read'],
    apis: ['weather'],
    resourceServerFor: ['weather'],
  },
};
let world: World;
let broker: string;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([BROKER]);
  await world.store.changes.caughtUp();
  broker = basic('broker', await world.secretOf('broker'));
});
signedInAtEachTest(() => world);
beforeEach(() => {
  world.keys.set(KEY, key);
  world.issued.length = 0;
});

const exchange = async (subject_token: string, subject_token_type: string, more: Form = {}) => {
  const form = { grant_type: TOKEN_EXCHANGE, subject_token, subject_token_type, resource: WEATHER, ...more };
  const { status, body } = await world.token(form, broker);
  expect(status, JSON.stringify(body)).toBe(200);
  return String(body.access_token);
};
const verify = (token: string) => {
  const found = world.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now());
  return found.ok ? 'ok' : found.reason;
};

test('the house is told of the key with each of them, of whose it is, and from where it was shown', async () => {
  const first = await exchange(KEY, TOKEN_TYPES.apiKey);
  const second = await exchange(first, TOKEN_TYPES.accessToken);
  const apiKey = { id: 'key_1', organizationId: 'org_1', address: expect.any(String) };
  const told = [first, second].map((token) => ({ jti: claimsOf(token).jti, exchangedFor: 'svc_1', apiKey }));
  expect(world.issued).toMatchObject(told);
  await exchange(
    String((await world.token({ ...SPA_REDEEM, code: await world.code({}) })).body.access_token),
    TOKEN_TYPES.accessToken,
  );
  expect(world.issued.at(-1)?.apiKey).toBeUndefined();
});

test('who calls with one is known by the key, at whatever hand, and the one for whom a key acts is not', async () => {
  const first = await exchange(KEY, TOKEN_TYPES.apiKey);
  const second = await exchange(first, TOKEN_TYPES.accessToken);
  const alice = String((await world.token({ ...SPA_REDEEM, code: await world.code({}) })).body.access_token);
  const acting = { actor_token: first, actor_token_type: TOKEN_TYPES.accessToken };
  const delegated = await exchange(alice, TOKEN_TYPES.accessToken, acting);
  const keyOf = (token: string) => {
    const found = world.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now());
    return found.ok ? found.principal.credential.apiKeyId : found.reason;
  };
  expect([first, second, alice, delegated].map(keyOf)).toEqual(['key_1', 'key_1', undefined, undefined]);
});

test('who acts by a key acts no longer than the key is good', async () => {
  const alice = String((await world.token({ ...SPA_REDEEM, code: await world.code({}) })).body.access_token);
  const acting = { actor_token: await exchange(KEY, TOKEN_TYPES.apiKey), actor_token_type: TOKEN_TYPES.accessToken };
  const delegated = await exchange(alice, TOKEN_TYPES.accessToken, acting);
  const further = await exchange(delegated, TOKEN_TYPES.accessToken);
  expect(claimsOf(further)).toMatchObject({ sub: ALICE, act: { sub: 'svc_1' } });
  expect([delegated, further].map(verify)).toEqual(['ok', 'ok']);
  world.keys.delete(KEY);
  expect([delegated, further, alice].map(verify)).toEqual(['revoked', 'revoked', 'ok']);
});

test('an API’s own server that asks about a key is a use of it; one that may not ask is none', async () => {
  const asked = async (token: string, client_address = '192.0.2.7') =>
    (await world.introspect({ token, client_address }, { authorization: broker })).body.active;
  expect([await asked(KEY), await asked(mintCredential('api_key', systemRandom))]).toEqual([true, false]);
  expect(world.keyUses).toEqual([{ id: 'key_1', at: world.clock.now(), address: '192.0.2.7' }]);
  // So is one about a token that was made from it, and of no key is one about another token.
  const alice = String((await world.token({ ...SPA_REDEEM, code: await world.code({}) })).body.access_token);
  const tokens = [await exchange(KEY, TOKEN_TYPES.apiKey), alice];
  expect([await asked(tokens[0] ?? '', '192.0.2.8'), await asked(tokens[1] ?? '')]).toEqual([true, true]);
  expect(world.keyUses.slice(1)).toEqual([{ id: 'key_1', at: world.clock.now(), address: '192.0.2.8' }]);
});

test('it is held to the plan of the key, as that is now, and without one to the client’s', async () => {
  const [first, second] = [await exchange(KEY, TOKEN_TYPES.apiKey), await exchange(KEY, TOKEN_TYPES.apiKey)];
  const planOf = (token: string) => {
    const found = world.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now());
    return found.ok ? found.principal.plan : found.reason;
  };
  const plans = [undefined, 'trial', 'plenty', undefined].map((plan) => {
    world.keys.set(KEY, { ...key, ...(plan === undefined ? {} : { plan }) });
    return [planOf(first), planOf(second)];
  });
  expect(plans).toEqual([undefined, 'trial', 'plenty', undefined].map((plan) => [plan, plan]));
});

test('once its key is bound to places, what was made of it where it was bound to none is good nowhere', async () => {
  const first = await exchange(KEY, TOKEN_TYPES.apiKey);
  const second = await exchange(first, TOKEN_TYPES.accessToken);
  const alice = String((await world.token({ ...SPA_REDEEM, code: await world.code({}) })).body.access_token);
  const acting = { actor_token: first, actor_token_type: TOKEN_TYPES.accessToken };
  const delegated = await exchange(alice, TOKEN_TYPES.accessToken, acting);
  // At a place where it may be used, the gateway tells what stands behind it who calls; and that may pass it on.
  const passed = String(
    await world.oauth.upstreamTokens.tokenFor(
      { principal: key, accessToken: undefined },
      { api: 'weather', scopes: undefined },
      world.clock.now(),
    ),
  );
  const passedOn = await exchange(passed, TOKEN_TYPES.accessToken);
  const all = [first, second, delegated, passed, passedOn];
  expect(all.map(verify)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  world.boundKeys.add('key_1');
  expect(all.map(verify)).toEqual(['revoked', 'revoked', 'revoked', 'ok', 'ok']);
  world.boundKeys.clear();
  expect(all.map(verify)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
});

test('400: a key that is bound to places is told so, and a key that is not good is told nothing more', async () => {
  const ask = async (subject_token: string) => {
    const form = { grant_type: TOKEN_EXCHANGE, subject_token, subject_token_type: TOKEN_TYPES.apiKey };
    const { status, body } = await world.token({ ...form, resource: WEATHER }, broker);
    return `${status} ${String(body.error)} ${String(body.error_description)}`;
  };
  world.boundKeys.add('key_1');
  expect(await ask(KEY)).toMatch(/^400 invalid_request The API key is bound to addresses, APIs or routes/);
  world.boundKeys.clear();
  expect(await ask(mintCredential('api_key', systemRandom))).toMatch(
    /^400 invalid_request The subject_token is not good/,
  );
});
