import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAdminClient } from '@gatehouse/sdk/admin';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningExample, startExample } from '../../server/test/running-example.ts';
import { runCommand } from '../../server/test/running-program.ts';
import { tokenByCommandLine } from '../../server/test/token-by-command-line.ts';
import { pathOf, SERVICE_NAMES, SERVICES, type ServiceName, scopesFor } from './services.ts';
import type { Trace } from './start-service.ts';

const BUYING = scopesFor({ service: 'storefront', scope: 'shop:buy' });

let example: RunningExample;
let token: string;
beforeAll(async () => {
  example = await startExample('microservices');
  token = await logIn(BUYING);
});
afterAll(() => example?.stop());

const logIn = (scopes: readonly string[]) =>
  tokenByCommandLine(example, { email: 'grace@example.com', clientId: 'shop', scope: `openid ${scopes.join(' ')}` });
const addressOf = (name: ServiceName) => `http://localhost:${example.port + SERVICE_NAMES.indexOf(name)}`;
const bearer = (credential: string) => ({ headers: { authorization: `Bearer ${credential}` } });
/** As everybody does: through the gateway. */
const ask = (operation: string, credential: string) =>
  fetch(example.gatewayUrl + pathOf(operation), bearer(credential));
const adminOf = () => {
  const local = JSON.parse(readFileSync(join(example.folder, 'data/local-admin.json'), 'utf8'));
  return createAdminClient({ baseUrl: example.issuer, token: () => local.token });
};

/** All of what the services saw, by the way that the call took. */
function* walk(trace: Trace, way: string[] = []): Generator<{ way: string; trace: Trace }> {
  const here = [...way, trace.service];
  yield { way: here.join(' > '), trace };
  for (const call of trace.calls) yield* walk(call, here);
}

test('each hop knows for whom, by whom, and may only what is needed from there on', async () => {
  const response = await ask('shop:buy', token);
  const all = [...walk((await response.json()) as Trace)];
  expect(new Set(all.map(({ trace }) => trace.service))).toEqual(new Set(SERVICE_NAMES));
  expect(new Set(all.map(({ trace }) => trace.subject)).size).toBe(1);
  const scopes = Object.fromEntries(all.map(({ way, trace }) => [way, trace.scopes]));
  expect(scopes).toMatchObject({
    'storefront > catalog': ['catalog:read', 'discount:read', 'price:read', 'stock:read'],
    'storefront > catalog > inventory': ['stock:read'],
    'storefront > orders > inventory': ['stock:reserve'],
    'storefront > orders > payments': ['payment:charge', 'risk:read'],
    'storefront > orders > payments > fraud': ['risk:read'],
    'storefront > orders > shipping > addresses': ['address:read'],
  });
  for (const { way, trace } of all) expect(trace.actors, way).toEqual(way.split(' > ').slice(0, -1).reverse());
});

test('the record of an exchange names everybody who acts, and so does the explanation', async () => {
  await ask('shop:buy', token);
  const local = JSON.parse(readFileSync(join(example.folder, 'data/local-admin.json'), 'utf8'));
  const admin = createAdminClient({ baseUrl: example.issuer, token: () => local.token });
  const chainOf = (actors: readonly { id: string }[] = []) => actors.map(({ id }) => id).join(' < ');
  const found = async () => {
    const { data } = await admin.get('/api/v1/access-records', { query: { pathPrefix: '/oauth/token', limit: 200 } });
    return data.items.find(({ actors }) => chainOf(actors) === 'payments < orders < storefront');
  };
  await expect.poll(found, { timeout: 10_000 }).toBeDefined();
  const { decisionId = '' } = (await found()) ?? {};
  const { code, stdout } = await runCommand(example.folder, [
    ...['explain', decisionId, '--data-folder', join(example.folder, 'data')],
  ]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^actors\s+payments, for orders, for storefront$/m),
  });
});

test('the gateway has a record of every hop, and who acted for whom', async () => {
  const records = async () => {
    const { data } = await adminOf().get('/api/v1/access-records', { query: { limit: 100, allowed: 'true' } });
    return data.items.map(({ route, principalType, actors = [] }) =>
      [route, principalType, ...actors.map(({ id }) => id)].join(' '),
    );
  };
  // Written within a second.
  await expect
    .poll(records, { timeout: 20_000 })
    .toEqual(
      expect.arrayContaining([
        'shop-buy user',
        'order-place user storefront',
        'payment-charge user orders storefront',
        'risk-read user payments orders storefront',
      ]),
    );
});

describe('what does not go', () => {
  test('a token for the storefront at any other service, through the gateway or past it', async () => {
    for (const name of SERVICE_NAMES.slice(1)) {
      const [operation = ''] = Object.keys(SERVICES[name].operations);
      expect((await ask(operation, token)).status, operation).toBe(401);
      expect((await fetch(addressOf(name) + pathOf(operation), bearer(token))).status, name).toBe(401);
    }
  });

  test('buying with a token that may only browse', async () => {
    const browsing = await logIn(scopesFor({ service: 'storefront', scope: 'shop:browse' }));
    expect((await ask('shop:browse', browsing)).status).toBe(200);
    expect((await ask('shop:buy', browsing)).status).toBe(403);
  });

  test('buying with a token that lacks a scope which is needed far below', async () => {
    const careless = await logIn(BUYING.filter((scope) => scope !== 'risk:read'));
    const response = await ask('shop:buy', careless);
    expect([response.status, await response.json()]).toEqual([
      403,
      { service: 'storefront', error: expect.stringContaining('risk:read') },
    ]);
  });

  test.each<[why: string, client: ServiceName, target: ServiceName]>([
    ['to a service that it does not call', 'pricing', 'payments'],
    ['with a token that was for another service', 'orders', 'payments'],
  ])('an exchange %s', async (_, client, target) => {
    const { data } = await adminOf().post('/api/v1/clients/{name}/secrets', { params: { name: client }, body: {} });
    const post = async (fields: Record<string, string>) => {
      const response = await fetch(`${example.issuer}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${client}:${data.secret}`).toString('base64')}` },
        body: new URLSearchParams(fields),
      });
      return (await response.json()) as Record<string, string>;
    };
    const own = { pricing: 'discounts', orders: 'inventory' } as const;
    const resource = addressOf(client === 'pricing' ? own.pricing : own.orders);
    const { access_token: actor = '' } = await post({ grant_type: 'client_credentials', resource });
    const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
    const answer = await post({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      actor_token: actor,
      actor_token_type: ACCESS_TOKEN,
      resource: addressOf(target),
    });
    expect(actor).not.toBe('');
    expect(answer.access_token).toBeUndefined();
    expect(answer.error).toMatch(/^(access_denied|invalid_target|invalid_request|unauthorized_client)$/);
  });
});
