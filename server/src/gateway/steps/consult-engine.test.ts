import { describe, expect, test } from 'vitest';
import { head, openFixture, route, seen, TOKEN } from '../gateway.fixture.ts';
import type { ExternalEngines } from '../ports.ts';

const spec = { match: { path: '/pay', methods: ['POST' as const] }, api: 'weather' };
const guarded = route('pay', { ...spec, authorize: { scopes: ['weather:read'], engine: 'central' } });

function open(answer: Awaited<ReturnType<ExternalEngines['ask']>>, pay = guarded, tenant = {}) {
  const asked: unknown[] = [];
  const externalEngines: ExternalEngines = {
    async ask(engine, { action, resource, principal }) {
      asked.push([engine, action, resource.type, principal.id]);
      return answer;
    },
  };
  const fixture = openFixture({ routes: [pay], tenant, deps: { externalEngines } });
  return {
    ...fixture,
    asked,
    call: () => fixture.gateway.handler(head('/pay', { method: 'POST', credential: TOKEN })),
  };
}

describe('a route that names an external engine', () => {
  test('forwards what the engine allows too', async () => {
    const { call, asked } = open('allowed');
    expect((await call()).kind).toBe('forward');
    expect(asked).toEqual([['central', 'POST', 'Route', expect.any(String)]]);
  });

  test.each([
    ['denied', 403, 'access_denied'],
    ['failed', 503, 'decision_unavailable'],
  ] as const)('%s: %i', async (answer, status, code) => {
    const { call } = open(answer);
    const reply = seen(await call());
    expect([reply.status, reply.problem.code]).toEqual([status, code]);
  });

  test('does not ask about what is denied here already', async () => {
    const other = route('pay', { ...spec, authorize: { scopes: ['weather:write'], engine: 'central' } });
    const { call, asked } = open('allowed', other);
    expect(seen(await call()).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test('does not ask about what is over the limit', async () => {
    const limited = route('pay', {
      ...spec,
      authorize: { scopes: ['weather:read'], engine: 'central' },
      limit: { requests: 1, perSeconds: 3600 },
    });
    const { call, asked } = open('allowed', limited);
    expect((await call()).kind).toBe('forward');
    expect(seen(await call()).status).toBe(429);
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['of its API, where it names none', {}, 'of-the-api'],
    ['of its own before that of its API', { engine: 'central' }, 'central'],
  ])('asks the one %s', async (_, more, engine) => {
    const api = { audience: 'https://weather.test', engine: 'of-the-api' };
    const pay = route('pay', { ...spec, authorize: { scopes: ['weather:read'], ...more } });
    const { call, asked } = open('denied', pay, { apis: [{ name: 'weather', createdAt: 0, spec: api }] });
    expect(seen(await call()).status).toBe(403);
    expect(asked).toEqual([[engine, 'POST', 'Route', expect.any(String)]]);
  });

  test('denies where there are no engines at all', async () => {
    const { gateway } = openFixture({ routes: [guarded] });
    const reply = seen(await gateway.handler(head('/pay', { method: 'POST', credential: TOKEN })));
    expect(reply.status).toBe(503);
  });
});

test('a route without one asks nobody', async () => {
  const { call, asked } = open('denied', route('pay', { ...spec, authorize: { scopes: ['weather:read'] } }));
  expect((await call()).kind).toBe('forward');
  expect(asked).toEqual([]);
});
