/**
 * A service with a certificate instead of a secret (RFC 8705), against the running program: its issuer with an address for such
 * clients behind a TLS proxy, its gateway with TLS of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { createCertificateFetch } from '@gatehouse/sdk/mtls';
import { createServiceClient } from '@gatehouse/sdk/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificateAuthority, type IssuedPair, temporaryFolder } from '#testing';
import { freePort, Program } from './running-program.ts';

const authority = certificateAuthority('ours');
/** Not the address of those who call the gateway themselves: what a trusted proxy shows there is the proxy's own certificate. */
const PROXY = '127.0.0.2';
const AUDIENCE = 'https://orders.example.com';
let program: Program;
let gateway: string;
let shop: IssuedPair;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  const folder = await temporaryFolder();
  const [ports, front] = [{ control: await freePort(), gateway: await freePort() }, await freePort()];
  gateway = `https://localhost:${ports.gateway}`;
  const server = authority.issue('/CN=server', { san: 'DNS:localhost' });
  shop = authority.issue('/CN=shop', { san: 'URI:spiffe://example.org/shop' });
  mkdirSync(folder, { recursive: true });
  const files = { 'server.pem': server.cert, 'server.key': server.key, 'clients.pem': authority.pem };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const configFile = join(folder, 'gatehouse.yaml');
  const issuer = `http://localhost:${ports.control}`;
  writeFileSync(
    configFile,
    `issuer: ${issuer}
certificateAddress: https://localhost:${front}
dataFolder: ${join(folder, 'data')}
trustedProxies: [${PROXY}]
clientCertificatesFrom: [${PROXY}]
listeners:
  control: { port: ${ports.control} }
  gateway:
    port: ${ports.gateway}
    tls:
      certificates: [{ certificate: ${join(folder, 'server.pem')}, key: ${join(folder, 'server.key')} }]
      clientAuthorities: ${join(folder, 'clients.pem')}
`,
  );
  program = new Program(folder, configFile, ports, issuer);
  await program.ready();
  await endTls(server, front, ports.control);
  await apply(await listenAnswering());
});
afterAll(async () => {
  for (const close of closing) close();
  await program?.remove();
  authority.close();
});

/** As a proxy in front does: asks for a certificate, takes the header away that callers sent, and tells what it saw (RFC 9440). */
async function endTls(pair: IssuedPair, port: number, control: number): Promise<void> {
  const proxy = createServer(
    { ...pair, ca: authority.pem, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const { 'client-cert': _, ...headers } = request.headers;
      const { raw } = (request.socket as TLSSocket).getPeerCertificate();
      const told = raw === undefined ? {} : { 'client-cert': `:${raw.toString('base64')}:` };
      const { method, url: path } = request;
      const onward = forward(
        { host: '127.0.0.1', port: control, localAddress: PROXY, method, path, headers: { ...headers, ...told } },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  closing.push(
    () => proxy.closeAllConnections(),
    () => proxy.close(),
  );
}

async function listenAnswering(): Promise<string> {
  const { createServer: createPlain } = await import('node:http');
  const port = await freePort();
  const upstream = createPlain((_request, response) => response.end('orders'));
  await new Promise<void>((resolve) => upstream.listen(port, '127.0.0.1', resolve));
  closing.push(() => upstream.close());
  return `http://127.0.0.1:${port}`;
}

async function apply(upstream: string): Promise<void> {
  const client = { type: 'confidential', grants: ['client_credentials'], scopes: ['orders:read'], apis: ['orders'] };
  const certificate = { authority: authority.pem, sanUri: 'spiffe://example.org/shop' };
  const documents = [
    { kind: 'api', name: 'orders', spec: { audience: AUDIENCE, scopes: { 'orders:read': 'See' } } },
    {
      kind: 'client',
      name: 'shop',
      spec: { ...client, tokenEndpointAuthMethod: 'tls_client_auth', certificate, senderConstraint: 'mtls' },
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
  await program.admin('POST', '/apply', { documents });
}

const serviceWith = (pair: IssuedPair) =>
  createServiceClient({
    issuer: program.issuer,
    clientId: 'shop',
    certificate: createCertificateFetch({ ...pair, ca: authority.pem }),
    resource: AUDIENCE,
    scope: 'orders:read',
  });

test('a certificate is all it needs, at the issuer and at the gateway', async () => {
  const orders = serviceWith(shop);
  const answer = await orders.fetch(`${gateway}/orders`);
  expect([answer.status, await answer.text()]).toEqual([200, 'orders']);
});

test('its token is nothing to whoever has it without the key', async () => {
  const { accessToken } = await serviceWith(shop).token();
  const thief = createCertificateFetch({ ...authority.issue('/CN=thief'), ca: authority.pem });
  const answer = await thief(`${gateway}/orders`, { headers: { authorization: `Bearer ${accessToken}` } });
  expect(answer.status).toBe(401);
});

test.each([
  ['of another service', () => authority.issue('/CN=shop', { san: 'URI:spiffe://example.org/basket' })],
  [
    'of nobody that is trusted',
    () => certificateAuthority('ours').issue('/CN=shop', { san: 'URI:spiffe://example.org/shop' }),
  ],
])('a certificate %s gets no token', async (_, make) => {
  await expect(serviceWith(make()).token()).rejects.toMatchObject({ name: 'TokenError', error: 'invalid_client' });
});
