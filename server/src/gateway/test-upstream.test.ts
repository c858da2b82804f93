import { expect, test } from 'vitest';
import type { CredentialEnvironment } from '#base';
import { checkRoute } from './check-route.ts';
import { forwarded, head, headerMap, openFixture, outcome, principal, route, seen } from './gateway.fixture.ts';
import { routeKind } from './route-kind.ts';
import { routeSchema } from './route-spec.ts';
import { STEP_OF_REASON } from './step-outcomes.ts';
import { upstreamSchema } from './upstreams/upstream-spec.ts';

const TEST_KEY = 'gh_test_valid';
const LIVE_KEY = 'gh_live_valid';
const TEST_TOKEN = 'eyJ.of-a.test-key';
const PERSON_TOKEN = 'eyJ.of-a.person';
const LIVE = 'http://live.test:9000';
const SANDBOX = 'http://sandbox.test:9000';

const by = (environment: CredentialEnvironment | undefined, type: 'api_key' | 'access_token' = 'api_key') =>
  principal({ credential: { type, id: `c_${environment}`, ...(environment && { environment }) } });
const CREDENTIALS = {
  [TEST_KEY]: by('test'),
  [LIVE_KEY]: by('live'),
  [TEST_TOKEN]: by('test', 'access_token'),
  [PERSON_TOKEN]: by(undefined, 'access_token'),
};
const upstream = (name: string, url: string, more: object = {}) => ({
  name,
  createdAt: 0,
  spec: upstreamSchema.parse({ targets: [{ url }], ...more }),
});
const SECRET = { secrets: [{ name: 'key', header: { name: 'x-vendor' } }] };

function open(to: object, more: object = {}, upstreams = [upstream('sandbox', `${SANDBOX}/base`)]) {
  return openFixture({
    routes: [
      route('weather', {
        match: { path: '/weather/{city}', methods: ['GET'] },
        api: 'weather',
        authorize: { scopes: ['weather:read'] },
        upstream: { url: LIVE, path: '/cities/{city}', ...to },
        ...more,
      }),
    ],
    tenant: {
      upstreams,
      apis: [{ name: 'weather', createdAt: 0, spec: { audience: 'https://weather.test', servedAt: [LIVE] } }],
    },
    credentials: CREDENTIALS,
    deps: { upstreamTokens: { tokenFor: () => 'at' }, upstreamSecrets: { secretOf: (_tenant, name) => `of ${name}` } },
  });
}
const ask = (text: string) => head('/weather/paris', { headers: ['authorization', `Bearer ${text}`] });

test.each<[what: string, to: object, text: string, origin: string, path: string]>([
  ['a test key', { test: { url: SANDBOX } }, TEST_KEY, SANDBOX, '/cities/paris'],
  ['a token of a test key', { test: { url: SANDBOX } }, TEST_TOKEN, SANDBOX, '/cities/paris'],
  ['a live key', { test: { url: SANDBOX } }, LIVE_KEY, LIVE, '/cities/paris'],
  ['a person', { test: { url: SANDBOX } }, PERSON_TOKEN, LIVE, '/cities/paris'],
  ['a test key, to several targets', { test: { name: 'sandbox' } }, TEST_KEY, SANDBOX, '/base/cities/paris'],
  ['a live key, beside several targets', { test: { name: 'sandbox' } }, LIVE_KEY, LIVE, '/cities/paris'],
  ['a test key, nothing said', {}, TEST_KEY, LIVE, '/cities/paris'],
])('%s', async (_, to, text, origin, path) => {
  const { gateway, records } = open(to);
  const verdict = forwarded(await gateway.handler(ask(text)));
  expect([verdict.upstream.origin, verdict.path]).toEqual([origin, path]);
  expect(headerMap(verdict.headers)['gatehouse-identity']).toBe(`identity of key_1 for ${origin}`);
  verdict.onDone(outcome(200));
  expect(records[0]).toMatchObject({ route: 'weather', upstream: origin, allowed: true });
});

test.each([
  ['what the live service needs is not sent to the other', TEST_KEY, 'of sandbox'],
  ['nor the other way round', LIVE_KEY, 'of live'],
])('%s', async (_, text, secret) => {
  const { gateway } = open({ url: undefined, name: 'live', test: { name: 'sandbox' } }, {}, [
    upstream('live', LIVE, SECRET),
    upstream('sandbox', SANDBOX, SECRET),
  ]);
  expect(headerMap(forwarded(await gateway.handler(ask(text))).headers)['x-vendor']).toBe(secret);
});

test('both are counted by one limit', async () => {
  const limit = { requests: 1, perSeconds: 60, by: 'route' };
  const { gateway } = open({ test: { url: SANDBOX } }, { limit });
  expect([
    seen(await gateway.handler(ask(TEST_KEY))).status,
    seen(await gateway.handler(ask(LIVE_KEY))).status,
    seen(await gateway.handler(ask(TEST_TOKEN))).status,
  ]).toEqual([0, 429, 429]);
});

test.each<[what: string, to: object, upstreams?: ReturnType<typeof upstream>[]]>([
  ['is gone', { test: { name: 'sandbox' } }, []],
  ['speaks gRPC alone', { test: { name: 'sandbox' } }, [upstream('sandbox', SANDBOX, { protocol: 'grpc' })]],
  ['is no place of the API whose tokens it would get', { accessToken: { api: 'weather' }, test: { url: SANDBOX } }],
])('503, and never the live service: where test keys go %s', async (_, to, upstreams) => {
  const { gateway, records } = open(to, {}, upstreams);
  const refused = await gateway.handler(ask(TEST_KEY));
  refused.onDone(outcome(503));
  const { status, problem } = seen(refused);
  expect([status, problem.code, records[0]?.reason]).toEqual([503, 'route_unavailable', 'test_upstream_unusable']);
  expect(STEP_OF_REASON.get('test_upstream_unusable')).toBe('authorize');
  expect(seen(await gateway.handler(ask(LIVE_KEY))).status).toBe(0);
});

test('the other upstream changes, and the route with it', async () => {
  const { gateway, configuration, changed } = open({ test: { name: 'sandbox' } });
  for (const tenant of configuration.tenants) tenant.upstreams = [upstream('sandbox', 'http://moved.test')];
  changed();
  expect(forwarded(await gateway.handler(ask(TEST_KEY))).upstream.origin).toBe('http://moved.test');
});

test.each<[what: string, spec: object, path: string]>([
  ['right', {}, ''],
  ['a name', { test: { name: 'sandbox' } }, ''],
  ['neither', { test: {} }, 'upstream.test'],
  ['both', { test: { url: SANDBOX, name: 'sandbox' } }, 'upstream.test'],
  ['a password', { test: { url: 'http://me:secret@sandbox.test' } }, 'upstream.test.url'],
  ['a query', { test: { url: `${SANDBOX}?a=b` } }, 'upstream.test.url'],
])('what is wrong with %s', (_, to, path) => {
  const { spec } = route('a', {
    match: { path: '/a', methods: ['GET'] },
    authorize: { scopes: ['a'] },
    upstream: { url: LIVE, test: { url: SANDBOX }, ...to },
  });
  expect(checkRoute(spec).map((error) => error.path)).toEqual(path === '' ? [] : [path]);
});

test.each<[what: string, spec: object]>([
  ['refuses test keys', { authorize: { scopes: ['a'], environments: ['live'] } }],
  ['takes no keys', { authenticate: ['client_certificate'], authorize: { policies: 'required' } }],
  ['asks nobody', { authenticate: ['anonymous'], authorize: {} }],
])('no request would ever go there: the route %s', (_, more) => {
  const to = { upstream: { url: LIVE, test: { url: SANDBOX } } };
  const { spec } = route('a', { match: { path: '/a', methods: ['GET'] }, ...more, ...to });
  expect(checkRoute(spec).map(({ path }) => path)).toEqual(['upstream.test']);
});

test('an upstream that test keys go to is in use', () => {
  const upstreams = { upstream: { name: 'live', test: { name: 'sandbox' } } };
  const spec = routeSchema.parse({ match: { path: '/a', methods: ['GET'] }, ...upstreams });
  expect(routeKind.references?.(spec).map(({ name, path }) => [name, path])).toEqual([
    ['live', 'upstream.name'],
    ['sandbox', 'upstream.test.name'],
  ]);
});
