import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { recordChange } from '#store';
import { ALICE, actor, openWorld, SPA_REDEEM, TENANT, WEATHER, type World } from '../oauth-world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
let sessionId: string;
let sessions = 0;
beforeEach(() => {
  world.clock.advance(1000);
  sessions += 1;
  sessionId = `ses_${sessions}`;
  world.signIn({ sessionId });
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
    await hear('session', sessionId, 'delete');
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
  await hear('session', sessionId, 'put');
  await hear('session', 'ses_of_someone', 'delete');
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

test('who is disabled and let in again before anybody looked has lost what was granted before, and nothing after', async () => {
  const before = await start('weather:read offline_access');
  const alice = world.people.get(ALICE);
  if (alice === undefined) throw new TypeError('Alice is gone');
  world.clock.advance(1000);
  world.people.set(ALICE, { ...alice, grantsNotBefore: world.clock.now() });
  // Not heard of yet.
  expect(await refresh(before.refresh_token)).toBe(400);
  world.clock.advance(1000);
  const after = await start('weather:read offline_access');
  await hear('user', ALICE, 'put');
  expect([isAlive(before.access_token), isAlive(after.access_token)]).toEqual([false, true]);
  expect(await refresh(after.refresh_token)).toBe(200);
  const told = await revocations();
  await hear('user', ALICE, 'put');
  expect(await revocations()).toBe(told);
  world.people.set(ALICE, alice);
});

describe('when nobody heard', () => {
  test('a refresh asks whether the session goes on, and ends everything that hung on it', async () => {
    const { access_token, refresh_token } = await start('weather:read');
    world.over.add(sessionId);
    expect(isAlive(access_token)).toBe(true);
    expect(await refresh(refresh_token)).toBe(400);
    expect(isAlive(access_token)).toBe(false);
  });

  test('a code made in the moment in which its session ended is worth nothing', async () => {
    // The end was followed before the grant was there to be found.
    await hear('session', sessionId, 'delete');
    const code = await world.code();
    world.over.add(sessionId);
    expect((await world.token({ ...SPA_REDEEM, code })).body).toMatchObject({ error: 'invalid_grant' });
  });

  test('a code is worth nothing either when its person was disabled and let in again', async () => {
    const code = await world.code();
    const alice = world.people.get(ALICE);
    if (alice === undefined) throw new TypeError('Alice is gone');
    world.people.set(ALICE, { ...alice, grantsNotBefore: world.clock.now() });
    expect((await world.token({ ...SPA_REDEEM, code })).body).toMatchObject({ error: 'invalid_grant' });
    world.people.set(ALICE, alice);
  });

  test('access tokens whose session or person is gone are looked for and ended; the others stay', async () => {
    const orphan = await start('weather:read');
    world.signIn({ sessionId: `${sessionId}_other` });
    const other = await start('weather:read');
    const offline = await start('weather:read offline_access');
    world.signIn({ userId: 'usr_bob', sessionId: `${sessionId}_bob` });
    world.people.set('usr_bob', { roles: [] });
    const disabled = await start('weather:read offline_access');
    world.over.add(sessionId);
    world.people.delete('usr_bob');
    const before = await revocations();
    await world.oauth.endOrphans();
    const tokens = [orphan, other, offline, disabled].map(({ access_token }) => isAlive(access_token));
    expect(tokens).toEqual([false, true, true, false]);
    expect(await revocations()).toBe(before + 2);
    await world.oauth.endOrphans();
    expect(await revocations()).toBe(before + 2);
  });
});

test('a code whose person is disabled while it is being redeemed gives no token', async () => {
  const code = await world.code();
  const tenantId = TENANT;
  world.meanwhile.happens = async () => {
    world.meanwhile.happens = undefined;
    await world.oauth.revokeTokens({ tenantId, kind: 'user', id: ALICE, actor, because: 'user_disabled' });
    world.clock.advance(1000);
  };
  const { status, body } = await world.token({ ...SPA_REDEEM, code });
  expect([status, body.error, body.access_token]).toEqual([400, 'invalid_grant', undefined]);
});
