import { afterEach, describe, expect, test } from 'vitest';
import { openAuthorizer } from '#authz';
import { DEFAULT_TENANT_ID } from '#base';
import { testLogger } from '#testing';
import type { RequestHead } from './exchange.ts';
import { head, KEY, openFixture, principal, route, seen, weatherRoute } from './gateway.fixture.ts';

/** The gateway's requests, decided by the real authorizer: what a route says must mean the same in both rooms. */

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function authorizerWith(...policies: string[]) {
  const resources = policies.map((cedar, index) => ({
    tenantId: DEFAULT_TENANT_ID,
    kind: 'policy',
    id: `pol_${index}`,
    name: `p${index}`,
    spec: { cedar },
    version: 1,
    createdAt: 0,
    updatedAt: 0,
    builtIn: false,
  }));
  const authorizer = openAuthorizer({
    policies: { all: () => resources, tenants: () => [DEFAULT_TENANT_ID], onChange: () => () => true },
    log: testLogger(),
  });
  closers.push(() => authorizer.close());
  return authorizer;
}

async function status(
  policies: string[],
  routes: Parameters<typeof openFixture>[0],
  request = head('/weather/paris', { credential: KEY }),
) {
  const { gateway } = openFixture({ ...routes, deps: { authorizer: authorizerWith(...policies) } });
  const { status: sent, problem } = seen(await gateway.handler(request));
  return problem === undefined ? sent : `${sent} ${problem.reason}`;
}

const open = route('open', { match: { path: '/*', methods: ['GET'] }, authenticate: ['anonymous'] });
const byPolicy = route('weather', {
  ...weatherRoute.spec,
  authorize: { ...weatherRoute.spec.authorize, scopes: [], policies: 'required' },
});

const NO_TEST_KEYS =
  'forbid(principal, action, resource) when { principal has environment && principal.environment == "test" };';
const ofKey = (environment: 'live' | 'test') =>
  principal({ credential: { type: 'api_key', id: 'key_1', environment } });

describe('with the real authorizer', () => {
  test.each([
    ['a scope', [], { routes: [weatherRoute] }, 0],
    [
      'no scope',
      [],
      { routes: [weatherRoute], credentials: { [KEY]: principal({ scopes: [] }) } },
      '403 missing_scope',
    ],
    [
      'a scope, but forbidden',
      ['forbid(principal, action, resource == City::"paris");'],
      { routes: [weatherRoute] },
      '403 forbidden_by_policy',
    ],
    ['another city forbidden', ['forbid(principal, action, resource == City::"rome");'], { routes: [weatherRoute] }, 0],
    ['no policy', [], { routes: [byPolicy] }, '403 no_policy_permits'],
    [
      'a policy on the path parameter',
      ['permit(principal, action == Action::"weather:read", resource) when { context.parameters.city == "paris" };'],
      { routes: [byPolicy] },
      0,
    ],
    [
      'a policy that forbids test keys, and a test key',
      [NO_TEST_KEYS],
      { routes: [weatherRoute], credentials: { [KEY]: ofKey('test') } },
      '403 forbidden_by_policy',
    ],
    ['the same, and a live key', [NO_TEST_KEYS], { routes: [weatherRoute], credentials: { [KEY]: ofKey('live') } }, 0],
    ['the same, and whoever has no key', [NO_TEST_KEYS], { routes: [weatherRoute] }, 0],
    [
      'a policy that permits live keys, and a test key',
      ['permit(principal, action, resource) when { principal has environment && principal.environment == "live" };'],
      { routes: [byPolicy], credentials: { [KEY]: ofKey('test') } },
      '403 no_policy_permits',
    ],
    [
      'a policy on the address',
      ['permit(principal, action, resource) when { context.ip == "192.0.2.1" };'],
      { routes: [byPolicy] },
      '403 no_policy_permits',
    ],
    [
      'a policy on what the request is',
      [
        'permit(principal, action, resource) when { context.method == "GET" && context.path == "/weather/paris" && context.route == "weather" && !context.encrypted };',
      ],
      { routes: [byPolicy] },
      0,
    ],
    [
      'a policy on the host, which a port and a final dot do not get around',
      ['forbid(principal, action, resource) when { context.host == "api.test" };'],
      { routes: [weatherRoute] },
      '403 forbidden_by_policy',
      head('/weather/paris', { credential: KEY, host: 'api.test.:7800' }),
    ],
    ['an open route', [], { routes: [open] }, 0],
    [
      'an open route, forbidden',
      ['forbid(principal, action, resource == Route::"open");'],
      { routes: [open] },
      '403 forbidden_by_policy',
    ],
  ] as const)('%s', async (_what, policies, routes, expected, request?: RequestHead) => {
    expect(await status([...policies], routes as unknown as Parameters<typeof openFixture>[0], request)).toBe(expected);
  });
});
