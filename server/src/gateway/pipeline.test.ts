import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
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

  test('the record says who acted for whom, the one who acts now first', async () => {
    const act = { sub: 'mailer', act: { sub: 'planner', clientId: 'web' } };
    const { gateway, records } = openFixture({ credentials: { [TOKEN]: principal({ act }) } });
    forwarded(await gateway.handler(head('/weather/paris', { headers: bearer(TOKEN) }))).onDone(outcome(200));
    expect(records).toMatchObject([{ actors: [{ id: 'mailer' }, { id: 'planner', clientId: 'web' }] }]);
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
    ['saturated', 503, 'upstream_saturated'],
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

test('HEAD is decided as GET', async () => {
  const plain = route('weather', { ...weatherRoute.spec, authorize: { scopes: ['weather:read'] } });
  const { gateway, decisions } = openFixture({ routes: [plain] });
  for (const method of ['GET', 'HEAD', 'POST'])
    await gateway.handler(head('/weather/paris', { method, credential: KEY }));
  expect(decisions.map(({ action, context }) => [action, context.method])).toEqual([
    ['GET', 'GET'],
    ['GET', 'HEAD'],
    ['POST', 'POST'],
  ]);
});

describe('whatever a port does, nothing is forwarded that was not decided', () => {
  const broken = () => {
    throw new Error('broken');
  };
  const rejected = () => Promise.reject(new Error('broken'));
  test.each<[string, NonNullable<FixtureOptions['deps']>]>([
    ['key verifier throws', { apiKeys: { verifyApiKey: broken } }],
    ['token verifier throws', { accessTokens: { verifyAccessToken: broken } }],
    ['token verifier rejects', { accessTokens: { verifyAccessToken: rejected } }],
    ['authorizer throws', { authorizer: { decide: broken } }],
    ['limiter throws', { limiter: { take: broken, release() {} } }],
    ['limiter rejects', { limiter: { take: rejected, release() {} } }],
    ['signer throws', { identity: { identityFor: broken } }],
    ['signer rejects', { identity: { identityFor: rejected } }],
  ])('%s', async (what, deps) => {
    const limited = route('weather', { ...weatherRoute.spec, limit: { requests: 1, perSeconds: 1 } });
    const { gateway, records } = openFixture({ routes: [limited], deps });
    const request = head('/weather/paris', { headers: bearer(what.startsWith('key') ? KEY : TOKEN) });
    const verdict = await gateway.handler(request);
    expect(seen(verdict)).toMatchObject({ status: 500, problem: { code: 'gateway_failed' } });
    expect(JSON.stringify(seen(verdict))).not.toContain('broken');
    verdict.onDone(outcome(500));
    expect(records).toMatchObject([{ allowed: false, reason: 'gateway_failed', status: 500 }]);
  });
});

test('any request is answered or forwarded, and never with a header that the caller chose to deceive', () => {
  const { gateway } = openFixture({
    routes: [route('all', { match: { path: '/{rest*}', methods: ['GET'] }, authorize: { scopes: ['weather:read'] } })],
  });
  const ours = [
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-host',
    'via',
    'gatehouse-decision-id',
    'gatehouse-identity',
  ];
  const name = fc.oneof(
    fc.constantFrom(
      'x-user',
      'X_USER',
      'gatehouse-identity',
      'gatehouse_identity',
      'connection',
      'cookie',
      'x-forwarded-for',
      'traceparent',
      'accept',
    ),
    fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,20}$/),
  );
  const headers = fc
    .array(fc.tuple(name, fc.string({ maxLength: 20 })), { maxLength: 8 })
    .map((pairs) => pairs.flatMap(([key, value]) => [key.toLowerCase(), value]));
  fc.assert(
    fc.property(fc.webPath(), headers, fc.string({ maxLength: 12 }), (path, sent, host) => {
      const verdict = gateway.handler(head(path === '' ? '/' : path, { host, headers: sent, credential: KEY }));
      if (verdict instanceof Promise) throw new Error('asynchronous');
      if (verdict.kind === 'reply') {
        expect(verdict.status).toBeGreaterThanOrEqual(400);
        return;
      }
      const { path: target, headers: passed } = forwarded(verdict);
      expect(target).toMatch(/^\/[\x21\x22\x24-\x7e]*$/);
      for (let index = 0; index < passed.length; index += 2) {
        const key = passed[index] ?? '';
        if (ours.includes(key)) expect(passed.indexOf(key, index + 1)).toBe(-1);
        else
          expect(key).not.toMatch(
            /^(gatehouse|x.(forwarded|user|auth|gatehouse)|authorization|connection|host$|remote.user)/,
          );
      }
      expect(passed.filter((key, index) => index % 2 === 0 && key === 'gatehouse-identity')).toHaveLength(1);
    }),
    { numRuns: 1000 },
  );
});
