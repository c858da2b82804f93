import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Principal } from '#base';
import { systemRandom } from '#base';
import { mintCredential } from '#keyring';
import { ISSUER, openWorld, TENANT, WEATHER, type World } from '../oauth-world.fixture.ts';

let world: World;
const secrets = new Map<string, string>();
const KEY = mintCredential('api_key', systemRandom);
const FOREIGN_KEY = mintCredential('api_key', systemRandom);
const key: Principal = {
  type: 'api_key',
  id: 'key_1',
  tenantId: TENANT,
  roles: ['reader'],
  scopes: ['weather:read'],
  plan: 'small',
  credential: { type: 'api_key', id: 'key_1', expiresAt: 1_900_000_000 },
};

beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'client', name: 'server', spec: { type: 'confidential', grants: [], resourceServerFor: ['weather'] } },
  ]);
  await world.store.changes.caughtUp();
  for (const name of ['server', 'machine']) secrets.set(name, await world.secretOf(name));
  world.keys.set(KEY, key);
  world.keys.set(FOREIGN_KEY, { ...key, tenantId: 'ten_other' });
});
afterAll(() => world.close());

const as = (name: string) => ({ client_id: name, client_secret: secrets.get(name) });

it('tells the server of an API what a key stands for', async () => {
  expect((await world.introspect({ ...as('server'), token: KEY })).body).toEqual({
    active: true,
    token_type: 'api_key',
    iss: ISSUER,
    sub: 'key_1',
    aud: [WEATHER],
    principal_type: 'api_key',
    scope: 'weather:read',
    roles: ['reader'],
    api_key_id: 'key_1',
    plan: 'small',
    exp: 1_900_000_000,
  });
});

it.each([
  ['a client that serves no API', 'machine', KEY],
  ['anyone, of a key of another tenant', 'server', FOREIGN_KEY],
  ['anyone, of a key that was never issued', 'server', mintCredential('api_key', systemRandom)],
  ['anyone, of a key that is not whole', 'server', KEY.slice(0, -1)],
])('tells %s nothing', async (_, who, token) => {
  expect((await world.introspect({ ...as(who), token })).body).toEqual({ active: false });
});
