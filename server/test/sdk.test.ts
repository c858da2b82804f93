/** The SDK as an application uses it, against the running program: what it promises holds over the wire. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireAuth, requireScope } from '@gatehouse/sdk/express';
import { createFilters } from '@gatehouse/sdk/filter';
import { createServiceClient, type ServiceClient } from '@gatehouse/sdk/service';
import { AuthError, createVerifier, type Verifier } from '@gatehouse/sdk/verify';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Program, startProgram } from './running-program.ts';

const ORDERS = 'https://orders.example.com';
const SEALED = 'https://sealed.example.com';
/** The promise is 100 ms; a machine that does much else at the time may take longer. */
const REVOKED_MILLISECONDS_MAX = 10_000;

let program: Program;
let ahead = 0;
let verifier: Verifier;
let shop: ServiceClient;
let secrets: Record<string, string>;
let decisionKey: string;
/** The service behind the gateway. */
let gatewayOnly: string;
const servers: Server[] = [];

const caller = { type: 'confidential', grants: ['client_credentials'], scopes: ['orders:read', 'orders:write'] };
const resources = (upstream: string) => [
  {
    kind: 'api',
    name: 'orders',
    spec: { audience: ORDERS, scopes: { 'orders:read': 'See', 'orders:write': 'Change' } },
  },
  {
    kind: 'api',
    name: 'sealed',
    spec: { audience: SEALED, scopes: { 'orders:read': 'See' }, accessTokenFormat: 'opaque' },
  },
  { kind: 'client', name: 'shop', spec: { ...caller, apis: ['orders', 'sealed'] } },
  {
    kind: 'client',
    name: 'basket',
    spec: { ...caller, grants: ['client_credentials', 'token_exchange'], apis: ['orders'] },
  },
  {
    kind: 'client',
    name: 'orders-server',
    spec: { type: 'confidential', grants: [], resourceServerFor: ['orders', 'sealed'] },
  },
  { kind: 'role', name: 'asker', spec: { permissions: ['decisions:*'] } },
  {
    kind: 'policy',
    name: 'orders',
    spec: {
      cedar: `permit (principal is Client, action == Action::"orders:read", resource is Order)
              when { principal.scopes.contains("orders:read") && resource.total < 100 };
              permit (principal == Client::"basket", action == Action::"token-exchange", resource == Api::"orders");`,
    },
  },
  {
    kind: 'route',
    name: 'orders',
    spec: {
      match: { path: '/orders', methods: ['GET'] },
      api: 'orders',
      authorize: { scopes: ['orders:read'] },
      upstream: { url: upstream },
    },
  },
];

async function listen(app: express.Express): Promise<string> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  program = await startProgram();
  const { issuer } = program;
  const upstream = express();
  const base = await listen(upstream);
  // One line, and only who came through the gateway is believed.
  upstream.use(requireAuth({ issuer, audience: base, from: 'gateway' }));
  upstream.get('/orders', (request, response) => response.json({ ...request.auth, claims: undefined }));
  await program.admin('POST', '/apply', { documents: resources(base) });
  gatewayOnly = base;
  secrets = {};
  for (const name of ['shop', 'basket', 'orders-server']) {
    secrets[name] = String((await program.admin('POST', `/clients/${name}/secrets`, {})).secret);
  }
  decisionKey = (await program.issueKey({ roles: ['asker'], scopes: [] })).key;
  verifier = createVerifier({
    issuer,
    audience: [ORDERS, SEALED],
    clientId: 'orders-server',
    clientSecret: secrets['orders-server'] ?? '',
    decisionKey,
    decisionCacheSeconds: 0,
    now: () => Date.now() + ahead,
  });
  shop = serviceOf('shop');
});
afterAll(async () => {
  verifier?.close();
  for (const server of servers) server.close();
  await program?.remove();
});

const serviceOf = (clientId: string, more: object = {}) =>
  createServiceClient({
    issuer: program.issuer,
    clientId,
    clientSecret: secrets[clientId] ?? '',
    resource: ORDERS,
    scope: 'orders:read',
    ...more,
  });

const revoke = (clientId: string, token: string) =>
  fetch(`${program.issuer}/oauth/revoke`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${secrets[clientId]}`)}` },
    body: new URLSearchParams({ token }),
  });

/** Milliseconds until the verifier refuses it. */
async function untilRefused(token: string): Promise<{ milliseconds: number; error: unknown }> {
  const startedAt = performance.now();
  for (;;) {
    const error = await verifier.verifyToken(token).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const milliseconds = performance.now() - startedAt;
    if (error !== undefined) return { milliseconds, error };
    if (milliseconds > REVOKED_MILLISECONDS_MAX) throw new Error('it is still accepted');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('tokens', () => {
  test('of a service are verified from memory, until they are revoked', async () => {
    const { accessToken } = await shop.token();
    expect(await verifier.verifyToken(accessToken)).toMatchObject({
      subject: 'shop',
      type: 'client',
      scopes: ['orders:read'],
    });
    await revoke('shop', accessToken);
    const { error, milliseconds } = await untilRefused(accessToken);
    expect(error).toMatchObject({ code: 'revoked', status: 401 });
    process.stdout.write(`a revoked token was refused by the SDK after ${milliseconds.toFixed(0)} ms\n`);
  });

  test('that were revoked before the verifier was made are refused by it', async () => {
    const { accessToken } = await serviceOf('shop').token();
    await revoke('shop', accessToken);
    const late = createVerifier({ ...verifier.options, now: Date.now });
    await expect(late.verifyToken(accessToken)).rejects.toMatchObject({ code: 'revoked' });
    late.close();
  });

  test('that say nothing are looked up, once, until they are revoked', async () => {
    const { accessToken } = await shop.for({ resource: SEALED }).token();
    expect(accessToken).toMatch(/^gh_at_/);
    expect(await verifier.verifyToken(accessToken)).toMatchObject({ subject: 'shop', kind: 'access_token' });
    await revoke('shop', accessToken);
    expect((await untilRefused(accessToken)).error).toMatchObject({ code: 'inactive' });
  });

  test('of a client that is deleted end with it', async () => {
    await program.admin('POST', '/apply', {
      documents: [{ kind: 'client', name: 'passing', spec: { ...caller, apis: ['orders'] } }],
    });
    secrets.passing = String((await program.admin('POST', '/clients/passing/secrets', {})).secret);
    const { accessToken } = await serviceOf('passing').token();
    expect(await verifier.verifyToken(accessToken)).toMatchObject({ subject: 'passing' });
    const { etag } = Object.fromEntries((await program.call('GET', '/clients/passing')).headers);
    expect(
      (await program.call('DELETE', '/clients/passing', undefined, { 'if-match': etag ?? '*' })).status,
    ).toBeLessThan(300);
    expect((await untilRefused(accessToken)).error).toMatchObject({ code: 'revoked' });
  });
});

describe('API keys', () => {
  test('are known by introspection, and end when they are revoked', async () => {
    const { id, key } = await program.issueKey({ scopes: ['orders:read'] });
    expect(await verifier.verifyToken(key)).toMatchObject({ kind: 'api_key', subject: id, scopes: ['orders:read'] });
    await program.admin('POST', `/keys/${id}/revoke`, {});
    expect((await untilRefused(key)).error).toMatchObject({ code: 'inactive' });
  });

  test('that end are good until then', async () => {
    const { key } = await program.issueKey({ scopes: ['orders:read'], expiresInSeconds: 86_400 });
    const { expiresAt = 0 } = await verifier.verifyToken(key);
    const days = (expiresAt * 1000 - Date.now()) / 86_400_000;
    expect([days > 0.99, days <= 1]).toEqual([true, true]);
  });

  test.each(['live', 'test'])(
    'of the environment %s are told apart, looked up and behind the gateway',
    async (environment) => {
      const { key } = await program.issueKey({ scopes: ['orders:read'], environment });
      expect((await verifier.verifyToken(key)).environment).toBe(environment);
      const url = `http://127.0.0.1:${program.ports.gateway}/orders`;
      expect(await (await fetch(url, { headers: { 'x-api-key': key } })).json()).toMatchObject({ environment });
    },
  );

  test.each([
    ['mistyped', (key: string) => `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`, 'credential_malformed'],
    ['cut', (key: string) => key.slice(0, 20), 'credential_malformed'],
    ['made up', () => `gh_live_${'0'.repeat(27)}${'0'.repeat(6)}`, 'credential_malformed'],
  ])('that are %s are refused without a request', async (_, change, code) => {
    const { key } = await program.issueKey();
    const asked: string[] = [];
    const local = createVerifier({
      ...verifier.options,
      fetch: (url) => {
        asked.push(url);
        return Promise.reject(new TypeError('no network'));
      },
    });
    await expect(local.verifyToken(change(key))).rejects.toMatchObject({ code });
    expect(asked).toEqual([]);
    local.close();
  });
});

test('DPoP from end to end: a token is good with the key of its process alone', async () => {
  const app = express();
  const origin = await listen(app);
  app.use(requireAuth({ issuer: program.issuer, audience: ORDERS, origin, dpop: { required: true, nonces: true } }));
  app.get('/orders', requireScope('orders:read'), (request, response) => response.json({ for: request.auth?.subject }));
  const url = `${origin}/orders`;
  const bound = serviceOf('shop', { dpop: true });
  // The first answer tells the nonce; nobody notices.
  expect(await (await bound.fetch(url)).json()).toEqual({ for: 'shop' });
  const { accessToken, type } = await bound.token();
  expect(type).toBe('DPoP');
  const stolen = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
  expect([stolen.status, stolen.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^DPoP /)]);
});

test('on behalf of: the next service sees whom it is for, and who acts', async () => {
  const { accessToken } = await serviceOf('shop').token();
  const { accessToken: exchanged } = await serviceOf('basket').onBehalfOf(accessToken).token();
  expect(await verifier.verifyToken(exchanged)).toMatchObject({ subject: 'shop', actor: { sub: 'basket' } });
  await revoke('shop', accessToken);
  expect((await untilRefused(exchanged)).error).toMatchObject({ code: 'revoked' });
});

test('decisions: asked together, and never a yes that was not said', async () => {
  const auth = await verifier.verifyToken((await serviceOf('shop').token()).accessToken);
  const order = (id: string, total: number) => ({ type: 'Order', id, properties: { total } });
  const answers = await Promise.all(
    [50, 150, 99].map((total, index) =>
      verifier.authorize(auth, { action: 'orders:read', resource: order(`o${index}`, total) }),
    ),
  );
  expect(answers.map(({ allowed }) => allowed)).toEqual([true, false, true]);
  expect(answers[1]?.decisionId).toMatch(/^dec_/);
  const unknown = createVerifier({ ...verifier.options, decisionKey: 'gh_live_x' });
  await expect(unknown.authorize(auth, { action: 'orders:read', resource: order('o', 1) })).rejects.toBeInstanceOf(
    AuthError,
  );
});

test('a filter lets through what a decision would allow', async () => {
  const auth = await verifier.verifyToken((await serviceOf('shop').token()).accessToken);
  const filters = createFilters({ issuer: program.issuer, apiKey: decisionKey });
  const table = { resourceType: 'Order', attributes: { total: { type: 'long', notNull: true } } } as const;
  const filter = await filters.sql(auth, { action: 'orders:read', table }, 3);
  expect(filter).toMatchObject({ scope: 'some', text: '"total" < $3::bigint' });
  const none = { ...table, resourceType: 'Invoice' };
  expect(await filters.sql(auth, { action: 'orders:read', table: none })).toMatchObject({ scope: 'none' });
  await expect(filters.sql(auth, { action: 'orders:read', table: { resourceType: 'Order' } })).rejects.toMatchObject({
    code: 'decision_unavailable',
  });
});

test('behind the gateway: who calls is what the gateway says, and nobody else', async () => {
  const { accessToken } = await serviceOf('shop').token();
  const through = await fetch(`${program.gatewayUrl}/orders`, { headers: { authorization: `Bearer ${accessToken}` } });
  expect(await through.json()).toMatchObject({ kind: 'identity', subject: 'shop', scopes: ['orders:read'] });
  const direct = `${gatewayOnly}/orders`;
  for (const headers of [{}, { authorization: `Bearer ${accessToken}` }, { 'gatehouse-identity': accessToken }]) {
    expect((await fetch(direct, { headers })).status).toBe(401);
  }
});

test('when the issuer is away, nobody is let in whose token may have been revoked', async () => {
  const { accessToken } = await serviceOf('shop').token();
  await verifier.verifyToken(accessToken);
  await program.stop();
  // Known keys and a feed that was heard a moment ago: good.
  await expect(verifier.verifyToken(accessToken)).resolves.toBeDefined();
  ahead = 60_000;
  await expect(verifier.verifyToken(accessToken)).rejects.toMatchObject({ code: 'issuer_unavailable', status: 503 });
});
