import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { ALICE, actor, openWorld, SPA_REDEEM, TENANT, WEATHER, type World } from '../oauth-world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const { id } of await mine()) await disconnect(id);
  world.clock.advance(1000);
  world.signIn({});
});

const mine = (userId = ALICE) => world.oauth.connectedApplications({ tenantId: TENANT, userId });
const disconnect = (id: string, userId = ALICE) =>
  world.oauth.disconnectApplication({ tenantId: TENANT, userId, id, actor });
const start = async (scope: string) => (await world.token({ ...SPA_REDEEM, code: await world.code({ scope }) })).body;
const isAlive = (token: unknown) =>
  world.oauth.verifier.verifyAccessToken(String(token), { audience: WEATHER }, world.clock.now()).ok;

test('an application with a living grant is listed, once, with all it may do', async () => {
  await start('openid weather:read');
  await start('weather:write offline_access');
  expect(await mine()).toEqual([
    {
      id: expect.stringMatching(/^cli_/),
      clientId: 'spa',
      displayName: 'spa',
      scopes: ['offline_access', 'openid', 'weather:read', 'weather:write'],
      since: expect.any(Number),
    },
  ]);
});

test('disconnected: its tokens end at once, offline ones too, and it is gone from the list', async () => {
  const [one, other] = [await start('weather:read'), await start('weather:read offline_access')];
  const [{ id } = { id: '' }] = await mine();
  await disconnect(id);
  expect([isAlive(one.access_token), isAlive(other.access_token)]).toEqual([false, false]);
  const refreshed = await world.token({
    grant_type: 'refresh_token',
    client_id: 'spa',
    refresh_token: String(other.refresh_token),
  });
  expect(refreshed.status).toBe(400);
  expect(await mine()).toEqual([]);
  const { items } = await listEvents(world, { tenantId: TENANT, type: 'consent.withdrawn' });
  expect(items.at(0)).toMatchObject({ target: { id }, detail: { scope: 'offline_access weather:read', grants: 2 } });
});

test.each([
  ['an application that has nothing', 'cli_01h455vb4pex5vsknk084sn02q', ALICE],
  ['nonsense', "' or 1=1 --", ALICE],
])('%s: there is nothing to take back', async (_, id, userId) => {
  await expect(disconnect(id, userId)).rejects.toMatchObject({ code: 'application_not_connected' });
});

test('another person’s application stays as it is', async () => {
  const { access_token } = await start('weather:read');
  const [{ id } = { id: '' }] = await mine();
  const somebody = 'usr_01h455vb4pex5vsknk084sn02r';
  expect(await mine(somebody)).toEqual([]);
  await expect(disconnect(id, somebody)).rejects.toMatchObject({ code: 'application_not_connected' });
  expect(isAlive(access_token)).toBe(true);
});

test('taken back three times at once: it is gone', async () => {
  await start('weather:read');
  const [{ id } = { id: '' }] = await mine();
  const results = await Promise.allSettled([disconnect(id), disconnect(id), disconnect(id)]);
  expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
  expect(await mine()).toEqual([]);
});
