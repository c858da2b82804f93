import { describe, expect, test } from 'vitest';
import type { Decision } from '#base';
import type { RequestHead } from './exchange.ts';
import {
  decideByScope,
  type FixtureOptions,
  forwarded,
  head,
  KEY,
  openFixture,
  outcome,
  principal,
  route,
  seen,
  TOKEN,
  weatherRoute,
} from './gateway.fixture.ts';

const bearer = (text: string) => ['authorization', `Bearer ${text}`];
const CHALLENGE = 'Bearer realm="weather"';

interface Row {
  what: string;
  request: RequestHead;
  options?: FixtureOptions;
  status: number;
  code: string;
  reason?: string;
  challenge?: string;
}

const tokenOnly = route('weather', { ...weatherRoute.spec, authenticate: ['access_token'] });
const denyAll = (decision: Partial<Decision>) => (request: Parameters<typeof decideByScope>[0]) => ({
  ...decideByScope(request),
  allowed: false,
  ...decision,
});

const REFUSED: Row[] = [
  {
    what: 'an encoded slash',
    request: head('/weather/a%2fb', { credential: KEY }),
    status: 400,
    code: 'path_refused',
    reason: 'encoded_slash',
  },
  {
    what: 'a path that is no path',
    request: head('*', { method: 'OPTIONS' }),
    status: 400,
    code: 'path_refused',
    reason: 'not_a_path',
  },
  {
    what: 'a target that is too long',
    request: head(`/weather/${'a'.repeat(9000)}`),
    status: 414,
    code: 'path_refused',
    reason: 'too_long',
  },
  {
    what: 'a key in both headers',
    request: head('/weather/paris', { credential: KEY, headers: bearer(KEY) }),
    status: 400,
    code: 'credentials_conflict',
    challenge: `${CHALLENGE}, error="invalid_request"`,
  },
  {
    what: 'two Authorization headers',
    request: head('/weather/paris', { headers: [...bearer(TOKEN), ...bearer(TOKEN)] }),
    status: 400,
    code: 'credentials_conflict',
    challenge: `${CHALLENGE}, error="invalid_request"`,
  },
  {
    what: 'two X-API-Key headers',
    request: head('/weather/paris', { credential: KEY, headers: ['x-api-key', KEY] }),
    status: 400,
    code: 'credentials_conflict',
    challenge: `${CHALLENGE}, error="invalid_request"`,
  },
  {
    what: 'Basic beside a key',
    request: head('/weather/paris', { credential: KEY, headers: ['authorization', 'Basic YTpi'] }),
    status: 400,
    code: 'credentials_conflict',
    challenge: `${CHALLENGE}, error="invalid_request"`,
  },
  {
    what: 'no credential',
    request: head('/weather/paris'),
    status: 401,
    code: 'credential_missing',
    challenge: CHALLENGE,
  },
  {
    what: 'a token in the query only',
    request: head(`/weather/paris?access_token=${TOKEN}&api_key=${KEY}`),
    status: 401,
    code: 'credential_missing',
    challenge: CHALLENGE,
  },
  {
    what: 'another scheme',
    request: head('/weather/paris', { headers: ['authorization', 'Basic YTpi'] }),
    status: 401,
    code: 'credential_missing',
    challenge: CHALLENGE,
  },
  {
    what: 'Bearer and nothing',
    request: head('/weather/paris', { headers: ['authorization', 'Bearer'] }),
    status: 401,
    code: 'credential_invalid',
    reason: 'malformed',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'Bearer with two words',
    request: head('/weather/paris', { headers: bearer('a b') }),
    status: 401,
    code: 'credential_invalid',
    reason: 'malformed',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'an empty key',
    request: head('/weather/paris', { credential: '' }),
    status: 401,
    code: 'credential_invalid',
    reason: 'malformed',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'a key of 9000 characters',
    request: head('/weather/paris', { credential: 'a'.repeat(9000) }),
    status: 401,
    code: 'credential_invalid',
    reason: 'malformed',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'an unknown key',
    request: head('/weather/paris', { credential: 'gh_live_other' }),
    status: 401,
    code: 'credential_invalid',
    reason: 'unknown',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  ...(['expired', 'revoked', 'wrong_audience', 'wrong_issuer', 'bad_signature', 'wrong_type'] as const).map(
    (reason): Row => ({
      what: `a token that is ${reason}`,
      request: head('/weather/paris', { headers: bearer('eyJ.bad') }),
      options: { credentials: { 'eyJ.bad': reason } },
      status: 401,
      code: 'credential_invalid',
      reason,
      challenge: `${CHALLENGE}, error="invalid_token"`,
    }),
  ),
  {
    what: 'a key of another tenant',
    request: head('/weather/paris', { credential: KEY }),
    options: { credentials: { [KEY]: principal({ tenantId: 'ten_other' }) } },
    status: 401,
    code: 'credential_invalid',
    reason: 'unknown',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'a key where only tokens count',
    request: head('/weather/paris', { credential: KEY }),
    options: { routes: [tokenOnly] },
    status: 401,
    code: 'credential_not_accepted',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'a key without the scope',
    request: head('/weather/paris', { credential: KEY }),
    options: { credentials: { [KEY]: principal({ scopes: [] }) } },
    status: 403,
    code: 'access_denied',
    reason: 'missing_scope',
    challenge: `${CHALLENGE}, error="insufficient_scope", scope="weather:read"`,
  },
  {
    what: 'a policy that forbids',
    request: head('/weather/paris', { credential: KEY }),
    options: { decide: denyAll({ reason: 'forbidden_by_policy' }) },
    status: 403,
    code: 'access_denied',
    reason: 'forbidden_by_policy',
  },
  {
    what: 'an engine that fails',
    request: head('/weather/paris', { credential: KEY }),
    options: { decide: denyAll({ reason: 'engine_error' }) },
    status: 503,
    code: 'decision_unavailable',
  },
  {
    what: 'an engine that throws',
    request: head('/weather/paris', { credential: KEY }),
    options: {
      decide: () => {
        throw new Error('broken');
      },
    },
    status: 500,
    code: 'gateway_failed',
  },
  { what: 'no route', request: head('/nowhere', { credential: KEY }), status: 404, code: 'route_not_found' },
  { what: 'no route and no credential', request: head('/nowhere'), status: 404, code: 'route_not_found' },
  { what: 'another case', request: head('/Weather/paris', { credential: KEY }), status: 404, code: 'route_not_found' },
  {
    what: 'a disabled route before a broader one',
    request: head('/weather/paris', { credential: KEY }),
    options: {
      routes: [
        route('weather', { ...weatherRoute.spec, enabled: false }),
        route('all', { match: { path: '/*', methods: ['GET'] }, authorize: { scopes: ['weather:read'] } }),
      ],
    },
    status: 404,
    code: 'route_not_found',
  },
  {
    what: 'a disabled route by another method',
    request: head('/weather/paris', { method: 'PUT' }),
    options: { routes: [route('weather', { ...weatherRoute.spec, enabled: false })] },
    status: 404,
    code: 'route_not_found',
  },
  {
    what: 'a tenant that has no such host',
    request: head('/weather/paris', { credential: KEY }),
    options: { tenant: { hosts: ['other.test'] } },
    status: 404,
    code: 'route_not_found',
  },
  {
    what: 'a method no route has',
    request: head('/weather/paris', { method: 'DELETE', credential: KEY }),
    status: 405,
    code: 'method_not_allowed',
  },
  {
    what: 'a method that does not exist',
    request: head('/weather/paris', { method: 'get', credential: KEY }),
    status: 405,
    code: 'method_not_allowed',
  },
  {
    what: 'a route whose API is gone',
    request: head('/weather/paris', { credential: KEY }),
    options: { tenant: { apis: [] } },
    status: 503,
    code: 'route_unavailable',
  },
  {
    what: 'a plan that is gone',
    request: head('/weather/paris', { credential: KEY }),
    options: { credentials: { [KEY]: principal({ plan: 'gone' }) } },
    status: 503,
    code: 'plan_unavailable',
  },
  {
    what: 'records that can not be kept',
    request: head('/weather/paris', { credential: KEY }),
    options: { deps: { recorder: { record: () => {}, accepting: () => false } } },
    status: 503,
    code: 'recording_unavailable',
  },
];

describe('pipeline refuses', () => {
  test.each(REFUSED)('$status $what', async ({ request, options, status, code, reason, challenge }) => {
    const { gateway, records } = openFixture(options);
    const verdict = await gateway.handler(request);
    const { headers, problem, status: sent } = seen(verdict);
    expect({ status: sent, code: problem.code }).toEqual({ status, code });
    expect(problem).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
      ...(reason && { reason }),
    });
    expect(problem.decision_id).toBe(headers['gatehouse-decision-id']);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['www-authenticate']).toBe(challenge);
    verdict.onDone(outcome(status));
    const mine = options?.deps?.recorder === undefined && options?.tenant?.hosts === undefined;
    if (mine) {
      expect(records).toMatchObject([{ decisionId: problem.decision_id, status, allowed: false }]);
      expect(JSON.stringify(records)).not.toContain('valid');
    }
  });

  test('405 names the methods', async () => {
    const { gateway } = openFixture();
    expect(seen(await gateway.handler(head('/weather/paris', { method: 'PUT' }))).headers.allow).toBe(
      'GET, HEAD, POST',
    );
  });
});

describe('pipeline forwards', () => {
  test.each([
    ['a key in X-API-Key', head('/weather/paris', { credential: KEY }), 'api_key'],
    ['a key as bearer', head('/weather/paris', { headers: bearer(KEY) }), 'api_key'],
    ['a token', head('/weather/paris', { headers: bearer(TOKEN) }), 'access_token'],
    [
      'a token, scheme in lower case',
      head('/weather/paris', { headers: ['authorization', `bearer  ${TOKEN}`] }),
      'access_token',
    ],
    ['HEAD where GET is routed', head('/weather/paris', { credential: KEY, method: 'HEAD' }), 'api_key'],
  ])('%s', async (_what, request, credentialType) => {
    for (const slow of [false, true]) {
      const { gateway, records } = openFixture({ slow });
      const verdict = gateway.handler(request);
      expect(verdict instanceof Promise).toBe(slow);
      const forward = forwarded(await verdict);
      expect(forward).toMatchObject({ method: request.method, path: '/cities/paris' });
      forward.onDone(outcome(200, { bytesIn: 1, bytesOut: 2, durationMilliseconds: 1.5 }));
      forward.onDone(outcome(200));
      expect(records).toHaveLength(1);
      expect(records[0]).toMatchObject({
        credentialType,
        route: 'weather',
        path: '/weather/paris',
        status: 200,
        allowed: true,
        reason: 'allowed',
        upstream: 'http://upstream.test:9000',
        bytesIn: 1,
        bytesOut: 2,
        durationMicros: 1500,
        remoteAddress: '203.0.113.7',
      });
    }
  });

  test('policies see what the upstream sees', async () => {
    const { gateway, decisions } = openFixture();
    const request = head('/x/../weather//s%c3%a3o%2Dpaulo/?units=metric', { credential: KEY });
    expect(forwarded(await gateway.handler(request)).path).toBe('/cities/s%C3%A3o-paulo?units=metric');
    expect(decisions).toMatchObject([
      {
        action: 'weather:read',
        resource: { type: 'City', id: 'são-paulo' },
        requiredScopes: ['weather:read'],
        context: {
          ip: '203.0.113.7',
          method: 'GET',
          path: '/weather/s%C3%A3o-paulo',
          time: '2026-01-01T00:00:00.000Z',
          parameters: { city: 'são-paulo' },
        },
      },
    ]);
  });

  test.each([
    ['/*', 'http://u.test', undefined, '/a/b/?q=1', '/a/b/?q=1'],
    ['/*', 'http://u.test/base/', undefined, '/a', '/base/a'],
    ['/*', 'http://u.test/base', undefined, '/', '/base/'],
    ['/f/{rest+}', 'http://u.test', '/g/{rest}', '/f/a/b', '/g/a/b'],
    ['/f/{rest+}', 'http://u.test', '/g/{rest}', '/f/a/b/', '/g/a/b/'],
    ['/f/{rest*}', 'http://u.test', '/g/{rest}', '/f', '/g'],
    ['/f/{rest*}', 'http://u.test', '/{rest}', '/f/?q', '/?q'],
    ['/f/{id}', 'http://u.test', '/g/{id}.json', '/f/1/', '/g/1.json'],
  ])('%s to %s%s: %s becomes %s', async (path, url, template, target, expected) => {
    const spec = {
      match: { path, methods: ['GET'] },
      authorize: { scopes: [] },
      authenticate: ['anonymous'],
      upstream: { url, path: template },
    };
    const { gateway } = openFixture({ routes: [route('r', spec)] });
    expect(forwarded(await gateway.handler(head(target))).path).toBe(expected);
  });

  test.each([
    ['connect', 502, 'upstream_unreachable'],
    ['timeout', 504, 'upstream_timed_out'],
    ['reset', 502, 'upstream_broken'],
    ['bad_response', 502, 'upstream_broken'],
  ] as const)('and answers %s with %d', async (kind, status, code) => {
    const { gateway, records } = openFixture();
    const reply = forwarded(await gateway.handler(head('/weather/paris', { credential: KEY }))).failure(kind);
    expect(seen(reply)).toMatchObject({ status, problem: { code } });
    reply.onDone(outcome(status, { upstreamFailure: kind }));
    expect(records).toMatchObject([{ status, allowed: true, reason: `upstream_${kind}` }]);
    expect(gateway.metrics().find(({ route: name }) => name === 'weather')).toMatchObject({
      upstreamFailures: 1,
      statuses: new Map([[status, 1]]),
    });
  });
});

describe('pipeline limits', () => {
  const limited = (by: string) =>
    route('weather', { ...weatherRoute.spec, limit: { requests: 2, perSeconds: 10, by } });
  const plans = [{ name: 'free', createdAt: 0, spec: { limits: [{ requests: 3, perSeconds: 60 }] } }];

  test('429 with RateLimit and Retry-After, then 200 again', async () => {
    const { gateway, records } = openFixture({ routes: [limited('credential')] });
    const ask = async (receivedAt: number, more = {}) =>
      seen(await gateway.handler(head('/weather/paris', { credential: KEY, receivedAt, ...more })));
    expect((await ask(0)).headers).toMatchObject({
      'ratelimit-policy': '"route";q=2;w=10',
      ratelimit: '"route";r=1;t=5',
    });
    expect((await ask(0)).headers.ratelimit).toBe('"route";r=0;t=10');
    const refused = await ask(0);
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': '5', ratelimit: '"route";r=0;t=5', 'ratelimit-policy': '"route";q=2;w=10' },
      problem: { code: 'request_limit_reached', limit: 'route', retry_after: 5 },
    });
    expect((await ask(5000)).status).toBe(0);
    expect(records).toEqual([]);
  });

  test('a new token of the same client is the same caller', async () => {
    const token = (jti: string) =>
      principal({ type: 'client', id: 'demo', credential: { type: 'access_token', id: jti, clientId: 'demo' } });
    const { gateway } = openFixture({
      routes: [limited('credential')],
      credentials: { 'eyJ.1': token('1'), 'eyJ.2': token('2'), 'eyJ.3': token('3') },
    });
    const statuses = [];
    for (const text of ['eyJ.1', 'eyJ.2', 'eyJ.3'])
      statuses.push(seen(await gateway.handler(head('/weather/paris', { headers: bearer(text) }))).status);
    expect(statuses).toEqual([0, 0, 429]);
  });

  test('addresses of one IPv6 network count as one', async () => {
    const { gateway } = openFixture({ routes: [limited('ip')] });
    const ask = async (remoteAddress: string) =>
      seen(await gateway.handler(head('/weather/paris', { credential: KEY, remoteAddress }))).status;
    expect([
      await ask('2001:db8::1'),
      await ask('2001:db8:0:0:1:2:3:4'),
      await ask('2001:db8::ffff:1'),
      await ask('2001:db8:0:1::1'),
    ]).toEqual([0, 0, 429, 0]);
  });

  test('the plan counts over all routes; the tightest limit is told', async () => {
    const other = route('other', { ...weatherRoute.spec, match: { path: '/other/{city}', methods: ['GET'] } });
    const { gateway } = openFixture({
      routes: [limited('credential'), other],
      tenant: { plans },
      credentials: { [KEY]: principal({ plan: 'free' }) },
    });
    const ask = async (path: string) => seen(await gateway.handler(head(path, { credential: KEY })));
    expect((await ask('/weather/paris')).headers).toMatchObject({
      'ratelimit-policy': '"route";q=2;w=10, "plan";q=3;w=60',
      ratelimit: '"route";r=1;t=5',
    });
    expect((await ask('/weather/paris')).status).toBe(0);
    expect((await ask('/weather/paris')).status).toBe(429);
    expect((await ask('/other/paris')).headers.ratelimit).toBe('"plan";r=0;t=60');
    expect(await ask('/other/paris')).toMatchObject({
      status: 429,
      headers: { 'retry-after': '20' },
      problem: { limit: 'plan' },
    });
  });

  test('a denied request costs nothing', async () => {
    let allowed = false;
    const { gateway } = openFixture({
      routes: [limited('credential')],
      decide: (request) => ({ ...decideByScope(request), allowed, reason: 'nothing_grants' }),
    });
    for (let index = 0; index < 5; index += 1)
      expect(seen(await gateway.handler(head('/weather/paris', { credential: KEY }))).status).toBe(403);
    allowed = true;
    expect(seen(await gateway.handler(head('/weather/paris', { credential: KEY }))).headers.ratelimit).toBe(
      '"route";r=1;t=5',
    );
  });
});

test('protocol errors look like all others', async () => {
  const { gateway } = openFixture();
  const reply = gateway.errors.malformed('The request has two Host headers.', 400);
  expect(seen(reply)).toMatchObject({
    status: 400,
    problem: { code: 'request_malformed', detail: 'The request has two Host headers.' },
  });
  reply.onDone(outcome(400));
  expect(gateway.metrics().find(({ tenantId }) => tenantId === '')?.statuses).toEqual(new Map([[400, 1]]));
});
