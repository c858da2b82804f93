/** What a caller sees is the same whatever the framework: status, challenge, problem document. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeIssuer, startIssuer } from '../verify/issuer.fixture.ts';
import { FRAMEWORKS, type Running, startPassport } from './frameworks.fixture.ts';

const METADATA = 'https://orders.example.com/.well-known/oauth-protected-resource';

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
  issuer.answer = (url, init) => {
    if (!url.endsWith('/access/v1/evaluation')) return undefined;
    const { resource } = JSON.parse(String(init?.body));
    if (resource.id === 'broken') return issuer.json({ decision: 'yes' });
    if (resource.id === 'away') return new Response('{}', { status: 500 });
    return issuer.json({
      decision: resource.id === '17',
      context: { decision_id: 'dec_1', reason: 'no_policy_permits' },
    });
  };
});

type Outcome = readonly [
  name: string,
  call: { path: string; method?: string; claims?: Record<string, unknown>; headers?: Record<string, string> },
  status: number,
  code?: string,
  challenge?: RegExp | null,
];

const now = () => issuer.now / 1000;
const OUTCOMES: readonly Outcome[] = [
  ['a caller', { path: '/me', claims: {} }, 200],
  [
    'nobody',
    { path: '/me' },
    401,
    'credential_missing',
    /^Bearer resource_metadata="[^"]+", DPoP resource_metadata="[^"]+", algs="ES256 /,
  ],
  [
    'somebody by Basic',
    { path: '/me', headers: { authorization: 'Basic eDp5' } },
    401,
    'credential_missing',
    /^Bearer /,
  ],
  [
    'an empty bearer',
    { path: '/me', headers: { authorization: 'Bearer' } },
    401,
    'credential_malformed',
    /error="invalid_token"/,
  ],
  [
    'a token in quotes',
    { path: '/me', headers: { authorization: 'Bearer "x"' } },
    401,
    'credential_malformed',
    /error="invalid_token"/,
  ],
  [
    'two tokens in one header',
    { path: '/me', headers: { authorization: 'Bearer a, Bearer b' } },
    401,
    'credential_malformed',
  ],
  [
    'a token and a key',
    { path: '/me', claims: {}, headers: { 'x-api-key': 'gh_live_x' } },
    400,
    'credentials_conflict',
    /error="invalid_request"/,
  ],
  ['a token in the query', { path: '/me?access_token=x' }, 401, 'credential_missing'],
  [
    'an expired token',
    { path: '/me', claims: { exp: 1 } },
    401,
    'expired',
    /error="invalid_token", error_description="The token has expired/,
  ],
  [
    'a proof of nothing',
    { path: '/me', headers: { authorization: 'DPoP x' } },
    401,
    'dpop_proof_invalid',
    /^DPoP error="invalid_dpop_proof"/,
  ],
  [
    'a scope too few',
    { path: '/orders', claims: {} },
    403,
    'scope_missing',
    /error="insufficient_scope".*scope="orders:read orders:list"/,
  ],
  ['every scope', { path: '/orders', claims: { scope: 'orders:list orders:read' } }, 200],
  [
    'a scope that begins like it',
    { path: '/orders', claims: { scope: 'orders:read orders:list2' } },
    403,
    'scope_missing',
  ],
  ['no role', { path: '/admin', claims: {} }, 403, 'role_missing', null],
  ['one of the roles', { path: '/admin', claims: { roles: ['support'] } }, 200],
  [
    'no sign-in',
    { path: '/payouts', method: 'POST', claims: {} },
    401,
    'step_up_required',
    /error="insufficient_user_authentication".*acr_values="aal2", max_age="300"/,
  ],
  [
    'a weak sign-in',
    { path: '/payouts', method: 'POST', claims: { acr: 'aal1', auth_time: 1_800_000_000 } },
    401,
    'step_up_required',
  ],
  [
    'an old sign-in',
    { path: '/payouts', method: 'POST', claims: { acr: 'aal2', auth_time: 1_799_999_600 } },
    401,
    'step_up_required',
  ],
  [
    'a sign-in of the future',
    { path: '/payouts', method: 'POST', claims: { acr: 'aal2', auth_time: 1_800_001_000 } },
    401,
    'step_up_required',
  ],
  ['a fresh sign-in', { path: '/payouts', method: 'POST', claims: { acr: 'aal2', auth_time: 1_799_999_900 } }, 200],
  ['a yes of the policies', { path: '/orders/17', claims: {} }, 200],
  ['a no of the policies', { path: '/orders/18', claims: {} }, 403, 'access_denied', null],
  ['an answer that is none', { path: '/orders/broken', claims: {} }, 503, 'decision_unavailable', null],
  ['no answer', { path: '/orders/away', claims: {} }, 503, 'decision_unavailable', null],
];

const ROWS = OUTCOMES.map(([name, call, status, code, challenge]) => ({ name, call, status, code, challenge }));

describe.each(FRAMEWORKS)('%s', (name, start) => {
  let running: Running;
  beforeAll(async () => {
    running = await start({ ...issuer.options, decisionKey: 'gh_live_x', resourceMetadata: METADATA });
  });
  afterAll(() => running.close());

  test.each(ROWS)('$name', async ({ call, status, code, challenge }) => {
    const token = call.claims === undefined ? undefined : await issuer.sign(call.claims);
    const response = await fetch(`${running.url}${call.path}`, {
      method: call.method ?? 'GET',
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...call.headers },
    });
    const body = Object(await response.json());
    expect([response.status, body.code]).toEqual([status, code]);
    if (status === 200) return expect(body).toEqual({ subject: 'usr_1' });
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(body)).not.toContain(String(token));
    if (challenge === null) expect(response.headers.get('www-authenticate')).toBeNull();
    else if (challenge !== undefined) expect(response.headers.get('www-authenticate')).toMatch(challenge);
  });

  test('a guard without requireAuth in front lets nobody in', async () => {
    const response = await fetch(`${running.url}/forgotten`, {
      headers: { authorization: `Bearer ${await issuer.sign()}` },
    });
    expect(response.status, name).toBe(500);
  });
});

describe('Passport', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startPassport({ ...issuer.options, resourceMetadata: METADATA });
  });
  afterAll(() => running.close());

  test.each([
    ['a caller', { sub: 'usr_1' }, 200],
    ['an expired token', { exp: now }, 401],
    ['a caller without an account', { sub: 'usr_9' }, 403],
  ])('%s', async (_, claims, status) => {
    const made = 'exp' in claims ? { exp: claims.exp() - 10 } : claims;
    const headers = { authorization: `Bearer ${await issuer.sign(made)}` };
    const response = await fetch(`${running.url}/me`, { headers });
    expect(response.status).toBe(status);
    if (status === 200) expect(await response.json()).toEqual({ subject: 'usr_1' });
    if (status === 401) expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});

test('two Authorization headers are a conflict, not a choice', async () => {
  const { connect } = await import('node:net');
  const [, start] = FRAMEWORKS[0] ?? [];
  const running = await start?.(issuer.options);
  const port = Number(new URL(running?.url ?? '').port);
  const token = await issuer.sign();
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('end', () => resolve(text)).on('error', reject);
    socket.write(
      `GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\nAuthorization: Bearer x\r\n\r\n`,
    );
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  await running?.close();
});
