/** Tokens of a service: one request for all who wait, renewed in time, fetched anew when one is not taken. */
import { decodeJwt } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Auth } from '../verify/auth.ts';
import { type FakeIssuer, newPair, startIssuer } from '../verify/issuer.fixture.ts';
import { createServiceClient } from './create-service-client.ts';

let issuer: FakeIssuer;
let asked: URLSearchParams[];
/** What the API answers, in turn; then 200. */
let answers: Response[];
let calls: { url: string; headers: Headers; body: unknown }[];

beforeEach(async () => {
  issuer = await startIssuer();
  [asked, answers, calls] = [[], [], []];
  issuer.answer = (url, init) => {
    if (url.endsWith('/token')) {
      asked.push(new URLSearchParams(String(init?.body)));
      const type = new Headers(init?.headers).has('dpop') ? 'DPoP' : 'Bearer';
      return issuer.json({ access_token: `t${asked.length}`, token_type: type, expires_in: 100 });
    }
    if (!url.startsWith('https://api.example.com')) return undefined;
    calls.push({ url, headers: new Headers(init?.headers), body: init?.body });
    return answers.shift() ?? new Response('done');
  };
});

const credentials = { clientId: 'shop', clientSecret: 's' };
const client = (more: object = credentials) =>
  createServiceClient({ issuer: issuer.issuer, fetch: issuer.fetch, now: () => issuer.now, ...more } as Parameters<
    typeof createServiceClient
  >[0]);
const unauthorized = (challenge: string, more: Record<string, string> = {}) =>
  new Response('', { status: 401, headers: { 'www-authenticate': challenge, ...more } });
const API = 'https://api.example.com/x?y=1';

describe('a token', () => {
  test('is fetched once for a hundred who wait', async () => {
    const service = client();
    await Promise.all(Array.from({ length: 100 }, () => service.token()));
    expect(asked).toHaveLength(1);
  });

  test('is renewed in the background at four fifths of its life, and waited for at its end', async () => {
    const service = client();
    await service.token();
    issuer.now += 79_000;
    expect((await service.token()).accessToken).toBe('t1');
    expect(asked).toHaveLength(1);
    issuer.now += 2_000;
    expect((await service.token()).accessToken).toBe('t1');
    await expect.poll(() => asked.length).toBe(2);
    expect((await service.token()).accessToken).toBe('t2');
    issuer.now += 99_000;
    expect((await service.token()).accessToken).toBe('t3');
  });

  test('goes on serving while the issuer is away, until it ends', async () => {
    const service = client();
    await service.token();
    issuer.down = true;
    issuer.now += 85_000;
    expect((await service.token()).accessToken).toBe('t1');
    issuer.now += 12_000;
    await expect(service.token()).rejects.toMatchObject({ name: 'TokenError', error: 'unreachable' });
    issuer.down = false;
    expect((await service.token()).accessToken).toBe('t2');
  });

  test.each([
    ['a refusal', () => new Response('{"error":"invalid_client"}', { status: 401 }), 'invalid_client'],
    ['no token', () => issuer.json({ token_type: 'Bearer' }), 'malformed'],
    ['no type', () => issuer.json({ access_token: 'x' }), 'malformed'],
    ['no JSON', () => new Response('<html>'), 'unreachable'],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example.com' } }), '302'],
  ])('that is answered by %s is none', async (_, make, error) => {
    issuer.answer = (url) => (url.endsWith('/token') ? make() : undefined);
    await expect(client().token()).rejects.toMatchObject({ error });
  });

  test('is asked for with a signed assertion, for this issuer alone and a minute', async () => {
    const pair = await newPair('k1');
    const privateKey = { ...pair.privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'k1' };
    await client({ clientId: 'shop', privateKey }).token();
    const claims = decodeJwt(asked[0]?.get('client_assertion') ?? '');
    expect(claims).toMatchObject({ iss: 'shop', sub: 'shop', aud: issuer.issuer, exp: Number(claims.iat) + 60 });
    expect(asked[0]?.get('client_secret')).toBeNull();
  });

  test('that is not bound where a bound one was asked for is refused', async () => {
    issuer.answer = (url) =>
      url.endsWith('/token') ? issuer.json({ access_token: 'x', token_type: 'Bearer', expires_in: 60 }) : undefined;
    await expect(client({ ...credentials, dpop: true }).token()).rejects.toMatchObject({ error: 'malformed' });
  });
});

describe('a call', () => {
  test('is made once more with a new token where the first is stale, body and all', async () => {
    answers = [unauthorized('Bearer error="invalid_token"')];
    const response = await client().fetch(API, { method: 'POST', body: '{"a":1}', headers: { 'x-own': 'kept' } });
    expect(response.status).toBe(200);
    expect(calls.map(({ headers }) => [headers.get('authorization'), headers.get('x-own')])).toEqual([
      ['Bearer t1', 'kept'],
      ['Bearer t2', 'kept'],
    ]);
    expect(await Promise.all(calls.map(({ body }) => new Response(body as ReadableStream).text()))).toEqual([
      '{"a":1}',
      '{"a":1}',
    ]);
  });

  test.each([
    [
      'once and no more',
      [unauthorized('Bearer error="invalid_token"'), unauthorized('Bearer error="invalid_token"')],
      2,
      401,
    ],
    [
      'not for a scope',
      [new Response('', { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } })],
      1,
      403,
    ],
    ['not for a 401 that says nothing', [unauthorized('Bearer')], 1, 401],
    ['not for a step-up', [unauthorized('Bearer error="insufficient_user_authentication"')], 1, 401],
  ])('again: %s', async (_, given, count, status) => {
    answers = given;
    expect((await client().fetch(API)).status).toBe(status);
    expect(calls).toHaveLength(count);
  });

  test('with DPoP: bound to the request, and once more with the nonce that is wanted', async () => {
    answers = [unauthorized('DPoP error="use_dpop_nonce"', { 'dpop-nonce': 'n1' })];
    expect((await client({ ...credentials, dpop: true }).fetch(API)).status).toBe(200);
    const proofs = calls.map(({ headers }) => decodeJwt(headers.get('dpop') ?? ''));
    expect(proofs).toMatchObject([
      { htm: 'GET', htu: 'https://api.example.com/x' },
      { htm: 'GET', nonce: 'n1' },
    ]);
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(2);
    expect(calls[1]?.headers.get('authorization')).toBe('DPoP t1');
  });

  test('by plain http is not made', async () => {
    await expect(client().fetch('http://api.example.com/')).rejects.toMatchObject({ name: 'ConfigurationError' });
    expect(asked).toHaveLength(0);
  });
});

test('on behalf of a caller: exchanged once for each, with the service named beside it', async () => {
  const service = client({ ...credentials, resource: 'https://api.example.com' });
  const [one, two] = [service.onBehalfOf('caller-1'), service.onBehalfOf('caller-2')];
  await Promise.all([one.fetch(API), one.fetch(API), two.fetch(API)]);
  await service.onBehalfOf('caller-1').fetch(API);
  const exchanges = asked.filter((form) => form.get('grant_type')?.endsWith('token-exchange'));
  expect(exchanges.map((form) => form.get('subject_token')).toSorted()).toEqual(['caller-1', 'caller-2']);
  expect(exchanges.every((form) => form.get('actor_token') === 't1')).toBe(true);
  // The caller's own token goes to the issuer, and nowhere else.
  expect(calls.some(({ headers }) => headers.get('authorization')?.includes('caller'))).toBe(false);
});

test('on behalf of somebody of whom there is only the gateway’s word is a mistake of the program, and says what to do', () => {
  const auth = { kind: 'identity' } as Auth;
  expect(() => client().onBehalfOf(auth)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining('upstream.accessToken') }),
  );
});

test.each([
  ['no credential', { clientId: 'shop' }],
  ['two credentials', { clientId: 'shop', clientSecret: 's', workloadToken: () => 'x' }],
  ['an empty secret', { clientId: 'shop', clientSecret: '' }],
  ['an empty name', { clientId: '', clientSecret: 's' }],
  ['an issuer by plain http', { ...credentials, issuer: 'http://id.example.com' }],
])('%s is a mistake of the program', (_, options) => {
  expect(() => client(options)).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
});
