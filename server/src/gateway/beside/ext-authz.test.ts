import { credentials } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { addressRanges, createLogger } from '#base';
import { type FixtureOptions, KEY, openFixture, route, weatherRoute } from '../gateway.fixture.ts';
import { data, END, headers, START } from '../transport/http2/frames.fixture.ts';
import { callRaw } from '../transport/transport.fixture.ts';
import { answerCheck } from './ext-authz.ts';
import { extAuthzService } from './ext-authz-client.fixture.ts';
import type { CheckRequest, CheckResponse, HttpRequest } from './ext-authz-messages.ts';
import { openExtAuthzServer } from './ext-authz-server.ts';

const PROXY = '10.0.0.1';

const HTTP: HttpRequest = {
  method: 'GET',
  path: '/weather/paris?x=1',
  host: 'api.test',
  scheme: 'https',
  headers: { ':method': 'GET', ':path': '/weather/paris?x=1', ':authority': 'api.test', 'x-api-key': KEY },
};

function asked(http: HttpRequest = {}, address = '203.0.113.9'): CheckRequest {
  return {
    attributes: { source: { address: { socket_address: { address } } }, request: { http: { ...HTTP, ...http } } },
  };
}

function open(options: FixtureOptions = {}) {
  const fixture = openFixture({ trustedProxies: [PROXY], ...options });
  const { check, refuse } = fixture.gateway;
  const parts = { check, refuse, isProxy: addressRanges([PROXY]), log: createLogger({ level: 'silent' }) };
  return { ...fixture, parts, ask: (request: CheckRequest, peer = PROXY) => answerCheck(parts, request, peer) };
}

const names = (options: { header: { key: string } }[] = []) => options.map(({ header }) => header.key);

test('allowed: identity in, credential and claimed identities out; recorded as the original request', async () => {
  const { ask, records } = open();
  const headers = { ...HTTP.headers, 'x-user': 'root', 'x-forwarded-for': '10.9.9.9', te: 'trailers', 'x-trace': '1' };
  const answer = await ask(asked({ headers }));
  expect(answer.status.code).toBe(0);
  expect(answer.denied_response).toBeUndefined();
  expect(answer.ok_response?.headers[0]).toEqual({
    header: { key: 'gatehouse-identity', value: 'identity of key_1 for http://upstream.test:9000' },
    append_action: 2,
    keep_empty_value: true,
  });
  expect(names(answer.ok_response?.headers)).toEqual(['gatehouse-identity', 'gatehouse-decision-id']);
  expect(answer.ok_response?.headers_to_remove).toEqual(['x-api-key', 'x-user']);
  expect(names(answer.ok_response?.response_headers_to_add)).toEqual(['gatehouse-decision-id']);
  // The caller wrote the X-Forwarded-For himself: he is no proxy.
  expect(records).toMatchObject([{ path: '/weather/paris', allowed: true, remoteAddress: '203.0.113.9' }]);
});

test('encrypted is what both say that Envoy tells: over HTTP/2 one of them is the caller’s', async () => {
  const { ask, decisions } = open();
  for (const proto of ['https', 'http', 'https,http'])
    await ask(asked({ headers: { ...HTTP.headers, 'x-forwarded-proto': proto } }));
  await ask(asked({ scheme: 'http', headers: { ...HTTP.headers, 'x-forwarded-proto': 'https' } }));
  expect(decisions.map(({ context }) => context.encrypted)).toEqual([true, false, false, false]);
});

test('a key in a header of the route’s own is taken out too', async () => {
  const { ask } = open({ routes: [route('weather', { ...weatherRoute.spec, apiKey: { header: 'x-weather-key' } })] });
  const answer = await ask(asked({ headers: { 'x-weather-key': KEY, 'x-trace': '1' } }));
  expect(answer.ok_response?.headers_to_remove).toEqual(['x-weather-key']);
});

test('raw headers, one by one', async () => {
  const { ask } = open();
  const header_map = { headers: [{ key: 'x-api-key', raw_value: Buffer.from(KEY) }] };
  expect((await ask(asked({ headers: {}, header_map }))).status.code).toBe(0);
  const twice = { headers: [...header_map.headers, ...header_map.headers] };
  expect((await ask(asked({ headers: {}, header_map: twice }))).denied_response?.status.code).toBe(400);
});

const raw = { headers: [{ key: 'x-api-key', value: KEY }] };

test.for<[why: string, request: CheckRequest, status: number, problem: object]>([
  ['nothing', {}, 400, { unclear: 'the request' }],
  ['no address', asked({}, ''), 400, { unclear: 'the source address' }],
  ['an address that is none', asked({}, '/run/envoy.sock'), 400, { unclear: 'the source address' }],
  ['no headers', asked({ headers: {} }), 400, { unclear: 'the headers' }],
  ['headers told twice', asked({ header_map: raw }), 400, { unclear: 'the headers' }],
  ['a name in upper case', asked({ headers: { 'X-API-Key': KEY } }), 400, { unclear: 'the headers' }],
  ['a line break', asked({ headers: { 'x-api-key': `${KEY}\r\nx: y` } }), 400, { unclear: 'the headers' }],
  ['another method beside', asked({ method: 'POST' }), 400, { unclear: ':method' }],
  ['another path beside', asked({ path: '/open' }), 400, { unclear: ':path' }],
  ['another host beside', asked({ host: 'evil.test' }), 400, { unclear: ':authority' }],
  ['no scheme', asked({ scheme: '' }), 400, { unclear: 'the scheme' }],
  ['no method', asked({ method: '', headers: { 'x-api-key': KEY } }), 400, { unclear: 'the method' }],
  ['no path', asked({ path: '', headers: { 'x-api-key': KEY } }), 400, { unclear: 'the path' }],
  ['dots', asked({ path: '/x/../weather/paris', headers: { 'x-api-key': KEY } }), 400, { reason: 'not_canonical' }],
  ['no credential', asked({ headers: { accept: '*/*' } }), 401, { code: 'credential_missing' }],
  [
    'two merged',
    asked({ headers: { authorization: `Bearer ${KEY},Bearer ${KEY}` } }),
    401,
    { code: 'credential_invalid' },
  ],
  ['a wrong one', asked({ headers: { 'x-api-key': 'gh_live_wrong' } }), 401, { code: 'credential_invalid' }],
  ['no route', asked({ path: '/elsewhere', headers: { 'x-api-key': KEY } }), 404, { code: 'route_not_found' }],
  ['an identity', asked({ headers: { ...HTTP.headers, 'gatehouse-x': 'y' } }), 400, { code: 'identity_claimed' }],
])('denied: %s', async ([, request, status, problem]) => {
  const answer = await open().ask(request);
  expect(answer.status.code).toBe(status === 401 ? 16 : 7);
  expect(answer.ok_response).toBeUndefined();
  expect(answer.denied_response?.status.code).toBe(status);
  expect(JSON.parse(answer.denied_response?.body ?? '')).toMatchObject(problem);
});

test('nobody but the proxies is answered', async () => {
  const { ask, records } = open();
  const answer = await ask(asked(), '203.0.113.9');
  expect(JSON.parse(answer.denied_response?.body ?? '')).toMatchObject({ code: 'proxy_not_trusted' });
  expect(records).toEqual([]);
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function overTheWire(parts: Partial<ReturnType<typeof open>['parts']>) {
  const all = { ...open().parts, isProxy: addressRanges(['127.0.0.1']), ...parts };
  const server = openExtAuthzServer(all);
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const client = new (extAuthzService())(`127.0.0.1:${port}`, credentials.createInsecure());
  closers.push(
    () => server.close(1000),
    () => client.close(),
  );
  const ask = (request: CheckRequest) =>
    new Promise<CheckResponse>((resolve, reject) => {
      const { check } = client;
      check?.call(client, request, (error: Error | null, answer: CheckResponse) =>
        error === null ? resolve(answer) : reject(error),
      );
    });
  return Object.assign(ask, { port });
}

test('over the wire, by the numbers of Envoy’s fields: allowed, denied, and a stranger', async () => {
  const ask = await overTheWire({});
  expect((await ask(asked())).ok_response?.headers_to_remove).toEqual(['x-api-key']);
  const refused = await ask(asked({ headers: { accept: '*/*' } }));
  expect([refused.status.code, refused.denied_response?.status.code]).toEqual([16, 401]);
  expect(names(refused.denied_response?.headers)).toContain('www-authenticate');
  const strangers = await overTheWire({ isProxy: () => false });
  expect((await strangers(asked())).denied_response?.status.code).toBe(403);
});

test('what fails in here is a no in so many words, not an error that a configuration may take for a yes', async () => {
  const ask = await overTheWire({
    check: () => {
      throw new Error('broken');
    },
  });
  expect((await ask(asked())).denied_response?.status.code).toBe(500);
});

test('frames that no library sends do not end the process', async () => {
  const ask = await overTheWire({});
  const announced = [headers(1, { 'content-length': '3' }), data(1, 'four', END)];
  const caller = callRaw(ask.port, Buffer.concat([START, ...announced, headers(3), data(3, 'body', END)]));
  await caller.closed;
  expect((await ask(asked())).status.code).toBe(0);
});
