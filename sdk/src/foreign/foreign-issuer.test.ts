/** Any standard issuer, not only ours: everything that a program without a browser does, at somebody else's. */
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateAuthority } from '../../../server/testing/certificate-authority.ts';
import { authOf, requireAuth, requireScope } from '../express/express.ts';
import { listening } from '../guard/frameworks.fixture.ts';
import { protectMcp } from '../mcp/mcp.ts';
import { createCertificateFetch } from '../mtls/mtls.ts';
import { createServiceClient } from '../service/service.ts';
import { createVerifier, type VerifierOptions } from '../verify/verify.ts';
import { API, type ForeignIssuer, SEALED, SECRETS, startForeignIssuer } from './oidc-provider.fixture.ts';

let foreign: ForeignIssuer;
beforeAll(async () => {
  foreign = await startForeignIssuer('ES256');
});
afterAll(() => foreign?.close());

const serviceOf = (more: object = {}) =>
  createServiceClient({
    issuer: foreign.issuer,
    clientId: 'shop',
    resource: API,
    scope: 'orders:read',
    ...('privateKey' in more || 'certificate' in more ? {} : { clientSecret: SECRETS.shop }),
    ...more,
  });
const verifierOf = (more: Partial<VerifierOptions> = {}) =>
  createVerifier({ issuer: foreign.issuer, audience: API, ...more });
const asking = { clientId: 'api', clientSecret: SECRETS.api, introspectionCacheSeconds: 0 };

describe('a token of its own kind', () => {
  test.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'signed by %s is verified by its metadata alone',
    async (alg) => {
      const other = alg === 'ES256' ? foreign : await startForeignIssuer(alg);
      const { accessToken } = await serviceOf({ issuer: other.issuer }).token();
      expect(await verifierOf({ issuer: other.issuer }).verifyToken(accessToken)).toMatchObject({
        kind: 'access_token',
        type: 'client',
        subject: 'shop',
        clientId: 'shop',
        scopes: ['orders:read'],
        roles: [],
      });
      if (other !== foreign) await other.close();
    },
  );

  test('is for one API, and of one issuer', async () => {
    const { accessToken } = await serviceOf().token();
    await expect(
      verifierOf({ audience: 'https://billing.example.com' }).verifyToken(accessToken),
    ).rejects.toMatchObject({
      code: 'wrong_audience',
    });
    const another = await startForeignIssuer('ES256');
    await expect(verifierOf({ issuer: another.issuer }).verifyToken(accessToken)).rejects.toMatchObject({
      code: 'wrong_issuer',
    });
    await another.close();
  });

  test('stays good where the API has credentials and the issuer has no feed of revocations', async () => {
    const verifier = verifierOf(asking);
    await expect(verifier.verifyToken((await serviceOf().token()).accessToken)).resolves.toBeDefined();
    verifier.close();
  });

  test('that says nothing is looked up, until it is revoked', async () => {
    const { accessToken } = await serviceOf({ resource: SEALED }).token();
    const verifier = verifierOf({ ...asking, audience: SEALED });
    expect(await verifier.verifyToken(accessToken)).toMatchObject({ subject: 'shop', scopes: ['orders:read'] });
    await expect(verifierOf(asking).verifyToken(accessToken)).rejects.toMatchObject({ code: 'wrong_audience' });
    await fetch(`${foreign.issuer}/token/revocation`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`shop:${SECRETS.shop}`)}` },
      body: new URLSearchParams({ token: accessToken }),
    });
    await expect(verifier.verifyToken(accessToken)).rejects.toMatchObject({ code: 'inactive' });
    verifier.close();
  });
});

describe('a service', () => {
  test('says who it is by a key', async () => {
    const { accessToken } = await serviceOf({ clientId: 'robot', privateKey: foreign.privateKey }).token();
    expect(await verifierOf().verifyToken(accessToken)).toMatchObject({ subject: 'robot' });
  });

  test('is told in the issuer’s words why it gets no token', async () => {
    const refused = (more: object) => serviceOf(more).token();
    await expect(refused({ clientSecret: 'wrong' })).rejects.toMatchObject({ error: 'invalid_client' });
    await expect(refused({ resource: 'not an address' })).rejects.toMatchObject({ error: 'invalid_target' });
    await expect(serviceOf().onBehalfOf('somebody’s token').token()).rejects.toMatchObject({
      error: 'unsupported_grant_type',
    });
  });

  test('binds its tokens to a key, with the nonces that both the issuer and the API ask for', async () => {
    const app = express();
    const server = await listening(createServer(app));
    const dpop = { required: true, nonces: true };
    app.use(requireAuth({ issuer: foreign.issuer, audience: API, origin: server.url, dpop }));
    app.get('/orders', requireScope('orders:read'), (request, response) => response.json(authOf(request).subject));
    const service = serviceOf({ dpop: true });
    expect(await (await service.fetch(`${server.url}/orders`)).json()).toBe('shop');
    const { accessToken } = await service.token();
    await expect(verifierOf().verifyToken(accessToken)).rejects.toMatchObject({ code: 'wrong_sender' });
    await server.close();
  });

  test('binds its tokens to its certificate, at the address that the issuer has for such clients', async () => {
    const authority = certificateAuthority('ours');
    const app = express();
    app.use(requireAuth({ issuer: foreign.issuer, audience: API }));
    app.get('/orders', (request, response) => response.json(authOf(request).subject));
    const { ca } = foreign.certificate;
    const pair = authority.issue('/CN=orders', { san: 'DNS:localhost' });
    const server = createTlsServer({ ...pair, ca, requestCert: true, rejectUnauthorized: false }, app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}/orders`;
    const certificate = createCertificateFetch({ ...foreign.certificate, ca: `${ca}${authority.pem}` });
    const service = serviceOf({ clientId: 'billing', certificate });
    expect(await (await service.fetch(url)).json()).toBe('billing');
    const { accessToken } = await service.token();
    await expect(verifierOf().verifyToken(accessToken)).rejects.toMatchObject({ code: 'wrong_sender' });
    server.closeAllConnections();
    server.close();
    authority.close();
  });
});

test('an MCP server names it to agents who know nothing but the address', async () => {
  const app = express();
  const server = await listening(createServer(app));
  const resource = `${server.url}/mcp`;
  app.use(
    express.json(),
    protectMcp({ issuer: foreign.issuer, resource, scopes: ['orders:read'], tools: { list: {} } }),
  );
  app.post('/mcp', (_request, response) => response.json('called'));
  const call = (headers: Record<string, string>) =>
    fetch(resource, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list' } }),
    });
  const stranger = await call({});
  const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(stranger.headers.get('www-authenticate') ?? '') ?? [];
  expect(await (await fetch(metadata)).json()).toMatchObject({ resource, authorization_servers: [foreign.issuer] });
  const { accessToken } = await serviceOf({ resource }).token();
  expect(await (await call({ authorization: `Bearer ${accessToken}` })).json()).toBe('called');
  await server.close();
});
