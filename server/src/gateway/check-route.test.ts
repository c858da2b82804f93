import { describe, expect, test } from 'vitest';
import { GatehouseError, parse } from '#base';
import { findAmbiguousRoutes } from './check-route.ts';
import { route } from './gateway.fixture.ts';
import { routeKind } from './route-kind.ts';

const good = {
  match: { path: '/weather/{city}', methods: ['GET'] },
  api: 'weather',
  authorize: { scopes: ['weather:read'] },
  upstream: { url: 'http://localhost:7900', path: '/cities/{city}' },
};

/** Paths of the fields at fault, by schema or by check. */
function faults(change: object): string[] {
  try {
    return routeKind.check(parse(routeKind.schema, { ...good, ...change })).map(({ path }) => path);
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    return (error.fields ?? []).map(({ path }) => path);
  }
}

describe('route', () => {
  test.each([
    ['as in the example', {}],
    ['by role', { authorize: { roles: ['forecaster'] } }],
    ['by policy alone', { authorize: { policies: 'required' } }],
    ['without an API, for keys', { api: undefined }],
    [
      'anonymous',
      { authenticate: ['anonymous'], api: undefined, authorize: {}, limit: { requests: 1, perSeconds: 1, by: 'ip' } },
    ],
    [
      'with a resource',
      { authorize: { scopes: ['a'], action: 'weather:read', resource: { type: 'City', id: '{city}' } } },
    ],
    ['with a base path at the upstream', { upstream: { url: 'https://upstream.test/v1/' } }],
    ['with a pattern of origins', { cors: { origins: ['https://a.test', 'https://*.b.test:81'], credentials: true } }],
    [
      'with conditions',
      { match: { ...good.match, headers: { 'x-version': '2', authorization: true }, query: { a: 'x y' } } },
    ],
    ['with addresses', { addresses: { allow: ['10.0.0.0/8', '::1', '2001:db8::/32'], deny: ['10.0.0.1'] } }],
    ['with every origin', { cors: { origins: ['*'] } }],
    ['with a host', { match: { ...good.match, host: 'api.example.com' } }],
  ])('is accepted %s', (_what, change) => {
    expect(faults(change)).toEqual([]);
  });

  test.each([
    ['nothing grants', { authorize: {} }, 'authorize'],
    ['anonymous beside a credential', { authenticate: ['anonymous', 'api_key'] }, 'authenticate'],
    ['anonymous with scopes', { authenticate: ['anonymous'] }, 'authorize'],
    [
      'anonymous, limited by credential',
      { authenticate: ['anonymous'], authorize: {}, limit: { requests: 1, perSeconds: 1, by: 'credential' } },
      'limit.by',
    ],
    ['access tokens for no API', { api: undefined, authenticate: ['access_token'] }, 'api'],
    ['no methods', { match: { path: '/a', methods: [] } }, 'match.methods'],
    ['TRACE', { match: { path: '/a', methods: ['TRACE'] } }, 'match.methods.0'],
    ['a method twice', { match: { path: '/weather/{city}', methods: ['GET', 'GET'] } }, 'match.methods'],
    ['a path without slash', { match: { path: 'weather/{city}', methods: ['GET'] } }, 'match.path'],
    ['a parameter as others write it', { match: { path: '/weather/:city', methods: ['GET'] } }, 'match.path'],
    ['a path that is not canonical', { match: { path: '/%77eather/{city}', methods: ['GET'] } }, 'match.path'],
    ['a host with a port', { match: { ...good.match, host: 'a.test:80' } }, 'match.host'],
    ['a header in upper case', { match: { ...good.match, headers: { 'X-A': '1' } } }, 'match.headers.X-A'],
    ['a header with an underscore', { match: { ...good.match, headers: { x_a: '1' } } }, 'match.headers.x_a'],
    ['a header of the framing', { match: { ...good.match, headers: { te: true } } }, 'match.headers.te'],
    ['the host as a header', { match: { ...good.match, headers: { host: 'a' } } }, 'match.headers.host'],
    ['a secret', { match: { ...good.match, headers: { 'x-api-key': 'a' } } }, 'match.headers.x-api-key'],
    ['an absent header', { match: { ...good.match, headers: { a: false } } }, 'match.headers.a'],
    ['an empty value', { match: { ...good.match, query: { a: '' } } }, 'match.query.a'],
    ['a number', { match: { ...good.match, query: { a: 1 } } }, 'match.query.a'],
    [
      'nine',
      { match: { ...good.match, query: Object.fromEntries([...'abcdefghi'].map((a) => [a, 'x'])) } },
      'match.query',
    ],
    ['no addresses', { addresses: {} }, 'addresses'],
    ['an empty list', { addresses: { allow: [] } }, 'addresses.allow'],
    ['a name for an address', { addresses: { allow: ['localhost'] } }, 'addresses.allow.0'],
    ['a range that is too wide', { addresses: { deny: ['10.0.0.0/33'] } }, 'addresses.deny.0'],
    ['a range with a mask', { addresses: { deny: ['10.0.0.0/255.0.0.0'] } }, 'addresses.deny.0'],
    ['part of an address', { addresses: { deny: ['10.0.0'] } }, 'addresses.deny.0'],
    ['an address with a port', { addresses: { deny: ['10.0.0.1:80'] } }, 'addresses.deny.0'],
    ['IPv4 as IPv6', { addresses: { allow: ['::ffff:10.0.0.0/104'] } }, 'addresses.allow.0'],
    ['an address twice', { addresses: { deny: ['10.0.0.1', '10.0.0.1'] } }, 'addresses.deny'],
    ['every origin with credentials', { cors: { origins: ['*'], credentials: true } }, 'cors.credentials'],
    ['every origin beside one', { cors: { origins: ['*', 'https://a.test'] } }, 'cors.origins'],
    ['no origin', { cors: { origins: [] } }, 'cors.origins'],
    ['the origin null', { cors: { origins: ['null'] } }, 'cors.origins.0'],
    ['an origin with a path', { cors: { origins: ['https://a.test/'] } }, 'cors.origins.0'],
    ['an origin with its default port', { cors: { origins: ['https://a.test:443'] } }, 'cors.origins.0'],
    ['an origin in upper case', { cors: { origins: ['https://A.test'] } }, 'cors.origins.0'],
    ['an origin without scheme', { cors: { origins: ['a.test'] } }, 'cors.origins.0'],
    ['an origin of another scheme', { cors: { origins: ['ftp://a.test'] } }, 'cors.origins.0'],
    ['an origin with a user', { cors: { origins: ['https://u@a.test'] } }, 'cors.origins.0'],
    ['a pattern over http', { cors: { origins: ['http://*.b.test'] } }, 'cors.origins.0'],
    ['a pattern for a whole top level', { cors: { origins: ['https://*.test'] } }, 'cors.origins.0'],
    ['a pattern for everything', { cors: { origins: ['https://*'] } }, 'cors.origins.0'],
    ['a star in the middle', { cors: { origins: ['https://a.*.b.test'] } }, 'cors.origins.0'],
    ['two stars', { cors: { origins: ['https://*.*.b.test'] } }, 'cors.origins.0'],
    ['a star within a label', { cors: { origins: ['https://a*.b.test'] } }, 'cors.origins.0'],
    ['a method pages may use that the route has not', { cors: { origins: ['*'], methods: ['PUT'] } }, 'cors.methods.0'],
    ['every header', { cors: { origins: ['*'], headers: ['*'] } }, 'cors.headers.0'],
    ['cookies, which no page sets', { cors: { origins: ['*'], headers: ['X-One', 'Cookie'] } }, 'cors.headers.1'],
    ['a header of the browser’s own', { cors: { origins: ['*'], headers: ['Sec-Fetch-Mode'] } }, 'cors.headers.0'],
    [
      'cookies, which no page reads',
      { cors: { origins: ['*'], exposeHeaders: ['set-cookie'] } },
      'cors.exposeHeaders.0',
    ],
    ['a header with a line break', { cors: { origins: ['*'], exposeHeaders: ['a\r\nb'] } }, 'cors.exposeHeaders.0'],
    ['a host in upper case', { match: { ...good.match, host: 'A.test' } }, 'match.host'],
    [
      'an upstream parameter that is not matched',
      { upstream: { url: 'http://a.test', path: '/{town}' } },
      'upstream.path',
    ],
    ['an upstream path with a query', { upstream: { url: 'http://a.test', path: '/a?b={city}' } }, 'upstream.path'],
    ['an upstream path that climbs', { upstream: { url: 'http://a.test', path: '/a/../{city}' } }, 'upstream.path'],
    [
      'an upstream path that climbs when the rest is empty',
      {
        match: { path: '/weather/{rest*}', methods: ['GET'] },
        upstream: { url: 'http://a.test', path: '/a/..{rest*}' },
      },
      'upstream.path',
    ],
    ['an upstream path without slash', { upstream: { url: 'http://a.test', path: '{city}' } }, 'upstream.path'],
    ['an upstream with a password', { upstream: { url: 'http://u:p@a.test' } }, 'upstream.url'],
    ['an upstream with a query', { upstream: { url: 'http://a.test/?b' } }, 'upstream.url'],
    ['an upstream that is no URL', { upstream: { url: 'a.test' } }, 'upstream.url'],
    ['an upstream by file', { upstream: { url: 'file:///etc/passwd' } }, 'upstream.url'],
    [
      'a resource type that policies can not name',
      { authorize: { scopes: ['a'], resource: { type: 'a-b', id: '1' } } },
      'authorize.resource.type',
    ],
    [
      'a resource by an unknown parameter',
      { authorize: { scopes: ['a'], resource: { type: 'City', id: '{town}' } } },
      'authorize.resource.id',
    ],
    ['a scope with a quote', { authorize: { scopes: ['a"b'] } }, 'authorize.scopes.0'],
    ['no requests at all', { limit: { requests: 0, perSeconds: 1 } }, 'limit.requests'],
    ['an unknown field', { authorise: {} }, 'authorise'],
  ])('is refused for %s', (_what, change, path) => {
    expect(faults({ upstream: { url: 'http://a.test' }, ...change })).toContain(path);
  });

  test('reading its own output changes nothing, and the API is referenced', () => {
    const spec = parse(routeKind.schema, good);
    expect(parse(routeKind.schema, spec)).toEqual(spec);
    expect(routeKind.references(spec)).toEqual([{ kind: 'api', name: 'weather', path: 'api' }]);
  });

  test('routes that nothing tells apart are found', () => {
    const at = (name: string, match: object, priority = 0) =>
      route(name, { ...good, match: { methods: ['GET'], ...match }, priority });
    const pairs = (...routes: ReturnType<typeof at>[]) =>
      findAmbiguousRoutes(routes).map(({ first, second }) => [first, second]);
    const base = at('base', { path: '/a/{x}' });
    expect(pairs(base, at('same', { path: '/a/{y}' }))).toEqual([['base', 'same']]);
    expect(pairs(base, at('both', { path: '/a/{y}', methods: ['POST', 'GET'] }))).toEqual([['base', 'both']]);
    expect(pairs(base, at('method', { path: '/a/{y}', methods: ['POST'] }))).toEqual([]);
    expect(pairs(base, at('host', { path: '/a/{y}', host: 'a.test' }))).toEqual([]);
    expect(pairs(base, at('priority', { path: '/a/{y}' }, 1))).toEqual([]);
    expect(pairs(base, at('literal', { path: '/a/b' }))).toEqual([]);
  });
});
