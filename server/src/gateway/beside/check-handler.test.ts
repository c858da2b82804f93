import { expect, test } from 'vitest';
import { addressRanges, createLogger } from '#base';
import type { Reply, Verdict } from '../exchange.ts';
import {
  type FixtureOptions,
  head,
  headerMap,
  KEY,
  openFixture,
  outcome,
  principal,
  route,
  weatherRoute,
} from '../gateway.fixture.ts';
import { OVERRIDE_HEADERS } from '../override-headers.ts';
import { checkHandler } from './check-handler.ts';

const PROXY = '10.0.0.1';

function open(options: FixtureOptions = {}) {
  const fixture = openFixture({ trustedProxies: [PROXY], ...options });
  const { check, refuse } = fixture.gateway;
  const log = createLogger({ level: 'silent' });
  const parts = { check, refuse, isProxy: addressRanges([PROXY]), log };
  return { ...fixture, parts, handler: checkHandler(parts) };
}

const FORWARDED = {
  'x-forwarded-method': 'GET',
  'x-forwarded-uri': '/weather/paris',
  'x-forwarded-host': 'api.test',
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.9',
};

function asked(more: Record<string, string | undefined> = {}, extra: readonly string[] = []): string[] {
  const told = Object.entries({ ...FORWARDED, 'x-api-key': KEY, ...more }).filter(([, value]) => value !== undefined);
  return [...told.flat().map(String), ...extra];
}

async function ask(
  handler: ReturnType<typeof open>['handler'],
  headers: readonly string[],
  { target = '/forward-auth', remoteAddress = PROXY, method = 'GET' } = {},
): Promise<Reply> {
  const verdict: Verdict = await handler(head(target, { headers, remoteAddress, method }));
  if (verdict.kind !== 'reply') throw new Error('a check is never forwarded');
  verdict.onDone(outcome(verdict.status));
  return verdict;
}

const problemOf = ({ body }: Reply) => JSON.parse(String(body));

test('allowed: who it is, for the proxy to pass on; recorded as the original request', async () => {
  const { handler, records, decisions } = open();
  const reply = await ask(handler, asked());
  expect(reply).toMatchObject({ status: 200, body: '' });
  expect(headerMap(reply.headers)).toMatchObject({
    'gatehouse-identity': 'identity of key_1 for http://upstream.test:9000',
    'gatehouse-decision-id': expect.stringMatching(/^dec_/),
    'cache-control': 'no-store',
  });
  expect(records).toMatchObject([
    {
      method: 'GET',
      path: '/weather/paris',
      status: 200,
      allowed: true,
      route: 'weather',
      remoteAddress: '203.0.113.9',
      principalId: 'key_1',
    },
  ]);
  expect(decisions[0]).toMatchObject({ context: { host: 'api.test', encrypted: true, ip: '203.0.113.9' } });
});

test('an identity that waits for a signature is waited for', async () => {
  const { handler } = open({ slow: true });
  expect(headerMap((await ask(handler, asked())).headers)['gatehouse-identity']).toMatch(/^identity of key_1/);
});

test('a route that sends no identity sends it empty, so that none of the caller’s passes', async () => {
  const routes = [route('open', { match: { path: '/open', methods: ['GET'] }, authenticate: ['anonymous'] })];
  const { handler } = open({ routes });
  const reply = await ask(handler, asked({ 'x-forwarded-uri': '/open', 'x-api-key': undefined }));
  expect([reply.status, headerMap(reply.headers)['gatehouse-identity']]).toEqual([200, '']);
});

test.for<[why: string, headers: string[], status: number, expected: Record<string, unknown>]>([
  ['no method', asked({ 'x-forwarded-method': undefined }), 400, { unclear: 'X-Forwarded-Method' }],
  ['an empty method', asked({ 'x-forwarded-method': '' }), 400, { unclear: 'X-Forwarded-Method' }],
  ['no path', asked({ 'x-forwarded-uri': undefined }), 400, { unclear: 'X-Forwarded-Uri' }],
  ['two paths', asked({}, ['x-forwarded-uri', '/public']), 400, { unclear: 'X-Forwarded-Uri' }],
  ['two methods', asked({}, ['x-forwarded-method', 'GET']), 400, { unclear: 'X-Forwarded-Method' }],
  ['no host', asked({ 'x-forwarded-host': undefined }), 400, { unclear: 'X-Forwarded-Host' }],
  ['two hosts', asked({}, ['x-forwarded-host', 'api.test']), 400, { unclear: 'X-Forwarded-Host' }],
  ['two hosts in one', asked({ 'x-forwarded-host': 'api.test, evil.test' }), 400, { unclear: 'the host' }],
  ['a host that is none', asked({ 'x-forwarded-host': 'api.test/evil' }), 400, { unclear: 'the host' }],
  ['no protocol', asked({ 'x-forwarded-proto': undefined }), 400, { unclear: 'X-Forwarded-Proto' }],
  ['another protocol', asked({ 'x-forwarded-proto': 'https, http' }), 400, { unclear: 'X-Forwarded-Proto' }],
  ['no address of the caller', asked({ 'x-forwarded-for': undefined }), 400, { unclear: 'X-Forwarded-For' }],
  ['a method that is none', asked({ 'x-forwarded-method': 'GET /' }), 400, { unclear: 'the method' }],
  ['a whole URL', asked({ 'x-forwarded-uri': 'http://api.test/weather/paris' }), 400, { unclear: 'the path' }],
  ['a path with a space', asked({ 'x-forwarded-uri': '/weather/a b' }), 400, { reason: 'raw_byte' }],
  ['an encoded slash', asked({ 'x-forwarded-uri': '/weather/..%2fadmin' }), 400, { reason: 'encoded_slash' }],
  ['dot segments', asked({ 'x-forwarded-uri': '/open/../weather/paris' }), 400, { canonical: '/weather/paris' }],
  ['an empty segment', asked({ 'x-forwarded-uri': '//weather/paris' }), 400, { reason: 'not_canonical' }],
  ['needless encoding', asked({ 'x-forwarded-uri': '/%77eather/paris' }), 400, { reason: 'not_canonical' }],
  ['an identity of the caller', asked({}, ['gatehouse-identity', 'x']), 400, { code: 'identity_claimed' }],
  ['an identity with underscores', asked({}, ['gatehouse_identity', 'x']), 400, { code: 'identity_claimed' }],
  ['another method by a header', asked({}, ['x-http-method-override', 'DELETE']), 400, { code: 'request_overridden' }],
  ['one with underscores', asked({}, ['x_method_override', 'DELETE']), 400, { header: 'x_method_override' }],
  ['another path by a header', asked({}, ['x-original-url', '/admin']), 400, { header: 'x-original-url' }],
  ['another URL by a header', asked({}, ['x-rewrite-url', 'https://api.test/admin']), 400, { header: 'x-rewrite-url' }],
  [
    'the middleware as if it had run',
    asked({}, ['x-middleware-subrequest', 'middleware']),
    400,
    { code: 'request_overridden' },
  ],
  ['no credential', asked({ 'x-api-key': undefined }), 401, { code: 'credential_missing' }],
  ['a wrong credential', asked({ 'x-api-key': 'gh_live_wrong' }), 401, { code: 'credential_invalid' }],
  ['two credentials', asked({}, ['authorization', `Bearer ${KEY}`]), 400, { code: 'credentials_conflict' }],
  ['another path', asked({ 'x-forwarded-uri': '/elsewhere' }), 404, { code: 'route_not_found' }],
  ['another method', asked({ 'x-forwarded-method': 'DELETE' }), 405, { code: 'method_not_allowed' }],
  ['a method in lower case', asked({ 'x-forwarded-method': 'get' }), 405, { code: 'method_not_allowed' }],
])('%s is not allowed, for any proxy', async ([, headers, status, expected]) => {
  const { handler } = open();
  const plain = await ask(handler, headers);
  expect({ status: plain.status, ...problemOf(plain) }).toMatchObject({ status, ...expected });
  const nginx = await ask(handler, headers, { target: '/auth-request' });
  const told = headerMap(nginx.headers);
  expect(nginx.status).toBe(status === 401 ? 401 : 403);
  expect(told['gatehouse-status']).toBe(String(status));
  expect(JSON.parse(told['gatehouse-problem'] ?? '')).toMatchObject(expected);
  expect(told).not.toHaveProperty('gatehouse-identity');
});

/** What says the same, and what does not. */
const OVERRIDES = [
  ['x-http-method', 'GET', 'DELETE'],
  ['x-http-method-override', 'GET', 'DELETE'],
  ['x-method-override', 'GET', 'DELETE'],
  ['x-original-method', 'GET', 'DELETE'],
  ['x-original-url', 'https://api.test/weather/paris', 'https://evil.test/weather/paris'],
  ['x-original-uri', '/weather/paris', '/admin'],
  ['x-rewrite-url', 'http://api.test/weather/paris', '/weather/paris?x=1'],
  ['x-original-host', 'api.test', 'evil.test'],
  ['x-host', 'API.test', 'evil.test'],
  ['x-http-host-override', 'api.test', 'evil.test'],
  ['path-info', '/weather/paris', '/admin'],
  ['script-name', '/', '/weather'],
  ['x-script-name', '', '/weather'],
  ['x-forwarded-prefix', '', '/weather'],
] as const;

test.for(OVERRIDES)('%s may say what is so, and nothing else, however it is spelled', async ([name, same, another]) => {
  const { handler, records } = open();
  for (const spelled of [name, name.replaceAll('-', '_'), name.replace('-', '.')]) {
    expect((await ask(handler, asked({}, [spelled, same]))).status).toBe(200);
    const refused = problemOf(await ask(handler, asked({}, [spelled, another])));
    expect(refused).toMatchObject({ status: 400, code: 'request_overridden', header: spelled });
    expect(records.at(-1)).toMatchObject({ allowed: false, reason: 'request_overridden' });
    // Whichever of two the service reads.
    const twice = problemOf(await ask(handler, asked({}, [spelled, same, spelled, another])));
    expect(twice).toMatchObject({ code: 'request_overridden' });
  }
});

test('those are all that the gateway takes out because they override', () => {
  const named = [...OVERRIDES.map(([name]) => name), 'x-middleware-subrequest'];
  expect([...OVERRIDE_HEADERS.keys()].toSorted()).toEqual(named.toSorted());
});

test('headers that say once more what the request is do no harm', async () => {
  const { handler } = open();
  const same = [
    'x-original-url',
    'https://api.test/weather/paris',
    'x-rewrite-url',
    '/weather/paris',
    'x-http-method',
    'GET',
  ];
  expect((await ask(handler, asked({}, same))).status).toBe(200);
});

test('a plain identity: told, and refused in any other spelling, which the proxy would let pass beside it', async () => {
  const upstream = { url: 'http://upstream.test:9000', identityHeaders: { 'x-user-id': 'id' } };
  const { handler, records } = open({ routes: [route('weather', { ...weatherRoute.spec, upstream })] });
  const reply = await ask(handler, asked({}, ['x-user-id', 'root', 'x_trace', '1']));
  expect([reply.status, headerMap(reply.headers)['x-user-id']]).toEqual([200, 'key_1']);
  for (const name of ['x_user_id', 'x-user_id', 'x.user.id']) {
    const refused = await ask(handler, asked({}, [name, 'root']));
    expect(problemOf(refused)).toMatchObject({
      status: 400,
      code: 'identity_claimed',
      detail: expect.stringContaining(name),
    });
  }
  expect(records.at(-1)).toMatchObject({ allowed: false, reason: 'identity_respelled' });
});

test('nobody but the proxies is believed', async () => {
  const { handler, records } = open();
  for (const target of ['/forward-auth', '/auth-request', '/envoy/weather/paris']) {
    const reply = await ask(handler, asked(), { target, remoteAddress: '203.0.113.9' });
    expect(problemOf(reply)).toMatchObject({ status: 403, code: 'proxy_not_trusted' });
  }
  expect(records).toEqual([]);
});

test.for(['/', '/forward-auth/', '/forward-authx', '/FORWARD-AUTH', '/envoy', '/envoyx', '/metrics'])(
  '%s is no place to ask',
  async (target) => {
    const { handler } = open();
    expect(problemOf(await ask(handler, asked(), { target }))).toMatchObject({ status: 404, code: 'check_not_known' });
  },
);

test('403 and 429 keep their headers', async () => {
  const limited = { ...weatherRoute.spec, limit: { requests: 1, perSeconds: 60 } };
  const { handler } = open({ routes: [route('weather', limited)] });
  expect((await ask(handler, asked())).status).toBe(200);
  const second = await ask(handler, asked());
  expect([second.status, headerMap(second.headers)['retry-after']]).toEqual([429, '60']);
  const third = headerMap((await ask(handler, asked(), { target: '/auth-request' })).headers);
  expect(third).toMatchObject({ 'gatehouse-status': '429', 'retry-after': '60', ratelimit: '"route";r=0;t=60' });
});

test('what the gateway would answer itself is never a yes', async () => {
  const cors = { ...weatherRoute.spec, cors: { origins: ['https://shop.test'] } };
  const { handler } = open({ routes: [route('weather', cors)], deps: { resourceMetadata: () => ({ resource: 'x' }) } });
  const preflight = ['origin', 'https://shop.test', 'access-control-request-method', 'POST'];
  const asks = [
    asked({ 'x-forwarded-method': 'OPTIONS', 'x-api-key': undefined }, preflight),
    asked({ 'x-forwarded-uri': '/.well-known/oauth-protected-resource' }),
  ];
  for (const headers of asks) {
    const reply = await ask(handler, headers);
    expect([reply.status, reply.granted, problemOf(reply).code]).toEqual([403, undefined, 'answer_not_carried']);
  }
});

test('Envoy over HTTP: the check is the request itself, and it learns what to take out', async () => {
  const { handler, records } = open();
  const { 'x-forwarded-proto': proto, 'x-forwarded-for': from } = FORWARDED;
  const headers = ['x-forwarded-proto', proto, 'x-forwarded-for', from, 'x-api-key', KEY, 'x-user-id', 'root'];
  const reply = await ask(handler, headers, { target: '/envoy/weather/paris?x=1', method: 'POST' });
  expect(reply.status).toBe(200);
  expect(headerMap(reply.headers)['x-envoy-auth-headers-to-remove']).toBe('x-api-key,x-user-id');
  expect(records).toMatchObject([{ method: 'POST', path: '/weather/paris' }]);
  const slashes = await ask(handler, headers, { target: '/envoy//weather/paris' });
  expect(problemOf(slashes)).toMatchObject({ reason: 'not_canonical' });
});

test('what is told of a caller is no name of a header that may stay', async () => {
  const upstream = { url: 'http://upstream.test:9000', identityHeaders: { 'x-user-id': 'id' } };
  const credentials = { [KEY]: principal({ id: 'x-roles' }) };
  const { handler } = open({ routes: [route('weather', { ...weatherRoute.spec, upstream })], credentials });
  const { 'x-forwarded-proto': proto, 'x-forwarded-for': from } = FORWARDED;
  const headers = ['x-forwarded-proto', proto, 'x-forwarded-for', from, 'x-api-key', KEY, 'x-roles', 'admin'];
  const reply = await ask(handler, headers, { target: '/envoy/weather/paris' });
  expect(headerMap(reply.headers)).toMatchObject({
    'x-user-id': 'x-roles',
    'x-envoy-auth-headers-to-remove': 'x-api-key,x-roles',
  });
});

test('a request to go on as a WebSocket is judged like one', async () => {
  const { handler } = open({ routes: [route('weather', { ...weatherRoute.spec, webSocket: {} })] });
  const page = ['upgrade', 'websocket', 'sec-websocket-version', '13', 'sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='];
  expect((await ask(handler, asked({}, page))).status).toBe(200);
  const foreign = await ask(handler, asked({}, [...page, 'origin', 'https://evil.test']));
  expect(problemOf(foreign)).toMatchObject({ status: 403, code: 'web_socket_origin_refused' });
});

test('an error of ours is a no, and to Envoy none of 5xx, which it may take for a yes', async () => {
  const { parts } = open();
  const handler = checkHandler({ ...parts, check: () => Promise.reject(new Error('broken')) });
  const said: [string, number, string | undefined][] = [];
  for (const target of ['/forward-auth', '/auth-request', '/envoy/weather/paris']) {
    const reply = await ask(handler, asked(), { target });
    expect([problemOf(reply).code, reply.granted]).toEqual(['gateway_failed', undefined]);
    said.push([target, reply.status, headerMap(reply.headers)['gatehouse-status']]);
  }
  expect(said).toEqual([
    ['/forward-auth', 500, undefined],
    ['/auth-request', 403, '500'],
    ['/envoy/weather/paris', 403, '500'],
  ]);
});

test('a caller of Envoy’s brings none of 5xx about: a request that went in circles', async () => {
  const { handler } = open();
  const via = Array.from({ length: 8 }, () => '1.1 gatehouse').join(', ');
  const reply = await ask(handler, asked({ via }), { target: '/envoy/weather/paris' });
  expect(headerMap(reply.headers)).toMatchObject({ 'gatehouse-status': '508' });
  expect(reply.status).toBe(403);
});
