/** The plan of clients that register themselves, or are described at their own address: the operator's word. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, SPA_REQUEST, TENANT, type World } from '../oauth-world.fixture.ts';

const CALLBACK = 'https://agent.example.com/callback';
const METADATA = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' };
const limits = [{ requests: 10, perSeconds: 60 }];

let world: World;
let callers = 0;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'plan', name: 'strangers', spec: { limits } },
    { kind: 'plan', name: 'partners', spec: { limits } },
    { kind: 'client_registration_policy', name: 'agents', spec: policy({ plan: 'strangers' }) },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(() => world.close());

const policy = (more: object) => ({ open: true, metadataDocuments: true, scopes: ['openid'], ...more });

async function declare(documents: readonly unknown[]): Promise<void> {
  await world.apply(documents);
  await world.store.changes.caughtUp();
}

const facts = (token?: unknown) => {
  callers += 1;
  return {
    tenantId: TENANT,
    ip: `10.8.0.${callers}`,
    authorization: token === undefined ? undefined : `Bearer ${token}`,
  };
};
type Body = Record<string, unknown>;
async function register(): Promise<Body> {
  const { status, body } = await world.oauth.register({ ...facts(), body: METADATA });
  expect(status).toBe(201);
  return body as Body;
}
const update = (of: Body) =>
  world.oauth.updateRegistration({
    ...facts(of.registration_access_token),
    clientId: String(of.client_id),
    body: { ...METADATA, client_name: 'Another name' },
  });

/** As the database has it. */
async function stored(where: (spec: Body) => boolean, name?: string): Promise<{ name: string; spec: Body }> {
  const { rows } = await world.store.transaction({ tenantId: TENANT }, (tx) =>
    sql<{ name: string; spec: Body }>`select name, spec from resources where kind = 'client'`.execute(tx),
  );
  const found = rows.find((row) => (name === undefined || row.name === name) && where(row.spec));
  if (found === undefined) throw new Error('there is no such client');
  return found;
}
const planOf = async (clientId: unknown) => (await stored(() => true, String(clientId))).spec.plan;

test('a client that registers is on the plan of its policy, and stays on it when it describes itself anew', async () => {
  const body = await register();
  expect(await planOf(body.client_id)).toBe('strangers');
  expect((await update(body)).status).toBe(200);
  expect(await planOf(body.client_id)).toBe('strangers');
});

test('what an administrator gave it stays, whatever it says of itself', async () => {
  const body = await register();
  const { name, spec } = await stored(() => true, String(body.client_id));
  await declare([{ kind: 'client', name, spec: { ...spec, plan: 'partners' } }]);
  expect((await update(body)).status).toBe(200);
  expect(await planOf(name)).toBe('partners');
});

test('a client that is described at its own address is on it from the first, and no document changes that', async () => {
  const client_id = 'https://agent.example.com/client.json';
  const ask = () => world.par({ ...SPA_REQUEST, client_id, redirect_uri: CALLBACK, scope: 'openid' });
  const document = { client_id, redirect_uris: [CALLBACK] };
  world.web.pages.set(client_id, document);
  expect((await ask()).status).toBe(201);
  const described = () => stored(({ metadataDocument }) => metadataDocument === client_id);
  const { name, spec } = await described();
  expect(spec.plan).toBe('strangers');
  await declare([{ kind: 'client', name, spec: { ...spec, plan: 'partners' } }]);
  world.web.pages.set(client_id, { ...document, client_name: 'Another name', plan: 'none' });
  world.clock.advance(2 * 3_600_000);
  expect((await ask()).status).toBe(201);
  expect((await described()).spec).toMatchObject({ plan: 'partners', displayName: 'Another name' });
});

test('a policy without a plan gives none', async () => {
  await declare([{ kind: 'client_registration_policy', name: 'agents', spec: policy({}) }]);
  expect(await planOf((await register()).client_id)).toBeUndefined();
});

test('a policy names a plan that there is', async () => {
  const unknown = [{ kind: 'client_registration_policy', name: 'agents', spec: policy({ plan: 'nobodys' }) }];
  await expect(world.apply(unknown)).rejects.toThrow('documents.0.spec.plan: there is no plan');
});
