import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { recordChange } from '#store';
import { ALICE, openWorld, SPA_REDEEM, TENANT, WEATHER, type World } from '../oauth-world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.advance(1000);
  world.signIn();
});

const start = async (scope: string) => (await world.token({ ...SPA_REDEEM, code: await world.code({ scope }) })).body;
const isAlive = (token: unknown) =>
  world.oauth.verifier.verifyAccessToken(String(token), { audience: WEATHER }, world.clock.now()).ok;
const refresh = async (token: unknown) =>
  (await world.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(token) })).status;
const hear = async (topic: string, id: string, operation: 'put' | 'delete') => {
  await world.store.transaction({ tenantId: TENANT }, (tx) =>
    recordChange(tx, { tenantId: TENANT, topic, id, operation }),
  );
  await world.store.changes.caughtUp();
};
const revocations = async () => (await listEvents(world, { tenantId: TENANT, type: 'token.revoked' })).items.length;

test('with the session end its tokens, once, whoever hears of it; offline access goes on', async () => {
  const other = await world.second();
  try {
    const online = await start('weather:read');
    const offline = await start('weather:read offline_access');
    const before = await revocations();
    await hear('session', 'ses_1', 'delete');
    await other.store.changes.caughtUp();
    await world.store.changes.caughtUp();
    expect([isAlive(online.access_token), isAlive(offline.access_token)]).toEqual([false, true]);
    expect(
      other.oauth.verifier.verifyAccessToken(String(online.access_token), { audience: WEATHER }, world.clock.now()),
    ).toMatchObject({ ok: false, reason: 'revoked' });
    expect([await refresh(online.refresh_token), await refresh(offline.refresh_token)]).toEqual([400, 200]);
    expect(await revocations()).toBe(before + 1);
  } finally {
    other.oauth.close();
    await other.store.close();
  }
});

test('a session that began, went on in another one, or is not ours ends nothing', async () => {
  const { access_token } = await start('weather:read');
  await hear('session', 'ses_1', 'put');
  await hear('session', 'ses_2', 'delete');
  expect(isAlive(access_token)).toBe(true);
});

test('with the person end all their tokens; a change of the person ends none', async () => {
  const { access_token, refresh_token } = await start('weather:read offline_access');
  await hear('user', ALICE, 'put');
  expect(isAlive(access_token)).toBe(true);
  const alice = world.people.get(ALICE);
  world.people.delete(ALICE);
  await hear('user', ALICE, 'put');
  expect(isAlive(access_token)).toBe(false);
  if (alice !== undefined) world.people.set(ALICE, alice);
  expect(await refresh(refresh_token)).toBe(400);
});
