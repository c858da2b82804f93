import { beforeEach, expect, test } from 'vitest';
import { DEFAULT_TENANT_ID as TENANT } from '#base';
import { forwarded, head, headerMap, KEY, openFixture, principal, route, seen } from '../gateway.fixture.ts';
import type { Verification } from '../ports.ts';
import type { BrowserSessions, LiveSession } from './browser-sessions.ts';
import { browserSessionSchema } from './session-spec.ts';

const COOKIE = '__Host-gatehouse_web-shop=good';
const spec = browserSessionSchema.parse({
  origin: 'https://shop.test',
  client: 'web',
  api: 'weather',
  scopes: ['openid', 'weather:read'],
});
const live: LiveSession = { id: 'gse_1', userId: 'usr_1', accessToken: 'at', expiresAt: 9e12, csrfToken: 'csrf' };
const person = principal({
  type: 'user',
  id: 'usr_1',
  credential: { type: 'access_token', id: 'jti', clientId: 'web' },
});

let ended: string[];
let found: () => ReturnType<BrowserSessions['find']>;
let verified: Verification;
beforeEach(() => {
  ended = [];
  found = () => live;
  verified = { ok: true, principal: person };
});

function open(more: object = {}, at: object = spec) {
  const sessions = {
    find: (_session: unknown, cookie: string) => (cookie === 'good' ? found() : undefined),
    end: async (_session: unknown, _cookie: string, because: string) => {
      ended.push(because);
      return undefined;
    },
  } as unknown as BrowserSessions;
  const accessTokens = { verifyAccessToken: () => verified };
  return openFixture({
    routes: [
      route('weather', {
        match: { path: '/weather', methods: ['GET', 'POST'] },
        api: 'weather',
        authenticate: ['session', 'api_key'],
        session: 'shop',
        authorize: { scopes: ['weather:read'] },
        ...more,
      }),
    ],
    tenant: { sessions: [{ name: 'shop', createdAt: 0, spec: browserSessionSchema.parse(at) }] },
    deps: { sessions, accessTokens },
  });
}

const ask = (fixture: ReturnType<typeof open>, headers: string[], more: Parameters<typeof head>[1] = {}) =>
  fixture.gateway.handler(head('/weather', { host: 'shop.test', ...more, headers }));

test.each([
  ['at once', () => live],
  ['when it was looked up', async () => live],
] as const)('is who calls, by a credential of its own: %s', async (_, answer) => {
  found = answer;
  const fixture = open();
  const verdict = forwarded(await ask(fixture, ['cookie', `a=b; ${COOKIE}`]));
  expect(headerMap(verdict.headers)).toMatchObject({
    cookie: 'a=b',
    'gatehouse-identity': expect.stringContaining('usr_1'),
  });
  expect(fixture.decisions[0]?.principal).toMatchObject({
    id: 'usr_1',
    tenantId: TENANT,
    credential: { type: 'session', id: 'gse_1', clientId: 'web' },
  });
  // The same each time, so that what was made of it is found again.
  await ask(fixture, ['cookie', COOKIE]);
  expect(fixture.decisions[1]?.principal).toBe(fixture.decisions[0]?.principal);
});

test.each<[string, string[], number]>([
  ['a key decides beside a cookie', ['cookie', COOKIE, 'x-api-key', KEY], 0],
  ['a wrong key is not made good by it', ['cookie', COOKIE, 'x-api-key', 'gh_live_wrong'], 401],
  ['a scheme that is not read says nothing', ['cookie', COOKIE, 'authorization', 'Basic eDp5'], 0],
  ['another cookie', ['cookie', '__Host-gatehouse_web-shop=bad'], 401],
  ['without its prefix', ['cookie', 'gatehouse_web-shop=good'], 401],
  ['twice, in one header', ['cookie', `${COOKIE}; ${COOKIE}`], 401],
  ['twice, in two', ['cookie', COOKIE, 'cookie', COOKIE], 401],
  ['in crumbs, as HTTP/2 has them', ['cookie', 'a=b', 'cookie', COOKIE], 0],
])('%s', async (_, headers, status) => {
  expect(seen(await ask(open(), headers)).status).toBe(status);
});

test('counts at its own host alone, and not where another program carries the request', async () => {
  const fixture = open();
  expect(seen(await ask(fixture, ['cookie', COOKIE], { host: 'shop.test:8443' })).status).toBe(0);
  expect(seen(await ask(fixture, ['cookie', COOKIE], { host: 'other.test' })).status).toBe(401);
  const carried = await fixture.gateway.check(
    head('/weather', { host: 'shop.test', headers: ['cookie', COOKIE, 'sec-fetch-mode', 'navigate'] }),
  );
  expect([carried.status, carried.granted]).toEqual([401, undefined]);
});

test.each<[Verification & { ok: false }, number, string[]]>([
  [{ ok: false, reason: 'revoked', description: '' }, 401, ['token_refused']],
  [{ ok: false, reason: 'bad_signature', description: '' }, 401, ['token_refused']],
  [{ ok: false, reason: 'wrong_audience', description: '' }, 503, []],
])('what its token is worth: %o', async (verification, status, endings) => {
  verified = verification;
  const answer = seen(await ask(open(), ['cookie', COOKIE]));
  expect([answer.status, ended]).toEqual([status, endings]);
  const cleared = answer.headers['set-cookie'];
  expect(cleared).toBe(
    status === 401 ? '__Host-gatehouse_web-shop=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0' : undefined,
  );
});

test.each<[(Verification & { ok: false })['reason'], number, string[]]>([
  ['bad_signature', 503, []],
  ['expired', 503, []],
  ['revoked', 401, ['token_refused']],
  ['unknown', 401, ['token_refused']],
])('what a token of another provider is worth: %s', async (reason, status, endings) => {
  verified = { ok: false, reason, description: '' };
  const fixture = open({}, { ...spec, client: undefined, provider });
  const answer = seen(await ask(fixture, ['cookie', COOKIE]));
  expect([answer.status, ended, answer.headers['set-cookie'] === undefined]).toEqual([status, endings, status === 503]);
});

test.each<[string, string[], number]>([
  ['says nothing', [], 0],
  ['names our origin', ['origin', 'https://shop.test'], 0],
  ['names another', ['origin', 'https://evil.test'], 403],
  ['names none', ['origin', 'null'], 403],
  ['names a host beside ours', ['origin', 'https://blog.shop.test'], 403],
])('a browser that does not tell the site, and %s', async (_, headers, status) => {
  expect(seen(await ask(open(), ['cookie', COOKIE, ...headers])).status).toBe(status);
});

const provider = {
  issuer: 'https://login.partner.example',
  clientId: 'shop',
  secret: { upstream: 'partner', name: 'client-secret' },
};

test.each([
  ['the provider’s own', 'https://login.partner.example#ann', 0],
  ['of another issuer that the API trusts', 'https://other.example#ann', 401],
  ['of an issuer whose address begins alike', 'https://login.partner.example.evil#ann', 401],
  ['of ours', 'usr_1', 401],
])('a session of another provider, with a token %s', async (_, id, status) => {
  verified = { ok: true, principal: principal({ type: 'user', id, credential: { type: 'access_token', id: 'jti' } }) };
  const fixture = open({}, { ...spec, client: undefined, provider });
  expect(seen(await ask(fixture, ['cookie', COOKIE])).status).toBe(status);
  expect(ended).toEqual(status === 0 ? [] : ['token_refused']);
});

test('503 when it can not be looked up; nobody is signed out for that', async () => {
  found = () => Promise.reject(new Error('the database is away'));
  const answer = seen(await ask(open(), ['cookie', COOKIE]));
  expect([answer.status, answer.problem.code, answer.headers['set-cookie']]).toEqual([
    503,
    'session_unavailable',
    undefined,
  ]);
});

test('an answer that lasts ends with the session', async () => {
  const fixture = open();
  const verdict = forwarded(await ask(fixture, ['cookie', COOKIE]));
  expect(verdict.stillAllowed?.()).toBe(true);
  found = () => undefined;
  expect(verdict.stillAllowed?.()).toBe(false);
});
