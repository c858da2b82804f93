import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseErrors } from '#base';
import { openTestControlServer, type TestControlServer } from './control-server.fixture.ts';

let failing: Error | undefined;
let here: TestControlServer;

beforeAll(async () => {
  here = await openTestControlServer({
    probes: [{ name: 'database', check: async () => (failing === undefined ? undefined : Promise.reject(failing)) }],
    plugins: [
      async (server) => {
        server.get('/test/fails', { config: { public: 'a test' } }, () => {
          throw new TypeError('the secret reason', { cause: new Error('deep inside') });
        });
        server.get('/test/fails-knowingly', { config: { public: 'a test' } }, () => {
          throw baseErrors.fetch_refused({
            cause: new Error('the private cause'),
            details: { retryAfterSeconds: 1.2 },
          });
        });
      },
    ],
  });
  await here.server.ready();
  // Kept aside for the walk below: what is registered, not what someone remembered to list.
  for (const line of here.server.printRoutes({ commonPrefix: false, includeMeta: false }).split('\n')) parseRoute(line);
});
afterAll(() => here.close());

const found: { method: string; url: string }[] = [];
const stack: string[] = [];
/** Fastify prints a tree: four columns a level. */
function parseRoute(line: string): void {
  const match = /^(?<indent>[│ ]*)(?:├── |└── )(?<part>.*?)(?: \((?<methods>[A-Z, ]+)\))?$/u.exec(line);
  if (match?.groups === undefined) return;
  const depth = (match.groups.indent ?? '').length / 4;
  stack.splice(depth);
  stack.push(match.groups.part ?? '');
  for (const method of match.groups.methods?.split(', ') ?? []) found.push({ method, url: stack.join('') });
}

const bearer = (role: string) => ({ authorization: `Bearer ${role}` });

describe('every route that is registered', () => {
  it('is among those walked', () => {
    const urls = found.map(({ method, url }) => `${method} ${url}`);
    expect(urls).toEqual(
      expect.arrayContaining([
        'PUT /api/v1/roles/:name',
        'POST /api/v1/apply',
        'GET /healthz',
        'POST /api/v1/keys/:id/revoke',
      ]),
    );
    expect(found.length).toBeGreaterThan(40);
  });

  it('declares a permission, or that it is public and why', () => {
    const declared = here.server.declaredRoutes;
    const text = ({ method, url }: { method: string; url: string }) => `${method} ${url}`;
    expect(declared.map(text).sort()).toEqual(found.map(text).sort());
    for (const { permission, public: reason, ...route } of declared) {
      const said = [permission, reason].filter((value) => value !== undefined);
      expect(said, text(route)).toHaveLength(1);
      if (reason !== undefined) expect(reason.length, text(route)).toBeGreaterThan(5);
    }
  });

  it('answers 401 without a credential, unless it is public', async () => {
    const open: string[] = [];
    for (const { method, url } of found) {
      const before = here.authenticated();
      const response = await here.server.inject({
        method: method as 'GET',
        url: url.replaceAll(/:[a-zA-Z]+/g, 'x').replace('*', 'x'),
      });
      if (response.statusCode === 401) {
        expect(response.headers['www-authenticate'], url).toBe('Bearer realm="gatehouse"');
        expect(here.authenticated(), url).toBe(before);
      } else open.push(`${method} ${url}`);
    }
    expect(open.filter((route) => !route.startsWith('HEAD')).sort()).toEqual([
      'GET /',
      'GET /api/v1/kinds',
      'GET /console',
      'GET /console/',
      'GET /console/*',
      'GET /console/assets/:name',
      'GET /console/icon.svg',
      'GET /docs',
      'GET /docs/:first',
      'GET /docs/:first/:second',
      'GET /docs/pictures/:name',
      'GET /docs/search',
      expect.stringMatching(/^GET \/docs\/style-/),
      'GET /healthz',
      'GET /openapi.json',
      'GET /readyz',
      'GET /test/fails',
      'GET /test/fails-knowingly',
    ]);
  });

  it('answers 403 to a credential without any permission, unless it needs none', async () => {
    const forAnybody = ['/api/v1/kinds', '/api/v1/whoami', '/api/v1/described-apis', '/api/v1/described-apis/:name'];
    for (const { method, url } of found.filter(
      (route) => route.url.startsWith('/api/v1') && !forAnybody.includes(route.url),
    )) {
      const response = await here.server.inject({
        method: method as 'GET',
        url: url.replaceAll(/:[a-zA-Z]+/g, 'x'),
        headers: bearer('none'),
      });
      expect(response.statusCode, `${method} ${url}`).toBe(403);
      expect(response.headers['www-authenticate']).toBeUndefined();
    }
  });
});

describe('a route that does not say who may use it', () => {
  it.each([
    ['nothing at all', {}],
    ['an empty reason', { public: '' }],
    ['both', { public: 'why not', permission: 'a:b' }],
  ])('is refused when it declares %s', async (_name, config) => {
    const opening = openTestControlServer({
      plugins: [async (server) => void server.get('/open', { config }, () => 'in')],
    });
    await expect(opening).rejects.toThrow('must declare either config.permission or config.public');
  });
});

describe('what nobody foresaw', () => {
  it('is told as an internal error and logged with its cause', async () => {
    const response = await here.server.inject({ url: '/test/fails' });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'internal_error', title: 'Internal Server Error' });
    expect(response.body).not.toMatch(/secret|deep|TypeError/);
    expect(here.logged()).toContain('deep inside');
    expect(here.logged()).toContain(String(response.headers['x-request-id']));
  });

  it('a failure with a code keeps its cause to itself', async () => {
    const response = await here.server.inject({ url: '/test/fails-knowingly' });
    expect(response.json()).toMatchObject({ code: 'fetch_refused', status: 400 });
    expect(response.body).not.toContain('private');
    expect(response.headers['retry-after']).toBe('2');
  });
});

describe('health', () => {
  it('is ready when all that it needs is', async () => {
    const response = await here.server.inject('/readyz');
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'ready', checks: { database: 'ok' } }]);
  });

  it('names what is not, but not why', async () => {
    failing = new Error('password of the database is wrong');
    const response = await here.server.inject('/readyz');
    failing = undefined;
    expect([response.statusCode, response.json()]).toEqual([
      503,
      { status: 'not_ready', checks: { database: 'failing' } },
    ]);
  });

  it('metrics count requests by declared route, never by path', async () => {
    await here.server.inject('/secret-looking/path');
    const response = await here.server.inject({ url: '/metrics', headers: bearer('viewer') });
    expect(response.statusCode).toBe(200);
    expect(response.body).toContain(
      'gatehouse_http_request_duration_seconds_count{method="GET",route="/readyz",status="200"}',
    );
    expect(response.body).toContain('route="unknown"');
    expect(response.body).not.toContain('secret-looking');
  });
});

describe('headers and pages', () => {
  it('an answer of the API can be neither framed nor sniffed', async () => {
    const { headers } = await here.server.inject('/healthz');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('the start leads to the console', async () => {
    expect((await here.server.inject('/')).headers.location).toBe('/console');
  });

  it('the description of the API holds every route of the Admin API, and what it needs', async () => {
    const document = (await here.server.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const api = found
      .filter(({ method, url }) => url.startsWith('/api/v1') && method !== 'HEAD')
      .map(({ method, url }) => `${method} ${url.replaceAll(/:([a-zA-Z]+)/g, '{$1}')}`);
    expect(described.sort()).toEqual(api.sort());
    const put = document.paths['/api/v1/roles/{name}'].put;
    expect(put.security).toEqual([{ bearer: [] }]);
    expect(put.description).toContain('`roles:write`');
    expect(put.requestBody.content['application/json'].schema.properties.spec.properties.permissions.type).toBe(
      'array',
    );
  });
});
