/** A service that shows a certificate, against TLS listeners that ask for one: an issuer, and an API that believes bound tokens. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import express from 'express';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateAuthority, type IssuedPair } from '../../../server/testing/certificate-authority.ts';
import { requireAuth } from '../express/express.ts';
import { createServiceClient } from '../service/service.ts';
import { AUDIENCE, type FakeIssuer, startIssuer } from '../verify/issuer.fixture.ts';
import { createCertificateFetch } from './mtls.ts';

const authority = certificateAuthority('ours');
const stranger = certificateAuthority('somebody');
const closing: (() => unknown)[] = [];
let shop: IssuedPair;
let renewed: IssuedPair;
let server: IssuedPair;
let issuer: FakeIssuer;
/** What the token endpoint was asked, and at which of its addresses. */
let asked: { at: string; form: URLSearchParams; authorization: string | undefined }[];
let addresses: { plain: string; mtls: string; api: string };

beforeAll(async () => {
  server = authority.issue('/CN=server', { san: 'DNS:localhost' });
  shop = authority.issue('/CN=shop');
  renewed = authority.issue('/CN=shop');
  asked = [];
  const plain = await listen((request, response) => void answerToken('plain', request, response));
  const mtls = await listen((request, response) => void answerToken('mtls', request, response));
  issuer = await startIssuer(plain);
  // Of the time of the certificates.
  issuer.now = Math.floor(Date.now() / 1000) * 1000;
  issuer.metadata.token_endpoint = `${plain}/token`;
  issuer.metadata.mtls_endpoint_aliases = { token_endpoint: `${mtls}/token` };
  const app = express();
  app.use(requireAuth({ ...issuer.options }));
  app.get('/orders', (request, response) => response.json({ for: request.auth?.subject }));
  addresses = { plain, mtls, api: `${await listen(app)}/orders` };
});
afterAll(async () => {
  for (const close of closing) await close();
  authority.close();
  stranger.close();
});

/** Asks everybody for a certificate, and lets in who has none: what they may do is not the listener's to say. */
async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const listener = createServer({ ...server, ca: authority.pem, requestCert: true, rejectUnauthorized: false }, handle);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  closing.push(
    () => listener.closeAllConnections(),
    () => listener.close(),
  );
  return `https://localhost:${(listener.address() as AddressInfo).port}`;
}

/** An issuer that binds tokens to the certificate it sees (RFC 8705 §3). */
async function answerToken(at: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const { pathname } = new URL(request.url ?? '/', 'https://localhost');
  if (pathname === '/.well-known/openid-configuration') return send(200, issuer.metadata);
  if (pathname === '/jwks') return send(200, { keys: issuer.keys });
  let text = '';
  for await (const chunk of request) text += String(chunk);
  asked.push({ at, form: new URLSearchParams(text), authorization: request.headers.authorization });
  const { raw } = (request.socket as TLSSocket).getPeerCertificate();
  if (raw === undefined) return send(401, { error: 'invalid_client', error_description: 'show your certificate' });
  const cnf = { 'x5t#S256': createHash('sha256').update(raw).digest('base64url') };
  return send(200, { access_token: await issuer.sign({ sub: 'shop', cnf }), token_type: 'Bearer', expires_in: 300 });
}

const serviceOf = (certificate: Parameters<typeof createCertificateFetch>[0], more: object = {}) =>
  createServiceClient({
    issuer: addresses.plain,
    clientId: 'shop',
    certificate: createCertificateFetch(certificate),
    resource: AUDIENCE,
    now: () => issuer.now,
    ...more,
  });

describe('a service with a certificate', () => {
  test('needs nothing else: it says who it is at the address for such clients, and calls with a bound token', async () => {
    asked.length = 0;
    const orders = serviceOf({ ...shop, ca: authority.pem });
    const answers = await Promise.all([orders.fetch(addresses.api), orders.fetch(addresses.api)]);
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([{ for: 'shop' }, { for: 'shop' }]);
    expect(asked.map(({ at, authorization }) => [at, authorization])).toEqual([['mtls', undefined]]);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'shop',
      resource: AUDIENCE,
    });
    const { accessToken } = await orders.token();
    expect(decodeJwt(accessToken).cnf).toEqual({ 'x5t#S256': expect.any(String) });
    expect((await orders.token()).type).toBe('Bearer');
  });

  test.each<[who: string, headers: () => Promise<Response>]>([
    ['without a certificate', () => serviceOfThief(undefined)],
    ['with a certificate of its own, by the same authority', () => serviceOfThief(authority.issue('/CN=thief'))],
    ['with the same name, by another authority', () => serviceOfThief(stranger.issue('/CN=shop'))],
  ])('loses a token that nobody can use: %s', async (_, call) => {
    const answer = await call();
    expect([answer.status, Object(await answer.json()).code]).toEqual([401, 'wrong_sender']);
  });

  test('may have a secret as well: the certificate binds the token then', async () => {
    asked.length = 0;
    await serviceOf({ ...shop, ca: authority.pem }, { clientSecret: 's' }).token();
    expect(asked).toMatchObject([{ at: 'mtls', authorization: expect.stringMatching(/^Basic /) }]);
    expect(asked[0]?.form.get('client_id')).toBeNull();
  });

  test('posts bodies, and goes to the ordinary address where the issuer has no other', async () => {
    const { mtls_endpoint_aliases: aliases, ...rest } = issuer.metadata;
    issuer.metadata = rest;
    asked.length = 0;
    const orders = serviceOf({ ...shop, ca: authority.pem });
    const answer = await orders.fetch(`${addresses.plain}/echo`, { method: 'POST', body: 'a=1' });
    issuer.metadata.mtls_endpoint_aliases = aliases;
    expect(answer.status).toBe(200);
    expect(asked.map(({ at, form }) => [at, form.get('grant_type') ?? form.get('a')])).toEqual([
      ['plain', 'client_credentials'],
      ['plain', '1'],
    ]);
  });

  test('whose certificate is renewed gets a token for the new one when the old one is refused', async () => {
    let pair = shop;
    const orders = serviceOf(() => ({ ...pair, ca: authority.pem }));
    expect((await orders.fetch(addresses.api)).status).toBe(200);
    const before = await orders.token();
    // Half written: the one before goes on.
    pair = { cert: renewed.cert, key: shop.key };
    expect((await orders.fetch(addresses.api)).status).toBe(200);
    expect(await orders.token()).toEqual(before);
    pair = renewed;
    expect((await orders.fetch(addresses.api)).status).toBe(200);
    expect((await orders.token()).accessToken).not.toBe(before.accessToken);
  });

  test('believes no server that its authorities do not know', async () => {
    await expect(serviceOf({ ...shop, ca: stranger.pem }).token()).rejects.toMatchObject({ error: 'unreachable' });
    await expect(serviceOf(shop).token()).rejects.toMatchObject({ error: 'unreachable' });
  });
});

async function serviceOfThief(pair: IssuedPair | undefined): Promise<Response> {
  const { accessToken } = await serviceOf({ ...shop, ca: authority.pem }).token();
  const any = pair ?? shop;
  const send = createCertificateFetch({ ...any, ca: authority.pem });
  const headers = { authorization: `Bearer ${accessToken}` };
  if (pair !== undefined) return send(addresses.api, { headers });
  const { Agent, fetch: plainly } = await import('undici');
  const dispatcher = new Agent({ connect: { ca: authority.pem } });
  const answer: unknown = await plainly(addresses.api, { headers, dispatcher });
  return answer as Response;
}

describe('mistakes of the program', () => {
  test.each([
    ['a key that belongs to another certificate', () => ({ cert: shop.cert, key: renewed.key })],
    ['no certificate', () => ({ cert: '', key: shop.key })],
    ['a file name in the place of the file', () => ({ cert: '/etc/shop.pem', key: '/etc/shop.key' })],
  ])('%s', async (_, make) => {
    expect(() => createCertificateFetch(make())).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
    await expect(createCertificateFetch(make)(addresses.api)).rejects.toMatchObject({ name: 'ConfigurationError' });
  });

  test.each([
    ['a fetch beside the certificate', { fetch: globalThis.fetch }],
    ['two bindings', { dpop: true }],
    ['two secrets', { clientSecret: 's', workloadToken: () => 'x' }],
  ])('%s', (_, more) => {
    expect(() => serviceOf(shop, more)).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
  });
});
