import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '#base';
import { deleteResource, systemCaller } from '#resources';
import { clientKind } from '../kinds.ts';
import { claimsOf, encode, openWorld, TENANT, WEATHER, type World } from '../oauth-world.fixture.ts';
import { readParams } from '../protocol/read-params.ts';

let world: World;
const secrets = new Map<string, string>();

beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'client', name: 'server', spec: { type: 'confidential', grants: [], resourceServerFor: ['weather'] } },
    {
      kind: 'client',
      name: 'short-lived',
      spec: { type: 'confidential', grants: ['client_credentials'], apis: ['weather'], scopes: ['weather:read'] },
    },
  ]);
  await world.store.changes.caughtUp();
  for (const name of ['server', 'machine', 'short-lived']) secrets.set(name, await world.secretOf(name));
});
afterAll(() => world.close());

const as = (name: string) => ({ client_id: name, client_secret: secrets.get(name) });

interface Page {
  cursor: string;
  more: boolean;
  revocations: { kind: string; id: string; before: number; expires_at: number }[];
}

async function ask(
  form: Record<string, string | undefined>,
): Promise<{ status: number; body: Page & { error?: string } }> {
  const params = readParams(encode(form));
  const { status, body } = await world.oauth.revocations({ tenantId: TENANT, params, ip: '192.0.2.9' });
  return { status, body: body as Page };
}

async function machineToken(name = 'machine'): Promise<string> {
  const { body } = await world.token({ grant_type: 'client_credentials', resource: WEATHER, ...as(name) });
  return String(body.access_token);
}

describe('the feed of revocations', () => {
  it.each([
    ['nobody', {}, 401, 'invalid_client'],
    ['a wrong secret', { client_id: 'server', client_secret: 'x' }, 401, 'invalid_client'],
    ['a public client', { client_id: 'spa' }, 401, 'invalid_client'],
    ['a client that serves no API', 'machine', 403, 'unauthorized_client'],
  ])('tells %s nothing', async (_, who, status, error) => {
    const answer = await ask(typeof who === 'string' ? as(who) : who);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.body.revocations).toBeUndefined();
  });

  it.each([['-1'], ['26'], ['1.5'], ['soon'], ['1e1']])('refuses to wait %j seconds', async (wait) => {
    expect(await ask({ ...as('server'), wait })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('refuses a cursor that is no cursor', async () => {
    expect((await ask({ ...as('server'), cursor: 'x'.repeat(101) })).status).toBe(400);
  });

  it('tells of a revoked token as soon as it is revoked, once, and by ids alone', async () => {
    const token = await machineToken();
    const { cursor } = (await ask(as('server'))).body;
    const waiting = ask({ ...as('server'), cursor, wait: '25' });
    await world.revoke({ ...as('machine'), token });
    const { body } = await waiting;
    const { jti } = claimsOf(token);
    expect(body.revocations).toEqual([
      { kind: 'jti', id: jti, before: expect.any(Number), expires_at: expect.any(Number) },
    ]);
    expect((await ask({ ...as('server'), cursor: body.cursor })).body.revocations).toEqual([]);
  });

  it('tells a newcomer what is revoked already, also in another process', async () => {
    const token = await machineToken();
    await world.revoke({ ...as('machine'), token });
    const second = await world.second();
    const params = readParams(encode(as('server')));
    const { body } = await second.oauth.revocations({ tenantId: TENANT, params, ip: '192.0.2.9' });
    expect((body as Page).revocations.map(({ id }) => id)).toContain(claimsOf(token).jti);
    second.oauth.close();
    await second.store.close();
  });

  it('tells of a client that is no more', async () => {
    const { cursor } = (await ask(as('server'))).body;
    const waiting = ask({ ...as('server'), cursor, wait: '25' });
    const deps = { ...world, random: systemRandom };
    await deleteResource(deps, { caller: systemCaller(TENANT, 'test'), kind: clientKind, name: 'short-lived' });
    expect((await waiting).body.revocations).toMatchObject([{ kind: 'client', id: 'short-lived' }]);
  });

  it('answers who waits when the process stops', async () => {
    const second = await world.second();
    const params = readParams(encode({ ...as('server'), wait: '25' }));
    const first = await second.oauth.revocations({
      tenantId: TENANT,
      params: readParams(encode(as('server'))),
      ip: '192.0.2.9',
    });
    const { cursor } = first.body as Page;
    const waiting = second.oauth.revocations({
      tenantId: TENANT,
      params: [...params, ['cursor', cursor]],
      ip: '192.0.2.9',
    });
    second.oauth.endRevocationWaits();
    expect((await waiting).status).toBe(200);
    second.oauth.close();
    await second.store.close();
  });
});
