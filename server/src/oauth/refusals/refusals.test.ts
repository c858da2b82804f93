import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { basic, openWorld, SPA_REDEEM, SPA_REQUEST, TENANT, type World } from '../oauth-world.fixture.ts';
import { findRefusal, listRefusals, pruneRefusals } from './read-refusals.ts';

let world: World;
let web: string;
beforeAll(async () => {
  world = await openWorld();
  web = await world.secretOf('web');
});
afterAll(() => world.close());
// Whatever was kept before counts for nothing.
beforeEach(() => world.clock.advance(60_000));

async function explain(id: unknown) {
  await world.oauth.refusals.flush();
  return findRefusal(world, { tenantId: TENANT, id: String(id) });
}

const withCode = { grant_type: 'authorization_code', code_verifier: 'v'.repeat(43) };

describe('a refused request is explained by the id that the client was given', () => {
  test.each<[name: string, ask: () => Promise<unknown>, why: object]>([
    [
      'a wrong secret',
      async () => (await world.token({ grant_type: 'client_credentials' }, basic('web', 'wrong'))).body.error_id,
      {
        endpoint: 'token',
        check: 'identifyClient',
        reason: 'client_unauthenticated',
        error: 'invalid_client',
        status: 401,
        cause: 'no live secret of the client is this one',
      },
    ],
    [
      'a client that does not exist',
      async () => (await world.token({ grant_type: 'client_credentials' }, basic('nobody', 'wrong'))).body.error_id,
      { cause: 'there is no such client', clientId: undefined },
    ],
    [
      'a grant that the client may not use',
      async () => (await world.token({ grant_type: 'client_credentials' }, basic('web', web))).body.error_id,
      {
        check: 'checkClientMayUseGrant',
        clientId: 'web',
        params: [{ name: 'grant_type', value: 'client_credentials' }],
      },
    ],
    [
      'a verifier of another request',
      async () =>
        (await world.token({ ...SPA_REDEEM, code: await world.code(), code_verifier: 'w'.repeat(43) })).body.error_id,
      { check: 'grantTokens', reason: 'code_mismatch', cause: 'code_verifier does not belong to code_challenge' },
    ],
    [
      'a code of another client',
      async () => (await world.token({ ...withCode, code: await world.code() }, basic('web', web))).body.error_id,
      { cause: 'it was issued to the client spa, and web presents it' },
    ],
    [
      'an address that is not registered',
      async () => {
        const outcome = await world.authorize({ ...SPA_REQUEST, redirect_uri: 'https://evil.example.com/cb?x=1' });
        return outcome.kind === 'problem' ? outcome.problem.error_id : undefined;
      },
      {
        endpoint: 'authorize',
        check: 'matchRedirectUri',
        clientId: 'spa',
        cause: 'registered are: https://spa.example.com/callback',
        params: expect.arrayContaining([
          { name: 'redirect_uri', value: 'https://evil.example.com/cb[and 4 more]' },
          { name: 'state', value: '[2 characters]' },
        ]),
      },
    ],
    [
      'a missing challenge, told by redirect',
      async () => {
        const outcome = await world.authorize({ ...SPA_REQUEST, code_challenge: undefined });
        return outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get('error_id') : undefined;
      },
      { check: 'requirePkce', reason: 'pkce_required' },
    ],
    [
      'the same, pushed',
      async () => (await world.par({ ...SPA_REQUEST, code_challenge: undefined, request: undefined })).body.error_id,
      { endpoint: 'par', check: 'checkAndStore.requirePkce', clientId: 'spa' },
    ],
    [
      'a token at userinfo',
      async () => (await world.userinfo('Bearer nonsense')).body.error_id,
      { endpoint: 'userinfo', check: 'verifyToken', params: [] },
    ],
  ])('%s', async (_, ask, why) => {
    expect(await explain(await ask())).toMatchObject(why);
  });

  test('and not to another tenant', async () => {
    const { body } = await world.token({ grant_type: 'nonsense' }, basic('web', web));
    expect(await explain(body.error_id)).toBeDefined();
    const elsewhere = { tenantId: 'ten_other', id: String(body.error_id) };
    expect(await findRefusal(world, elsewhere)).toBeUndefined();
    expect(await listRefusals(world, { tenantId: 'ten_other', limit: 10 })).toEqual([]);
  });
});

test('what may be a secret is never kept, whatever it is called and wherever it stands', async () => {
  const code = await world.code();
  const secrets = {
    code,
    client_secret: web,
    state: 'my-state',
    username: 'alice@example.com',
    code_verifier: 'x'.repeat(50),
  };
  await world.token({ ...withCode, ...secrets, client_id: 'web', scope: `openid ${code}`, [code]: '1' });
  await world.token({ grant_type: web, client_id: 'web', client_secret: web });
  await world.oauth.refusals.flush();
  const kept = JSON.stringify(await listRefusals(world, { tenantId: TENANT, limit: 200 }));
  for (const [name, secret] of Object.entries(secrets)) expect([name, kept.includes(secret)]).toEqual([name, false]);
});

describe('bounds', () => {
  const refused = async (clientId: string, ip?: string) =>
    (await world.token({ grant_type: 'client_credentials' }, basic(clientId, 'wrong'), ip)).body.error_id;
  const count = async () => {
    await world.oauth.refusals.flush();
    return (await listRefusals(world, { tenantId: TENANT, limit: 5_000 })).length;
  };

  test('of one kind ten at once, and then one in five seconds', async () => {
    world.clock.advance(3_600_000);
    const before = await count();
    for (let index = 0; index < 30; index += 1) await world.oauth.token(request(`ip${index % 2}`));
    expect((await count()) - before).toBe(10);
    world.clock.advance(5_000);
    for (let index = 0; index < 30; index += 1) await world.oauth.token(request('again'));
    expect((await count()) - before).toBe(11);
  });
  // Networks of no valid address are one, as far as refusals go.
  const request = (ip: string) => ({ tenantId: TENANT, params: [], ip });

  test('of everything two hundred at once, whatever the networks', async () => {
    world.clock.advance(3_600_000);
    const before = await count();
    for (let index = 0; index < 260; index += 1) await refused('nobody', `172.16.${index >> 8}.${index & 255}`);
    expect((await count()) - before).toBe(200);
  });

  test('for a week, and twenty thousand of one tenant', async () => {
    const { store } = world;
    await pruneRefusals(world, { now: world.clock.now() });
    expect(await count()).toBeGreaterThan(200);
    const many = sql`
      insert into oauth_refusals (tenant_id, id, at, reason, entry)
      select ${TENANT}, n::text, ${world.clock.now()}::bigint + n, 'x', '{}' from generate_series(1, 20050) n`;
    await store.transaction({ tenantId: TENANT }, (tx) => many.execute(tx));
    await pruneRefusals(world, { now: world.clock.now() });
    expect((await listRefusals(world, { tenantId: TENANT, limit: 50_000 })).length).toBe(20_000);
    expect((await listRefusals(world, { tenantId: TENANT, reason: 'client_unauthenticated', limit: 10 })).length).toBe(
      0,
    );
    await pruneRefusals(world, { now: world.clock.now() + 8 * 24 * 3_600_000 });
    expect(await listRefusals(world, { tenantId: TENANT, limit: 10 })).toEqual([]);
  });
});
