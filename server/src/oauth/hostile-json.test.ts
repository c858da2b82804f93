/** Structures that nobody needs: deep, huge, named like what every object has, with characters that no text has. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeKey, signJwt } from './authentication/assertions.fixture.ts';
import { ISSUER, openWorld, SPA_REQUEST, TENANT, type World } from './oauth-world.fixture.ts';

const key = makeKey('k1');
let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    {
      kind: 'api',
      name: 'bank',
      spec: {
        audience: 'urn:bank',
        authorizationDetails: { payment: { description: 'Pay', schema: { type: 'object' } } },
      },
    },
    {
      kind: 'client',
      name: 'signing',
      spec: {
        type: 'confidential',
        grants: ['authorization_code'],
        redirectUris: ['https://signing.example.com/cb'],
        scopes: ['openid'],
        apis: ['bank'],
        authorizationDetailTypes: ['payment'],
        tokenEndpointAuthMethod: 'private_key_jwt',
        jwks: { keys: [key.jwk] },
      },
    },
    { kind: 'client_registration_policy', name: 'anyone', spec: { open: true, scopes: ['openid'] } },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(() => world?.close());
beforeEach(() => {
  world.clock.advance(60_000);
  world.signIn();
});

const deep = (levels: number, [open, close] = ['[', ']']) => open.repeat(levels) + close.repeat(levels);
const deepObject = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
let callers = 0;
const register = (text: string) => {
  callers += 1;
  return world.oauth.register({
    tenantId: TENANT,
    ip: `10.5.${callers >> 8}.${callers & 255}`,
    authorization: undefined,
    body: JSON.parse(text),
  });
};
const metadata = (more: string) =>
  `{"redirect_uris":["https://a.example/cb"],"token_endpoint_auth_method":"private_key_jwt",${more}}`;

describe('client metadata', () => {
  const { kty, crv, x, y } = key.jwk as Record<string, string>;
  const members = `"kty":"${kty}","crv":"${crv}","x":"${x}","y":"${y}"`;
  test.each([
    ['a deep member of a key', metadata(`"jwks":{"keys":[{${members},"z":${deep(12_000)}}]}`)],
    ['a deep object in a key', metadata(`"jwks":{"keys":[{${members},"z":${deepObject(8_000)}}]}`)],
    ['a key set that is deep', metadata(`"jwks":${deep(15_000)}`)],
    ['a key of a type that every object has', metadata('"jwks":{"keys":[{"kty":"constructor","alg":"ES256"}]}')],
    ['a key whose kid is half a character', metadata(`"jwks":{"keys":[{${members},"kid":"\\ud800"}]}`)],
    ['a key whose name for a member is half a character', metadata(`"jwks":{"keys":[{${members},"\\udc00":1}]}`)],
    ['its prototype', '{"__proto__":{"redirect_uris":["https://a.example/cb"]},"redirect_uris":[]}'],
  ])('400: %s', async (_, text) => {
    expect(await register(text)).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^invalid_/) } });
  });
});

describe('an authorization request', () => {
  const request = {
    ...SPA_REQUEST,
    client_id: 'signing',
    redirect_uri: 'https://signing.example.com/cb',
    scope: 'openid',
  };
  const errorOf = (outcome: Awaited<ReturnType<World['authorize']>>) =>
    outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get('error') : outcome.kind;

  test.each([
    ['claims that are deep', { claims: deepObject(1_300) }, 'invalid_request'],
    ['claims with half a character', { claims: '{"id_token":{"a\\ud800":null}}' }, 'invalid_request'],
    ['claims of arrays', { claims: deep(4_000) }, 'invalid_request'],
    ['claims named like a prototype', { claims: '{"id_token":{"__proto__":{"essential":true}}}' }, 'consent'],
    [
      'details that are deep',
      { authorization_details: `[{"type":"payment","a":${deepObject(1_200)}}]` },
      'invalid_authorization_details',
    ],
    ['details of arrays', { authorization_details: deep(4_000) }, 'invalid_authorization_details'],
    [
      'details of a type that every object has',
      { authorization_details: '[{"type":"constructor"}]' },
      'invalid_authorization_details',
    ],
    [
      'details whose locations are no texts',
      { authorization_details: '[{"type":"payment","locations":[{"toString":1}]}]' },
      'invalid_authorization_details',
    ],
    ['a response mode that every object has', { response_mode: 'constructor' }, 'invalid_request'],
  ])('%s', async (_, form, answer) => {
    expect(errorOf(await world.authorize({ ...request, ...form }))).toBe(answer);
  });

  test.each([
    ['deep', { claims: JSON.parse(deepObject(500)) }],
    ['with a structure for a scope', { scope: { toString: 1 } }],
    ['with a list for an address', { redirect_uri: ['https://signing.example.com/cb', 'https://evil.example'] }],
    ['with a number for a client', { client_id: 7 }],
    ['with lists of resources in a list', { resource: [['urn:bank'], { a: 1 }] }],
  ])('a request object %s is refused, and is no failure of ours', async (_, claims) => {
    const now = Math.floor(world.clock.now() / 1000);
    const { redirect_uri, ...rest } = request;
    const object = signJwt(key, { ...rest, redirect_uri, iss: 'signing', aud: ISSUER, exp: now + 60, ...claims });
    const outcome = await world.authorize({ client_id: 'signing', request: object });
    expect(errorOf(outcome)).toMatch(/^(problem|invalid_\w+)$/);
    if (outcome.kind === 'problem') expect(outcome.problem.status).toBe(400);
  });
});
