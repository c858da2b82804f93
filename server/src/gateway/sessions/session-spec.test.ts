import { expect, test } from 'vitest';
import { checkRoute } from '../check-route.ts';
import { routeSchema } from '../route-spec.ts';
import { browserSessionKind } from './session-kind.ts';
import { browserSessionSchema, checkBrowserSession } from './session-spec.ts';

const spec = { origin: 'https://shop.example', client: 'web', api: 'shop', scopes: ['openid'] };
const check = (more: object) =>
  checkBrowserSession(browserSessionSchema.parse({ ...spec, ...more })).map(({ path }) => path);

const provider = {
  issuer: 'https://login.partner.example',
  clientId: 'shop',
  secret: { upstream: 'partner', name: 'client-secret' },
};
const there = { client: undefined, provider };

test.each([
  {},
  there,
  { ...there, scopes: ['openid', 'offline_access'] },
  { origin: 'http://localhost:7800' },
  { origin: 'http://shop.localhost' },
  { origin: 'http://127.0.0.1:1' },
  { origin: 'http://[::1]:7800' },
  { path: '/a/b', landing: '/x' },
])('stands: %o', (more) => {
  expect(check(more)).toEqual([]);
});

test.each<[object, string]>([
  [{ origin: 'http://shop.example' }, 'origin'],
  [{ origin: 'http://localhost.evil.example' }, 'origin'],
  [{ origin: 'https://shop.example/' }, 'origin'],
  [{ origin: 'https://shop.example/path' }, 'origin'],
  [{ origin: 'https://user@shop.example' }, 'origin'],
  [{ provider }, 'client'],
  [{ client: undefined }, 'client'],
  [{ path: '/' }, 'path'],
  [{ path: '/a/' }, 'path'],
  [{ path: 'a' }, 'path'],
  [{ path: '/a/../b' }, 'path'],
  [{ path: '/a%2fb' }, 'path'],
  [{ landing: '//evil.example' }, 'landing'],
  [{ landing: 'https://evil.example' }, 'landing'],
  [{ landing: '/a?b' }, 'landing'],
  [{ scopes: ['shop:read'] }, 'scopes'],
  [{ scopes: ['openid', 'offline_access'] }, 'scopes'],
  [{ scopes: ['openid', 'openid'] }, 'scopes'],
  [{ idleSeconds: 600, absoluteSeconds: 300 }, 'idleSeconds'],
])('is refused: %o', (more, path) => {
  expect(check(more)).toEqual([path]);
});

test.each([
  { issuer: 'login.partner.example' },
  { issuer: 'https://login.partner.example/?x' },
  { issuer: 'https://login.partner.example/#x' },
  { issuer: 'ftp://login.partner.example' },
  { clientId: 'a b' },
  { clientId: '' },
  { secret: undefined },
  { clientAuthentication: 'none' },
])('a provider is refused: %o', (more) => {
  expect(browserSessionSchema.safeParse({ ...spec, ...there, provider: { ...provider, ...more } }).success).toBe(false);
});

test('whoever declares one speaks for the client', () => {
  expect(browserSessionKind.grants(browserSessionSchema.parse(spec))).toEqual(['clients:write']);
});

test.each<[object, object, number]>([
  [{ path: '/session' }, { path: '/other' }, 0],
  [{ path: '/session' }, { path: '/session2' }, 0],
  [{ path: '/session' }, { path: '/session', origin: 'https://other.example' }, 0],
  [{ path: '/session' }, { path: '/session' }, 1],
  [{ path: '/session' }, { path: '/session/two' }, 1],
  [{ path: '/session/two' }, { path: '/session', origin: 'https://shop.example:8443' }, 1],
])('two of one host: %o, %o', (first, second, conflicts) => {
  const both = [first, second].map((more, index) => ({
    name: `s${index}`,
    spec: browserSessionSchema.parse({ ...spec, ...more }),
  }));
  expect(browserSessionKind.conflicts?.(both)).toHaveLength(conflicts);
});

const route = {
  match: { path: '/shop', methods: ['GET'] },
  api: 'shop',
  authenticate: ['session'],
  session: 'shop',
  authorize: { scopes: ['shop:read'] },
  upstream: { url: 'http://shop.test' },
};
test.each<[object, string[]]>([
  [{}, []],
  [{ authenticate: ['session', 'api_key'] }, []],
  [{ session: undefined }, ['session']],
  [{ authenticate: ['api_key'] }, ['session']],
  [{ api: undefined }, ['api']],
  [{ cors: { origins: ['https://app.example'] } }, ['cors']],
])('a route with a session: %o', (more, paths) => {
  const errors = checkRoute(routeSchema.parse({ ...route, ...more }));
  expect(errors.map(({ path }) => path)).toEqual(paths);
});
