/** tls_client_auth and self_signed_tls_client_auth (RFC 8705), and tokens bound to the certificate. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateThumbprint } from '../jwt/public-key.ts';
import { claimsOf, openWorld, WEATHER, type World } from '../oauth-world.fixture.ts';
import { makeKey } from './assertions.fixture.ts';
import { makeAuthority } from './certificates.fixture.ts';

let world: World;
const authority = makeAuthority('Test authority');
const impostor = makeAuthority('Test authority');
const NAMES = 'DNS:robot.example.com,URI:spiffe://example.com/robot,IP:192.0.2.7,email:robot@example.com';
const good = authority.issue('/O=Example/CN=robot', NAMES);
const forged = impostor.issue('/O=Example/CN=robot', NAMES);
const otherName = authority.issue('/O=Example/CN=robot2', 'DNS:robot2.example.com');
const nameInText = authority.issue('/CN=x', 'DNS:a.example.com,URI:https://a.example.com/?q=DNS:robot.example.com');
const own = impostor.issue('/CN=self');

const machine = { type: 'confidential', grants: ['client_credentials'], scopes: ['weather:read'], apis: ['weather'] };
const NAMED = {
  'by-dn': { subjectDn: 'CN=robot,O=Example' },
  'by-dns': { sanDns: 'robot.example.com' },
  'by-uri': { sanUri: 'spiffe://example.com/robot' },
  'by-ip': { sanIp: '192.0.2.7' },
  'by-email': { sanEmail: 'robot@example.com' },
};

beforeAll(async () => {
  world = await openWorld();
  // The certificates are of today, and this world begins elsewhere.
  world.clock.advance(Date.now() + 60_000 - world.clock.now());
  const key = { ...makeKey('k').jwk, x5c: [own.toString('base64')] };
  await world.apply([
    ...Object.entries(NAMED).map(([name, rule]) => ({
      kind: 'client',
      name,
      spec: {
        ...machine,
        tokenEndpointAuthMethod: 'tls_client_auth',
        certificate: { authority: authority.pem, ...rule },
        senderConstraint: 'mtls',
      },
    })),
    {
      kind: 'client',
      name: 'self-signed',
      spec: { ...machine, tokenEndpointAuthMethod: 'self_signed_tls_client_auth', jwks: { keys: [key] } },
    },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(async () => {
  await world?.close();
  authority.close();
  impostor.close();
});

const ask = (clientId: string, certificate?: Uint8Array) =>
  world.token({ grant_type: 'client_credentials', client_id: clientId }, undefined, undefined, { certificate });

describe('tls_client_auth', () => {
  test.each(Object.keys(NAMED))('good %s, and the token is bound to the certificate', async (clientId) => {
    const { status, body } = await ask(clientId, good);
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    const cnf = { 'x5t#S256': certificateThumbprint(good) };
    expect(claimsOf(body.access_token).cnf).toEqual(cnf);
    const verify = (confirmation?: object) =>
      world.oauth.verifier.verifyAccessToken(
        String(body.access_token),
        { audience: WEATHER, confirmation },
        world.clock.now(),
      );
    expect(verify(cnf).ok).toBe(true);
    expect(verify()).toMatchObject({ ok: false, reason: 'wrong_sender' });
    expect(verify({ 'x5t#S256': certificateThumbprint(own) })).toMatchObject({ ok: false, reason: 'wrong_sender' });
    expect(verify({ jkt: certificateThumbprint(good) })).toMatchObject({ ok: false, reason: 'wrong_sender' });
  });

  test.each([
    ['no certificate', undefined],
    ['an authority of the same name', forged],
    ['another name', otherName],
    ['the name inside another name', nameInText],
    ['a certificate that the client made itself', own],
    ['no certificate at all', Buffer.from('hello')],
  ])('401: %s', async (_, certificate) => {
    expect(await ask('by-dns', certificate)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('401: a certificate beside a secret, or for a client that declares none', async () => {
    const twice = { grant_type: 'client_credentials', client_id: 'by-dns', client_secret: 'x' };
    expect((await world.token(twice, undefined, undefined, { certificate: good })).status).toBe(401);
    expect((await ask('machine', good)).status).toBe(401);
  });

  test('401: after its time', async () => {
    const days = 3651 * 86_400_000;
    world.clock.advance(days);
    expect((await ask('by-dns', good)).status).toBe(401);
    world.clock.advance(-days);
    expect((await ask('by-dns', good)).status).toBe(200);
  });
});

describe('self_signed_tls_client_auth', () => {
  test('the registered certificate, and no other', async () => {
    expect((await ask('self-signed', own)).status).toBe(200);
    expect((await ask('self-signed', good)).status).toBe(401);
    expect((await ask('self-signed')).status).toBe(401);
  });
});

test.each([
  [
    'a private key',
    { tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [makeKey('p').privateKey.export({ format: 'jwk' })] } },
  ],
  ['no keys', { tokenEndpointAuthMethod: 'private_key_jwt' }],
  [
    'both ways to keys',
    {
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwks: { keys: [makeKey('p').jwk] },
      jwksUri: 'https://x.example.com',
    },
  ],
  ['no certificate rule', { tokenEndpointAuthMethod: 'tls_client_auth' }],
  [
    'two names',
    {
      tokenEndpointAuthMethod: 'tls_client_auth',
      certificate: { authority: authority.pem, sanDns: 'a', sanIp: '1.1.1.1' },
    },
  ],
  ['no authority', { tokenEndpointAuthMethod: 'tls_client_auth', certificate: { authority: 'x', sanDns: 'a' } }],
  ['none for a confidential client', { tokenEndpointAuthMethod: 'none' }],
  [
    'a workload rule without a condition',
    {
      tokenEndpointAuthMethod: 'workload_token',
      workloads: [{ issuer: 'https://ci.example.com', audience: 'x', claims: {} }],
    },
  ],
  ['fapi2 with a secret', { profile: 'fapi2', senderConstraint: 'dpop' }],
  [
    'fapi2 without binding',
    { profile: 'fapi2', tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [makeKey('p').jwk] } },
  ],
])('a client is not declared with %s', (_, spec) => {
  expect(() => world.apply([{ kind: 'client', name: 'x', spec: { ...machine, ...spec } }])).toThrow();
});
