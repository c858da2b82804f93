/** Refreshes that come at the same time share their transactions, and nothing else. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { ALICE, actor, claimsOf, openWorld, SPA_REDEEM, TENANT, type World } from '../oauth-world.fixture.ts';
import { removeExpired } from '../remove-expired.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const start = async () => (await world.token({ ...SPA_REDEEM, code: await world.code() })).body;
const refresh = (refresh_token: unknown, changes = {}) =>
  world.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(refresh_token), ...changes });
const revoke = (id: unknown) =>
  world.oauth.revokeTokens({ tenantId: TENANT, kind: 'grant', id: String(id), actor, because: 'test' });
const issuedTo = async () =>
  (await listEvents(world, { tenantId: TENANT, type: 'token.issued', limit: 100 })).items
    .filter(({ detail }) => detail?.grant_type === 'refresh_token')
    .map(({ target }) => target.id);

test('good and bad ones together each get the answer they would get alone', async () => {
  const [good, alsoGood, greedy, ended, used, twice] = await Promise.all(Array.from({ length: 6 }, start));
  await revoke(claimsOf(ended?.access_token).grant_id);
  const usedUp = (await refresh(used?.refresh_token)).body;
  await refresh(usedUp.refresh_token);
  const before = (await issuedTo()).length;
  const answers = await Promise.all([
    refresh(greedy?.refresh_token, { scope: 'weather:read weather:write' }),
    refresh(good?.refresh_token),
    refresh(ended?.refresh_token),
    refresh(used?.refresh_token),
    refresh(`${good?.refresh_token}x`),
    refresh(twice?.refresh_token),
    refresh(twice?.refresh_token),
    refresh(twice?.refresh_token, { scope: 'weather:read' }),
    refresh(alsoGood?.refresh_token, { client_id: 'web' }),
    refresh(alsoGood?.refresh_token),
  ]);
  expect(answers.map(({ body }) => body.error ?? 'refreshed')).toEqual([
    'invalid_scope',
    'refreshed',
    'invalid_grant',
    'invalid_grant',
    'invalid_grant',
    'refreshed',
    'refreshed',
    'invalid_grant',
    'invalid_client',
    'refreshed',
  ]);
  expect(answers[5]?.body).toEqual(answers[6]?.body);
  expect((await issuedTo()).length).toBe(before + 3);
  expect((await refresh(greedy?.refresh_token)).status).toBe(200);
});

test('every one of a hundred is exchanged once and written down once', async () => {
  const started = await Promise.all(Array.from({ length: 25 }, start));
  const grants = started.map(({ access_token }) => String(claimsOf(access_token).grant_id));
  let tokens: unknown[] = started.map(({ refresh_token }) => refresh_token);
  for (let round = 0; round < 4; round += 1) {
    const answers = await Promise.all(tokens.map((token) => refresh(token)));
    tokens = answers.map(({ body }) => body.refresh_token);
  }
  expect(new Set(tokens).size).toBe(25);
  const issued = Map.groupBy(await issuedTo(), (id) => id);
  expect(grants.map((id) => issued.get(id)?.length)).toEqual(Array(25).fill(4));
});

test('a person about whom nothing can be said fails their own refresh alone', async () => {
  const [mine, others] = [await start(), await Promise.all([start(), start()])];
  const { grant_id: id } = claimsOf(mine.access_token);
  await world.store.transaction({ system: true }, (tx) =>
    sql`update oauth_grants set user_id = 'usr_trouble' where id = ${id}`.execute(tx),
  );
  world.meanwhile.happens = async () => {
    if (world.asked.at(-1) === 'usr_trouble') throw new TypeError('too many groups');
  };
  const answers = await Promise.all([mine, ...others].map(({ refresh_token }) => refresh(refresh_token)));
  world.meanwhile.happens = undefined;
  expect(answers.map(({ status }) => status)).toEqual([500, 200, 200]);
  expect(claimsOf(answers[1]?.body.access_token).sub).toBe(ALICE);
});

test('tokens go with their grant, a day after it ended', async () => {
  const { access_token, refresh_token } = await start();
  await refresh(refresh_token);
  const kept = async () => {
    const { rows } = await world.store.transaction({ system: true }, (tx) =>
      sql`select from refresh_tokens where grant_id = ${claimsOf(access_token).grant_id}`.execute(tx),
    );
    return rows.length;
  };
  await removeExpired(world);
  expect(await kept()).toBe(2);
  world.clock.advance(32 * 86_400_000);
  await removeExpired(world);
  expect(await kept()).toBe(0);
});
