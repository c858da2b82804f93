import { describe, expect, test } from 'vitest';
import { findAmbiguousRoutes } from './check-route.ts';
import { forwarded, head, KEY, openFixture, route, seen } from './gateway.fixture.ts';
import { Conditions, type ConditionsSpec } from './match-conditions.ts';

const made = (name: string, match: object, more: object = {}) =>
  route(name, {
    match: { path: '/a', methods: ['GET'], ...match },
    authorize: { scopes: ['weather:read'] },
    upstream: { url: `http://${name}.test` },
    ...more,
  });
const UNCLEAR = 'unclear';

describe('conditions', () => {
  test.each<[ConditionsSpec, string, string[], boolean | string]>([
    [{ query: { v: '2' } }, '?v=2', [], true],
    [{ query: { v: '2' } }, '?a=1&v=2&b', [], true],
    [{ query: { v: '2' } }, '?%76=%32', [], true],
    [{ query: { v: 'x y' } }, '?v=x+y', [], true],
    [{ query: { v: 'a=b' } }, '?v=a=b', [], true],
    [{ query: { v: true } }, '?v', [], true],
    [{ query: { v: true } }, '?v=1&v=2', [], true],
    [{ query: { v: true } }, '?w', [], false],
    [{ query: { v: '2' } }, '', [], false],
    [{ query: { v: '2' } }, '?v=20', [], false],
    [{ query: { v: '2' } }, '?V=2', [], false],
    [{ query: { v: '2' } }, '?v', [], false],
    [{ query: { v: '2' } }, '?v[]=2', [], false],
    [{ query: { v: '2' } }, '?v=1&v=2', [], UNCLEAR],
    [{ query: { v: '2' } }, '?v=2&%76=2', [], UNCLEAR],
    [{ query: { v: '2' } }, '?a=1;v=2', [], UNCLEAR],
    [{ query: { v: '2' } }, '?%zz=1', [], UNCLEAR],
    [{ query: { v: '2' } }, '?v=%ff', [], UNCLEAR],
    [{ headers: { 'x-v': '2' } }, '', ['x-v', '2'], true],
    [{ headers: { 'x-v': true } }, '', ['x-v', ''], true],
    [{ headers: { 'x-v': true } }, '', ['x-v', '1', 'x-v', '2'], true],
    [{ headers: { 'x-v': '2' } }, '', ['x-w', '2'], false],
    [{ headers: { 'x-v': '2' } }, '', ['x-v', '2, 3'], false],
    [{ headers: { 'x-v': 'a' } }, '', ['x-v', 'A'], false],
    [{ headers: { 'x-v': '2' } }, '', ['x-v', '1', 'x-v', '2'], UNCLEAR],
    [{ headers: { 'x-v': '2' } }, '', ['x_v', '2'], UNCLEAR],
    [{ headers: { 'x-v': '2' } }, '', ['x.v', '2'], UNCLEAR],
    [{ headers: { 'x-v': '2' } }, '', ['x~v', '2'], UNCLEAR],
    [{ headers: { 'x-v': '2' } }, '', ['x-v', '2', 'connection', 'close, X-V'], UNCLEAR],
    [{ headers: { 'x-v': '2' }, query: { q: '1' } }, '?q=1', ['x-v', '2'], true],
    [{ headers: { 'x-v': '2' }, query: { q: '1' } }, '?q=1', [], false],
    [{ headers: { 'x-v': '2' }, query: { q: '1' } }, '', ['x-v', '2'], false],
    // What fails anyway need not be clear.
    [{ headers: { 'x-v': '2' }, query: { q: '1' } }, '?q=1&q=2', [], false],
  ])('%j of %s %j: %s', (spec, query, headers, expected) => {
    const judged = new Conditions(spec).judge(headers, query);
    expect(typeof judged === 'string' ? UNCLEAR : judged).toBe(expected);
  });
});

describe('routes with conditions', () => {
  const routes = [
    made('plain', {}),
    made('two', { headers: { 'x-v': '2' } }),
    made('three', { headers: { 'x-v': '3' } }),
    made('any', { headers: { 'x-v': true } }),
    made('csv', { headers: { 'x-v': '2' }, query: { format: 'csv' } }),
    made('wide', { path: '/*' }),
    made('only', { path: '/only', query: { q: '1' }, methods: ['GET', 'POST'] }),
    made('urgent', { path: '/*', headers: { 'x-urgent': true } }, { priority: 1 }),
  ];
  const order = [routes, [...routes].reverse()];
  const ask = (list: typeof routes, target: string, headers: string[] = [], method = 'GET') =>
    openFixture({ routes: list }).gateway.handler(head(target, { credential: KEY, headers, method }));

  test.each([
    ['/a', [], 'plain'],
    ['/a?format=csv', [], 'plain'],
    ['/a', ['x-v', '2'], 'two'],
    ['/a', ['x-v', '3'], 'three'],
    ['/a', ['x-v', '4'], 'any'],
    ['/a?format=csv', ['x-v', '2'], 'csv'],
    ['/a?format=csv', ['x-v', '3'], 'three'],
    ['/a', ['x-v', '2', 'x-urgent', ''], 'urgent'],
    ['/only?q=1', [], 'only'],
    ['/only', [], 'wide'],
    ['/b', ['x-v', '2'], 'wide'],
  ])('%s %j goes to %s, in whatever order they were made', async (target, headers, name) => {
    for (const list of order) {
      expect(forwarded(await ask(list, target, headers)).upstream.hostname).toBe(`${name}.test`);
      expect(forwarded(await ask(list, target, headers, 'HEAD')).upstream.hostname).toBe(`${name}.test`);
    }
  });

  test.each([
    ['a header twice', '/a', ['x-v', '1', 'x-v', '2'], 'GET', 400],
    ['a parameter twice', '/only?q=0&q=1', [], 'GET', 400],
    ['a method that is there only with the condition', '/only', [], 'POST', 405],
  ])('%s is refused', async (_what, target, headers, method, status) => {
    for (const list of order) expect(seen(await ask(list, target, headers, method)).status).toBe(status);
  });

  test('where no condition holds there is no route, and no method is spoken of', async () => {
    const list = [made('only', { query: { q: '1' } })];
    expect(seen(await ask(list, '/a')).status).toBe(404);
    expect(seen(await ask(list, '/a', [], 'POST')).status).toBe(404);
    expect(seen(await ask(list, '/a?q=1', [], 'POST')).status).toBe(405);
  });

  test('a disabled route owns the requests that fulfil its conditions, and no others', async () => {
    const list = [made('plain', {}), made('two', { headers: { 'x-v': '2' } }, { enabled: false })];
    expect(seen(await ask(list, '/a', ['x-v', '2'])).status).toBe(404);
    expect(seen(await ask(list, '/a')).status).toBe(0);
  });

  test.each([
    ['the same', { headers: { a: '1' } }, { headers: { a: '1' } }, 1],
    ['of one weight that can both hold', { headers: { a: '1' } }, { query: { b: '1' } }, 1],
    ['that exclude each other', { headers: { a: '1' } }, { headers: { a: '2' } }, 0],
    ['of which one asks for more', { headers: { a: '1' } }, { headers: { a: '1' }, query: { b: '1' } }, 0],
    ['presence and value', { headers: { a: true } }, { headers: { a: '1' } }, 0],
    ['presence of two things', { headers: { a: true } }, { headers: { b: true } }, 1],
  ])('conditions %s: conflicts as expected', (_what, left, right, count) => {
    expect(findAmbiguousRoutes([made('left', left), made('right', right), made('plain', {})])).toHaveLength(count);
  });
});

describe('a preflight where a header chooses the route', () => {
  const cors = { origins: ['https://app.test'], headers: ['x-v'] };
  const asked = head('/a', {
    method: 'OPTIONS',
    headers: [
      'origin',
      'https://app.test',
      'access-control-request-method',
      'GET',
      'access-control-request-headers',
      'x-v',
    ],
  });
  test.each([
    ['all allow it', { cors }, { cors }, 204],
    ['the one behind does not', {}, { cors }, 403],
    ['the one in front does not', { cors }, {}, 403],
    ['the one behind allows other pages', { cors: { ...cors, origins: ['https://b.test'] } }, { cors }, 403],
    ['none speaks of it', {}, {}, 405],
  ])('%s', async (_what, plain, two, status) => {
    const routes = [made('plain', {}, plain), made('two', { headers: { 'x-v': '2' } }, two)];
    const found = await openFixture({ routes }).gateway.handler(asked);
    expect(found).toMatchObject({ kind: 'reply', status });
  });
});
