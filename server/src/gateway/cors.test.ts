import { describe, expect, test } from 'vitest';
import { forwarded, head, headerMap, KEY, openFixture, outcome, route, seen, weatherRoute } from './gateway.fixture.ts';

const APP = 'https://app.example.com';
const spec = weatherRoute.spec;
const routes = [
  route('weather', { ...spec, cors: { origins: [APP, 'https://*.example.org:8443'], credentials: true } }),
  route('open', {
    ...spec,
    match: { path: '/open', methods: ['GET'] },
    authorize: { roles: ['x'] },
    upstream: { url: 'http://u.test' },
    cors: { origins: ['*'], headers: ['X-One'], exposeHeaders: ['X-Total'], maxAgeSeconds: 5 },
  }),
  route('narrow', {
    ...spec,
    match: { path: '/narrow', methods: ['GET', 'DELETE'] },
    upstream: { url: 'http://u.test' },
    authorize: { roles: ['x'] },
    cors: { origins: [APP], methods: ['GET'], headers: [] },
  }),
  route('none', {
    ...spec,
    authorize: { roles: ['x'] },
    match: { path: '/none', methods: ['GET', 'OPTIONS'] },
    upstream: { url: 'http://u.test' },
  }),
  route('off', {
    ...spec,
    enabled: false,
    authorize: { roles: ['x'] },
    match: { path: '/off', methods: ['GET'] },
    upstream: { url: 'http://u.test' },
    cors: { origins: [APP] },
  }),
];

function preflight(target: string, origin: string, method = 'GET', headers?: string) {
  const asked = headers === undefined ? [] : ['access-control-request-headers', headers];
  return head(target, {
    method: 'OPTIONS',
    headers: ['origin', origin, 'access-control-request-method', method, ...asked],
  });
}

describe('preflight', () => {
  test('is answered before authentication, recorded, and not forwarded', async () => {
    const { gateway, records } = openFixture({ routes });
    const reply = await gateway.handler(preflight('/weather/paris', APP, 'POST', 'X-API-Key,content-type'));
    if (reply.kind !== 'reply') throw new Error('forwarded');
    expect([reply.status, reply.body]).toEqual([204, '']);
    expect(headerMap(reply.headers)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, POST, HEAD',
      'access-control-allow-headers': 'content-type, authorization, x-api-key, dpop',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
      vary: 'Origin',
      'gatehouse-decision-id': expect.stringMatching(/^dec_/),
    });
    reply.onDone(outcome(204));
    expect(records).toMatchObject([{ route: 'weather', method: 'OPTIONS', reason: 'preflight', allowed: true }]);
    expect(records[0]?.upstream).toBeUndefined();
  });

  test.each([
    ['/weather/paris', 'https://a.example.org:8443', 'GET', undefined, 'https://a.example.org:8443'],
    ['/weather/paris', 'https://a.b-c.example.org:8443', 'HEAD', '', 'https://a.b-c.example.org:8443'],
    ['/open', 'http://anyone.test', 'GET', 'x-one', '*'],
  ])('%s from %s with %s is allowed', async (target, origin, method, headers, allowed) => {
    const { gateway } = openFixture({ routes });
    const reply = await gateway.handler(preflight(target, origin, method, headers));
    if (reply.kind !== 'reply') throw new Error('forwarded');
    expect([reply.status, headerMap(reply.headers)['access-control-allow-origin']]).toEqual([204, allowed]);
  });

  test.each([
    ['another scheme', '/weather/paris', 'http://app.example.com', 'GET', undefined, 'origin'],
    ['another port', '/weather/paris', `${APP}:8443`, 'GET', undefined, 'origin'],
    ['a name that ends the same', '/weather/paris', 'https://evilapp.example.com', 'GET', undefined, 'origin'],
    ['a name that begins the same', '/weather/paris', `${APP}.evil.test`, 'GET', undefined, 'origin'],
    ['upper case', '/weather/paris', 'https://APP.example.com', 'GET', undefined, 'origin'],
    ['a trailing slash', '/weather/paris', `${APP}/`, 'GET', undefined, 'origin'],
    ['null', '/weather/paris', 'null', 'GET', undefined, 'origin'],
    ['null where every origin may', '/open', 'null', 'GET', undefined, 'origin'],
    ['two origins', '/weather/paris', `${APP} ${APP}`, 'GET', undefined, 'origin'],
    ['the domain itself for its subdomains', '/weather/paris', 'https://example.org:8443', 'GET', undefined, 'origin'],
    ['an empty label', '/weather/paris', 'https://.example.org:8443', 'GET', undefined, 'origin'],
    ['the pattern itself', '/weather/paris', 'https://*.example.org:8443', 'GET', undefined, 'origin'],
    ['a subdomain over http', '/weather/paris', 'http://a.example.org:8443', 'GET', undefined, 'origin'],
    ['a subdomain, other port', '/weather/paris', 'https://a.example.org', 'GET', undefined, 'origin'],
    ['a user name', '/weather/paris', 'https://evil.test@a.example.org:8443', 'GET', undefined, 'origin'],
    ['a path', '/weather/paris', 'https://evil.test/a.example.org:8443', 'GET', undefined, 'origin'],
    ['the end of a longer name', '/weather/paris', 'https://a.notexample.org:8443', 'GET', undefined, 'origin'],
    ['an empty origin', '/weather/paris', '', 'GET', undefined, 'origin'],
    ['a method of the route that pages may not use', '/narrow', APP, 'DELETE', undefined, 'method'],
    ['a header that is not named', '/weather/paris', APP, 'GET', 'content-type, x-other', 'header'],
    ['a star for a header', '/weather/paris', APP, 'GET', '*', 'header'],
    ['any header where none may', '/narrow', APP, 'GET', 'content-type', 'header'],
    ['a default header where others are named', '/open', APP, 'GET', 'x-api-key', 'header'],
  ])('%s is refused', async (_what, target, origin, method, headers, reason) => {
    const { gateway } = openFixture({ routes });
    const found = seen(await gateway.handler(preflight(target, origin, method, headers)));
    expect(found).toMatchObject({ status: 403, problem: { code: 'cors_refused', reason } });
    expect(found.headers.vary).toBe('Origin');
    expect(Object.keys(found.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test.each([
    ['a path without route', preflight('/nowhere', APP), 404],
    ['a disabled route', preflight('/off', APP), 405],
    ['a method that the path has not', preflight('/weather/paris', APP, 'PUT'), 405],
    ['a method in lower case', preflight('/weather/paris', APP, 'get'), 405],
    ['no Origin', head('/open', { method: 'OPTIONS', headers: ['access-control-request-method', 'GET'] }), 405],
    ['no requested method', head('/open', { method: 'OPTIONS', headers: ['origin', APP] }), 405],
    ['a route without cors is asked for a credential', preflight('/none', APP), 401],
  ])('%s is no preflight for us', async (what, request, status) => {
    const { gateway } = openFixture({ routes });
    const found = seen(await gateway.handler(request));
    // A disabled route is not spoken of: the path is not there at all.
    expect(found.status).toBe(what === 'a disabled route' ? 404 : status);
    expect(found.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('what follows a preflight', () => {
  const from = (origin: string, more = {}) => head('/weather/paris', { headers: ['origin', origin], ...more });

  test('the answer of the upstream is for this origin, by our word alone', async () => {
    const { gateway } = openFixture({ routes });
    const forward = forwarded(await gateway.handler(from(APP, { credential: KEY })));
    expect(headerMap(forward.responseHeaders)).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': expect.stringContaining('gatehouse-decision-id, ratelimit'),
    });
    expect(forward.responseRules?.removed).toContain('access-control-allow-origin');
    expect(forward.responseRules?.appended).toEqual(['vary', 'Origin']);
    expect(forward.headers).toContain(APP);
  });

  test.each([
    ['401', from(APP), 401, {}],
    ['403', from(APP, { credential: 'gh_weak' }), 403, { credentials: { gh_weak: 'wrong_place' } as const }],
    ['503', from(APP, { credential: KEY }), 503, { tenant: { apis: [] } }],
  ])('a refusal with %s can be read by the page', async (_what, request, status, options) => {
    const { gateway } = openFixture({ routes, ...options });
    const found = seen(await gateway.handler(request));
    expect(found.status).toBe(status);
    expect(found.headers).toMatchObject({ 'access-control-allow-origin': APP, vary: 'Origin' });
  });

  test('429 can be read by the page', async () => {
    const limited = route('weather', {
      ...spec,
      cors: { origins: [APP] },
      limit: { requests: 1, perSeconds: 60 },
    });
    const { gateway } = openFixture({ routes: [limited] });
    await gateway.handler(from(APP, { credential: KEY }));
    const found = seen(await gateway.handler(from(APP, { credential: KEY })));
    expect(found.status).toBe(429);
    expect(found.headers).toMatchObject({ 'access-control-allow-origin': APP });
    expect(found.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test.each(['null', 'https://evil.test', 'http://app.example.com'])('an answer is not for %s', async (origin) => {
    const { gateway } = openFixture({ routes });
    const forward = forwarded(await gateway.handler(from(origin, { credential: KEY })));
    expect(headerMap(forward.responseHeaders)).not.toHaveProperty('access-control-allow-origin');
    expect(forward.responseRules?.appended).toEqual(['vary', 'Origin']);
  });

  test('a route without it leaves the upstream its own headers', async () => {
    const { gateway } = openFixture();
    const forward = forwarded(await gateway.handler(from(APP, { credential: KEY })));
    expect(forward.responseRules?.removed).toEqual([]);
    expect(forward.responseRules?.appended).toEqual([]);
  });
});
