import { describe, expect, test } from 'vitest';
import { forwarded, head, KEY, openFixture, outcome, principal, route, seen, weatherRoute } from './gateway.fixture.ts';

const scoped = { authorize: { scopes: ['weather:read'] } };
const to = (name: string, match: object, createdAt = 0) =>
  route(
    name,
    { ...scoped, match: { methods: ['GET'], ...match }, upstream: { url: `http://${name}.test` } },
    createdAt,
  );

describe('snapshot', () => {
  test('a change counts from the next request on; requests under way keep what they began with', async () => {
    const fixture = openFixture({ slow: true });
    const pending = fixture.gateway.handler(
      head('/weather/paris', { headers: ['authorization', 'Bearer eyJ.valid.token'] }),
    );
    fixture.configuration.tenants = [];
    fixture.changed();
    expect(fixture.gateway.snapshot()).toMatchObject({ version: 2, routeCount: 0 });
    expect(forwarded(await pending).path).toBe('/cities/paris');
    expect(seen(await fixture.gateway.handler(head('/weather/paris', { credential: KEY }))).status).toBe(404);
  });

  describe('a route that can not be used', () => {
    const broken = (name: string) => ({
      ...weatherRoute,
      name,
      spec: { ...weatherRoute.spec, match: { path: 'no slash', methods: ['GET' as const] } },
    });
    const reloaded = (fixture: ReturnType<typeof openFixture>, routes: (typeof weatherRoute)[]) => {
      const [tenant] = fixture.configuration.tenants;
      if (tenant === undefined) throw new Error('no tenant');
      fixture.configuration.tenants = [{ ...tenant, routes }];
      fixture.changed();
    };
    const status = async ({ gateway }: ReturnType<typeof openFixture>, path: string) =>
      seen(await gateway.handler(head(path, { credential: KEY }))).status;

    test('stops the start', () => {
      expect(() => openFixture({ routes: [broken('broken')] })).toThrow('Route broken can not be used');
    });

    test('stops no other change: what was closed meanwhile is closed', async () => {
      const fixture = openFixture({ routes: [weatherRoute, to('other', { path: '/other' })] });
      expect(await status(fixture, '/other')).toBe(0);
      reloaded(fixture, [weatherRoute, broken('new')]);
      expect([await status(fixture, '/weather/paris'), await status(fixture, '/other')]).toEqual([0, 404]);
      expect(fixture.gateway.snapshot()).toMatchObject({ version: 2, broken: [expect.stringContaining('Route new')] });
    });

    test('goes on as it last was, so that no broader route answers in its place', async () => {
      const fixture = openFixture({ routes: [weatherRoute, to('all', { path: '/*' })] });
      for (const _ of [1, 2]) {
        reloaded(fixture, [broken('weather'), to('all', { path: '/*' })]);
        const verdict = await fixture.gateway.handler(head('/weather/paris', { credential: KEY }));
        expect(forwarded(verdict).path).toBe('/cities/paris');
      }
      reloaded(fixture, [to('all', { path: '/*' })]);
      expect(forwarded(await fixture.gateway.handler(head('/weather/paris', { credential: KEY }))).path).toBe(
        '/weather/paris',
      );
    });
  });

  test('routes that did not change are not compiled again; those whose API changed are', async () => {
    const fixture = openFixture({ routes: [weatherRoute, to('other', { path: '/other' })] });
    const routeOf = (path: string) => fixture.gateway.snapshot().tenantFor('')?.match('', path, 'GET')?.value;
    const [weather, other] = [routeOf('/weather/paris'), routeOf('/other')];
    const [tenant] = fixture.configuration.tenants;
    if (tenant === undefined) throw new Error('no tenant');
    fixture.configuration.tenants = [
      { ...tenant, apis: [{ name: 'weather', createdAt: 0, spec: { audience: 'https://new.test' } }] },
    ];
    fixture.changed();
    expect(routeOf('/other')).toBe(other);
    expect(routeOf('/weather/paris')).not.toBe(weather);
    expect(routeOf('/weather/paris')?.expected).toMatchObject({ audience: 'https://new.test' });
  });

  test.each([
    ['api.test', '/a', 'http://own.test'],
    ['api.test:7800', '/a', 'http://own.test'],
    ['api.test.', '/a', 'http://own.test'],
    ['api.test', '/b', 'http://all.test'],
    ['other.test', '/a', 'http://all.test'],
    ['[::1]:80', '/a', 'http://all.test'],
    ['', '/a', 'http://all.test'],
  ])('host %s path %s goes to %s', async (host, path, origin) => {
    const { gateway } = openFixture({
      routes: [to('all', { path: '/*' }), to('own', { path: '/a', host: 'api.test' })],
    });
    expect(forwarded(await gateway.handler(head(path, { host, credential: KEY }))).upstream.origin).toBe(origin);
  });

  test('405 names the methods of every host that has the path', async () => {
    const routes = [to('all', { path: '/*', methods: ['POST'] }), to('own', { path: '/a', host: 'api.test' })];
    const { gateway } = openFixture({ routes });
    const refused = seen(await gateway.handler(head('/a', { method: 'PUT' })));
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('of two routes that nothing tells apart the older one keeps its requests', async () => {
    const { gateway } = openFixture({ routes: [to('new', { path: '/a/{y}' }, 2), to('old', { path: '/a/{x}' }, 1)] });
    expect(forwarded(await gateway.handler(head('/a/1', { credential: KEY }))).upstream.origin).toBe('http://old.test');
    expect(gateway.snapshot().warnings).toEqual(['route new matches the same requests as old, which keeps them']);
  });

  test('tenants are told apart by host, and their credentials do not mix', async () => {
    const fixture = openFixture({ credentials: { gh_live_b: principal({ tenantId: 'ten_b' }) } });
    const [tenant] = fixture.configuration.tenants;
    if (tenant === undefined) throw new Error('no tenant');
    fixture.configuration.tenants = [tenant, { ...tenant, tenantId: 'ten_b', hosts: ['b.test'] }];
    fixture.changed();
    const ask = async (host: string, credential: string) =>
      seen(await fixture.gateway.handler(head('/weather/paris', { host, credential }))).status;
    expect(await ask('b.test:80', 'gh_live_b')).toBe(0);
    expect(await ask('b.test', KEY)).toBe(401);
    expect(await ask('a.test', KEY)).toBe(0);
    expect(await ask('a.test', 'gh_live_b')).toBe(401);
  });

  test('counters live as long as their route', async () => {
    const fixture = openFixture();
    const ask = async () =>
      (await fixture.gateway.handler(head('/weather/paris', { credential: KEY }))).onDone(outcome(200));
    await ask();
    fixture.changed();
    await ask();
    const statuses = () =>
      fixture.gateway
        .metrics()
        .find(({ route: name }) => name === 'weather')
        ?.statuses.get(200);
    expect(statuses()).toBe(2);
    fixture.configuration.tenants = [];
    fixture.changed();
    expect(statuses()).toBeUndefined();
  });

  test('close stops listening', () => {
    const fixture = openFixture();
    fixture.gateway.close();
    expect(fixture.listeners).toEqual([]);
  });
});
