import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import {
  ALICE,
  actor,
  BILLING,
  claimsOf,
  openWorld,
  SPA_REDEEM,
  TENANT,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { removeExpired } from '../remove-expired.ts';

/** A thousand on demand. */
const RACE_ROUNDS = Number(process.env.GATEHOUSE_RACE_ROUNDS ?? 5);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const start = async () => (await world.token({ ...SPA_REDEEM, code: await world.code() })).body;
const refresh = (refresh_token: unknown, changes = {}) =>
  world.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(refresh_token), ...changes });
const isAlive = (token: unknown) =>
  world.oauth.verifier.verifyAccessToken(String(token), { audience: WEATHER }, world.clock.now()).ok;
const countEvents = async (type: string) =>
  (await listEvents(world, { tenantId: TENANT, limit: 500 })).items.filter((event) => event.type === type).length;

describe('200', () => {
  test('a successor, a new access token and an id token without nonce', async () => {
    const first = await start();
    world.clock.advance(60_000);
    const { status, body } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(body.scope).toBe('openid profile weather:read');
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(claimsOf(body.access_token).grant_id).toBe(claimsOf(first.access_token).grant_id);
    expect(claimsOf(body.id_token)).toMatchObject({ sub: ALICE, aud: 'spa' });
    expect(claimsOf(body.id_token).nonce).toBeUndefined();
  });

  test('a narrower token now, the full scope again next time', async () => {
    const first = await start();
    const narrow = (await refresh(first.refresh_token, { scope: 'weather:read' })).body;
    expect(claimsOf(narrow.access_token)).toMatchObject({ scope: 'weather:read', aud: WEATHER });
    expect((await refresh(narrow.refresh_token)).body.scope).toBe('openid profile weather:read');
  });

  test('roles are those of now', async () => {
    const first = await start();
    world.people.set(ALICE, { roles: ['promoted'] });
    const { body } = await refresh(first.refresh_token);
    expect(claimsOf(body.access_token).roles).toEqual(['promoted']);
  });

  test('used at least weekly it lives for 30 days', async () => {
    let { refresh_token } = await start();
    for (let day = 6; day < 30; day += 6) {
      world.clock.advance(6 * 86_400_000);
      ({ refresh_token } = (await refresh(refresh_token)).body);
      expect(refresh_token).toBeDefined();
    }
    world.clock.advance(6 * 86_400_000);
    expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('400, and the token is still good', () => {
  test.each([
    ['another client', { client_id: 'native' }, 'unauthorized_client'],
    ['a wider scope', { scope: 'weather:read weather:write' }, 'invalid_scope'],
    ['another API', { resource: BILLING }, 'invalid_target'],
    ['an API nobody knows', { resource: 'https://nowhere.example.com' }, 'invalid_target'],
  ])('%s', async (_, changes, error) => {
    const { refresh_token } = await start();
    expect((await refresh(refresh_token, changes)).body.error).toBe(error);
    expect((await refresh(refresh_token)).status).toBe(200);
  });
});

describe('400, for good', () => {
  test('unused for seven days', async () => {
    const { refresh_token } = await start();
    world.clock.advance(7 * 86_400_000);
    expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
  });

  test('a token with one character changed', async () => {
    const { refresh_token } = await start();
    expect((await refresh(`${refresh_token}x`)).body.error).toBe('invalid_grant');
  });

  test('when the client was made anew under the same name', async () => {
    const { refresh_token, access_token } = await start();
    await world.store.transaction({ system: true }, (tx) =>
      sql`update oauth_grants set client_resource_id = 'cli_before'`.execute(tx),
    );
    expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
    expect(isAlive(access_token)).toBe(true);
  });

  test('when the person was revoked; a new sign-in works', async () => {
    const { refresh_token, access_token } = await start();
    await world.oauth.revokeTokens({ tenantId: TENANT, kind: 'user', id: ALICE, actor, because: 'test' });
    expect(isAlive(access_token)).toBe(false);
    expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
    world.clock.advance(1000);
    expect(isAlive((await start()).access_token)).toBe(true);
  });
});

describe('the same request again', () => {
  test('within ten seconds gets the same response', async () => {
    const { refresh_token } = await start();
    const first = await refresh(refresh_token);
    world.clock.advance(10_000);
    expect((await refresh(refresh_token)).body).toEqual(first.body);
    expect((await refresh(first.body.refresh_token)).status).toBe(200);
  });

  test('with another scope is refused, and ends nothing', async () => {
    const { refresh_token } = await start();
    const first = await refresh(refresh_token);
    expect((await refresh(refresh_token, { scope: 'weather:read' })).body.error).toBe('invalid_grant');
    expect((await refresh(first.body.refresh_token)).status).toBe(200);
  });

  test('after ten seconds is reuse: the whole family ends, once, and is recorded', async () => {
    const before = await countEvents('refresh_token.reused');
    const { refresh_token, access_token } = await start();
    const successor = (await refresh(refresh_token)).body;
    world.clock.advance(10_001);
    expect((await refresh(refresh_token)).body).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringContaining('used before'),
    });
    expect([isAlive(access_token), isAlive(successor.access_token)]).toEqual([false, false]);
    expect((await refresh(successor.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
    expect(await countEvents('refresh_token.reused')).toBe(before + 1);
    const told = world.notices.filter(({ at }) => at === world.clock.now());
    expect(told).toEqual([expect.objectContaining({ kind: 'refresh_token_reused', userId: ALICE })]);
  });

  test('once the successor was used is reuse at once', async () => {
    const { refresh_token } = await start();
    const second = (await refresh(refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
    expect(isAlive(third.access_token)).toBe(false);
  });

  test('the kept response is sealed, and is removed when it is no longer needed', async () => {
    const { refresh_token } = await start();
    const { body } = await refresh(refresh_token);
    const sealed = async () => {
      const { rows } = await world.store.transaction({ system: true }, (tx) =>
        sql<{ response_sealed: string }>`
          select response_sealed from refresh_tokens where response_sealed is not null`.execute(tx),
      );
      return rows.map((row) => row.response_sealed).join('\n');
    };
    expect(await sealed()).not.toBe('');
    expect(await sealed()).not.toContain(String(body.refresh_token));
    world.clock.advance(10_001);
    await removeExpired(world);
    expect(await sealed()).toBe('');
    expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('races', () => {
  test('of 50 refreshes of one token one makes the successor, and all others get that one', async () => {
    for (let round = 0; round < RACE_ROUNDS; round += 1) {
      const { refresh_token } = await start();
      const results = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)));
      expect(new Set(results.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(results.map(({ body }) => body.refresh_token)).size).toBe(1);
      expect(new Set(results.map(({ body }) => body.access_token)).size).toBe(1);
    }
  });

  test('of 50 late repeats every one is refused, and the family ends once', async () => {
    const before = await countEvents('refresh_token.reused');
    const { refresh_token } = await start();
    const successor = (await refresh(refresh_token)).body;
    world.clock.advance(10_001);
    const results = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)));
    expect(new Set(results.map(({ body }) => body.error))).toEqual(new Set(['invalid_grant']));
    expect(isAlive(successor.access_token)).toBe(false);
    expect(await countEvents('refresh_token.reused')).toBe(before + 1);
  });

  test('a refresh that races a revocation leaves no token alive', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { refresh_token } = await start();
      const [refreshed] = await Promise.all([
        refresh(refresh_token),
        world.revoke({ client_id: 'spa', token: String(refresh_token) }),
      ]);
      expect(refreshed.status === 200 ? isAlive(refreshed.body.access_token) : false).toBe(false);
      if (refreshed.status === 200) {
        expect((await refresh(refreshed.body.refresh_token)).body.error).toBe('invalid_grant');
      }
    }
  });
});
