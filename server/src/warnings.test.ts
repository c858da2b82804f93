import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { PolicySpec } from '#authz';
import type { RouteSpec } from '#gateway';
import { type Kind, readYamlDocuments, type World } from '#resources';
import { WARNING_CHECKS, WARNING_CODES } from '#warnings';
import { repositoryRoot } from '../test/source-tree.ts';
import { KINDS } from './kinds.ts';

async function findAll(world: World) {
  return (await Promise.all(WARNING_CHECKS.map((check) => check.find(world)))).flat();
}

/** What is told of these documents, were they all there is. */
async function told(yaml: string): Promise<string[]> {
  const documents = readYamlDocuments(KINDS, yaml);
  const world: World = {
    all: <Spec>({ kind, builtIns }: Kind<Spec>) => [
      ...[...builtIns].map(([name, spec]) => ({ name, spec })),
      ...documents
        .filter((document) => document.kind.kind === kind)
        .map(({ name, spec }) => ({ name, spec: spec as Spec })),
    ],
  };
  return (await findAll(world)).map(
    ({ code, kind, name, path, message }) => `${code} ${kind.kind}/${name} ${path}: ${message()}`,
  );
}

const API = `
kind: api
name: orders
spec: { audience: "https://orders.example.com", scopes: { "orders:read": See, "orders:write": Change } }
---`;
const route = (authorize: string, more = '') => `
kind: route
name: orders
spec:
  match: { path: "/orders/{id}", methods: [GET, HEAD] }
  upstream: { url: "http://127.0.0.1:1" }
  authorize: { ${authorize} }
  ${more}
---`;
const client = (spec: string) => `
kind: client
name: shop
spec: { type: confidential, grants: [client_credentials], ${spec} }
---`;
const policy = (cedar: string, more = '') => `
kind: policy
name: orders
spec:
  ${more}
  cedar: |
    ${cedar}
---`;
const tested = (test: string) => `
kind: policy_test
name: orders
spec: { tests: [{ name: x, expect: allow, principal: { id: u, roles: [partner], scopes: ["order:read"] }, ${test} }] }
---`;
const ROLE = 'kind: role\nname: clerk\nspec: { permissions: [] }\n---';
const ALL = 'permit (principal, action, resource)';

describe('what is told', () => {
  it.each<[string, string, string]>([
    [
      'a scope of a route that its API does not declare',
      API + route('scopes: ["orders:raed"]', 'api: orders'),
      'scope_undeclared route/orders authorize.scopes.0: the API "orders" declares no scope "orders:raed", so no access token for it carries it; did you mean "orders:read"?',
    ],
    [
      'one that is like none',
      API + route('scopes: ["orders:read", admin]', 'api: orders'),
      'scope_undeclared route/orders authorize.scopes.1: the API "orders" declares no scope "admin", so no access token for it carries it; declare it there, or leave it out',
    ],
    [
      'one of what it hides',
      API +
        route(
          'scopes: ["orders:read"]',
          'api: orders\n  mask: { groups: [{ name: x, fields: [/x], unless: { scopes: [pii] } }] }',
        ),
      'scope_undeclared route/orders mask.groups.0.unless.scopes.0: the API "orders" declares no scope "pii", so no access token for it carries it; declare it there, or leave it out',
    ],
    [
      'one of the token that goes on',
      API +
        route('scopes: ["orders:read"]', 'api: orders').replace(
          'upstream: { url: "http://127.0.0.1:1" }',
          'upstream: { url: "https://orders.example.com", accessToken: { scopes: ["orders:wirte"] } }',
        ),
      'scope_undeclared route/orders upstream.accessToken.scopes.0: the API "orders" declares no scope "orders:wirte", so no access token for it carries it; did you mean "orders:write"?',
    ],
    [
      'a scope for keys, one letter from a declared one',
      API + route('scopes: ["order:read"]'),
      'scope_undeclared route/orders authorize.scopes.0: no API declares the scope "order:read"; did you mean "orders:read"?',
    ],
    [
      'a scope of a client that none of its APIs declares',
      API + client('apis: [orders], scopes: ["orders:read", "billing:read"]'),
      'scope_undeclared client/shop scopes.1: none of its APIs ("orders") declares the scope "billing:read", so it is never given; declare it in one of them, name another API in `apis`, or leave it out',
    ],
    [
      'one of a client without APIs',
      client('scopes: ["orders:read"]'),
      'scope_undeclared client/shop scopes.0: none of its APIs declares the scope "orders:read", so it is never given; declare it in one of them, name another API in `apis`, or leave it out',
    ],
    [
      'one of clients that register themselves',
      `${API}\nkind: client_registration_policy\nname: default\nspec: { apis: [orders], scopes: [openid, "orders:rread"] }`,
      'scope_undeclared client_registration_policy/default scopes.1: none of these APIs ("orders") declares the scope "orders:rread", so it is never given; did you mean "orders:read"?',
    ],
    [
      'a role of a route',
      ROLE + route('roles: [clerc]'),
      'role_unknown route/orders authorize.roles.0: there is no role "clerc", so nobody holds it; did you mean "clerk"?',
    ],
    [
      'a role for a second factor',
      'kind: sign_in_policy\nname: default\nspec: { secondFactor: { roles: [administrators, viewer] } }',
      'role_unknown sign_in_policy/default secondFactor.roles.0: there is no role "administrators", so nobody holds it; did you mean "administrator"?',
    ],
    [
      'a role in the scope of a statement',
      route('scopes: [x]') + policy(`@id("all") permit (principal in Role::"ghost", action, resource);`),
      'role_unknown policy/orders cedar: orders.all: there is no role "ghost", so nobody holds it; create it, or name another',
    ],
    [
      'a role in a condition',
      route('scopes: [x]') + policy(`${ALL} when { principal.roles.contains("ghost") };`),
      'role_unknown policy/orders cedar: orders: there is no role "ghost", so nobody holds it; create it, or name another',
    ],
    [
      'a role of a statement about other programs, one letter from one of ours',
      ROLE + policy('permit (principal in Role::"clerc", action, resource is Invoice);'),
      'role_unknown policy/orders cedar: orders: there is no role "clerc", so nobody holds it; did you mean "clerk"?',
    ],
    [
      'a path parameter',
      route('policies: required') + policy(`${ALL} when { context.parameters.ordr == "1" };`),
      'parameter_unknown policy/orders cedar: orders: no route that this can apply to has the path parameter {ordr} of `context.parameters`; name a parameter of their paths, or take it out',
    ],
    [
      'a path parameter that other routes have',
      route('policies: required') +
        route('policies: required').replace('name: orders', 'name: carts').replace('/orders/{id}', '/carts/{cart}') +
        policy(
          `permit (principal, action, resource == Route::"orders") when { context.parameters.cart == "1" };\n    ${ALL};`,
        ),
      'parameter_unknown policy/orders cedar: orders.1: no route that this can apply to has the path parameter {cart} of `context.parameters`; name a parameter of their paths, or take it out',
    ],
    [
      'an action in other letters',
      route('scopes: [x]') + policy(`forbid (principal, action == Action::"get", resource);`),
      'action_unknown policy/orders cedar: orders: no route does Action::"get"; did you mean Action::"GET"?',
    ],
    [
      'HEAD',
      route('scopes: [x]') + policy(`forbid (principal, action in [Action::"GET", Action::"HEAD"], resource);`),
      'action_unknown policy/orders cedar: orders: HEAD counts as GET at the gateway; did you mean Action::"GET"?',
    ],
    [
      'an action of the route’s own, mistyped',
      route('scopes: [x], action: cancel') + policy(`forbid (principal, action == Action::"cancle", resource);`),
      'action_unknown policy/orders cedar: orders: no route does Action::"cancle"; did you mean Action::"cancel"?',
    ],
    [
      'a route',
      route('scopes: [x]') + policy('forbid (principal, action, resource == Route::"order");'),
      'route_unknown policy/orders cedar: orders: there is no route "order"; did you mean "orders"?',
    ],
    [
      'a scope in a policy, one letter from a declared one',
      API + policy(`${ALL} when { principal.scopes.contains("orders:reed") };`),
      'scope_undeclared policy/orders cedar: orders: no API declares the scope "orders:reed"; did you mean "orders:read"?',
    ],
    [
      'a route that no policy permits',
      route('policies: required') + policy('permit (principal, action == Action::"POST", resource);'),
      'nobody_permitted route/orders authorize.policies: no policy in force permits Action::"GET" on Route::"orders" to anybody, so every request is refused; permit it, or let scopes or roles decide alone',
    ],
    [
      'one of which policies permit another kind of thing',
      route('policies: required, action: read, resource: { type: Order, id: "{id}" }') +
        policy('permit (principal, action, resource is Ordre);'),
      'nobody_permitted route/orders authorize.policies: no policy in force permits Action::"read" on Order::"{id}" to anybody, so every request is refused; permit it, or let scopes or roles decide alone',
    ],
    [
      'one that is only forbidden, or permitted on trial',
      route('policies: required') + policy(`${ALL};`, 'mode: shadow'),
      'nobody_permitted route/orders authorize.policies: no policy in force permits Action::"GET" on Route::"orders" to anybody, so every request is refused; permit it, or let scopes or roles decide alone',
    ],
  ])('%s', async (_, yaml, expected) => {
    expect(await told(yaml)).toEqual([expected]);
  });
});

describe('nothing is told of', () => {
  it.each<[string, string]>([
    [
      'what all fits',
      API + route('scopes: ["orders:read"]', 'api: orders') + client('apis: [orders], scopes: ["orders:read"]'),
    ],
    ['scopes of a route for keys, declared nowhere', API + route('scopes: ["export:all"]')],
    ['scopes for keys that go by a number', API.replaceAll('orders:', 'v1:') + route('scopes: ["v2:read"]')],
    [
      'scopes of a route that only takes keys, of an API that declares none',
      'kind: api\nname: orders\nspec: { audience: "urn:orders" }\n---' +
        route('scopes: [x]', 'api: orders\n  authenticate: [api_key]'),
    ],
    [
      'scopes that an API takes of another issuer alone',
      API.replace(
        'audience',
        'issuers: [{ issuer: "https://login.example", scopes: { allowed: [foreign] } }], audience',
      ) + route('scopes: [foreign]', 'api: orders'),
    ],
    [
      'scopes about people',
      client('grants: [authorization_code], redirectUris: ["https://a.example/"], scopes: [openid, email]').replace(
        'grants: [client_credentials], ',
        '',
      ),
    ],
    ['roles that there are, and those of the program', ROLE + route('roles: [clerk, viewer]')],
    [
      'roles that another issuer brings',
      'kind: api\nname: orders\nspec: { audience: "urn:o", issuers: [{ issuer: "https://login.example", scopes: { allowed: [] }, roles: { claim: r, values: { a: partner } } }] }\n---' +
        route('roles: [partner]') +
        policy(`${ALL} when { principal in Role::"partner" };`),
    ],
    [
      'roles and actions that a policy test knows',
      route('scopes: [x]') +
        policy(`permit (principal in Role::"partner", action == Action::"get", resource);`) +
        tested('action: get, resource: { type: Route, id: x }'),
    ],
    [
      'roles of statements about what no route is about',
      route('scopes: [x]') + policy('permit (principal in Role::"partner", action, resource is Invoice);'),
    ],
    [
      'a parameter of one of the routes',
      route('policies: required') + policy(`${ALL} when { context.parameters.id == "1" };`),
    ],
    [
      'parameters of what no route is about',
      route('scopes: [x]') +
        policy('permit (principal, action, resource is Folder) when { context.parameters.x == "1" };'),
    ],
    [
      'parameters of actions that no route does',
      route('scopes: [x]') +
        policy('permit (principal, action == Action::"share", resource) when { context.parameters.x == "1" };'),
    ],
    [
      'actions of other programs',
      route('scopes: [x]') + policy('permit (principal, action == Action::"approve", resource);'),
    ],
    [
      'actions of other programs on things of their own',
      route('scopes: [x]') + policy('permit (principal, action == Action::"get", resource is Article);'),
    ],
    [
      'actions beside a policy schema',
      route('scopes: [x]') +
        policy('permit (principal, action == Action::"get", resource);') +
        '\nkind: policy_schema\nname: default\nspec: { cedar: "entity User, Article; action get appliesTo { principal: [User], resource: [Article] };" }',
    ],
    [
      'a route that some policy permits by type, with an id from the path',
      route('policies: required, resource: { type: Order, id: "{id}" }') +
        policy('permit (principal, action == Action::"GET", resource == Order::"17");'),
    ],
    [
      'a route that is permitted by name',
      route('policies: required') + policy('permit (principal, action, resource == Route::"orders");'),
    ],
    ['a disabled route', route('policies: required', 'enabled: false')],
    [
      'routes in policies, where something else is called so',
      route('scopes: [x], resource: { type: Route, id: "{id}" }') +
        policy('forbid (principal, action, resource == Route::"north");'),
    ],
  ])('%s', async (_, yaml) => {
    expect(await told(yaml)).toEqual([]);
  });
});

/** A second or so; whatever compared each with each would take minutes. */
test('ten thousand routes, a thousand policies and a thousand APIs are judged in seconds', async () => {
  const many = (count: number, yaml: string, change: (spec: never, at: number) => object) => {
    const [one] = readYamlDocuments(KINDS, yaml);
    const base = one?.spec as never;
    return Array.from({ length: count }, (_, at) => ({ name: `n${at}`, spec: change(base, at) }));
  };
  const all: Record<string, readonly { name: string; spec: object }[]> = {
    route: many(10_000, route('policies: required, scopes: [x]'), (spec: RouteSpec, at) => ({
      ...spec,
      match: { ...spec.match, path: `/orders/{id${at}}` },
      authorize: { ...spec.authorize, action: `do-${at}`, scopes: [`s${at}:raed`], roles: [`role-${at}`] },
    })),
    policy: many(1_000, policy(`${ALL};`), (spec: PolicySpec, at) => ({
      ...spec,
      cedar: `${ALL} when { context.parameters.p${at} == "1" && principal in Role::"ghost-${at}" };`,
    })),
    api: many(1_000, API, (spec: object, at) => ({ ...spec, scopes: { [`s${at}:read`]: 'See' } })),
  };
  const world: World = { all: <Spec>({ kind }: Kind<Spec>) => (all[kind] ?? []) as { name: string; spec: Spec }[] };
  const started = performance.now();
  const found = await findAll(world);
  const milliseconds = performance.now() - started;
  const counts = Map.groupBy(found, ({ code }) => code);
  expect(Object.fromEntries([...counts].map(([code, each]) => [code, each.length]))).toEqual({
    scope_undeclared: 1_000,
    role_unknown: 11_000,
    parameter_unknown: 1_000,
  });
  expect(milliseconds).toBeLessThan(10_000);
}, 60_000);

const EXAMPLES = globSync('examples/**/*.yaml', { cwd: repositoryRoot, exclude: ['**/node_modules/**'] })
  .toSorted()
  .filter((path) => readFileSync(join(repositoryRoot, path), 'utf8').includes('\nkind: '));

test('there are examples', () => {
  expect(EXAMPLES.length).toBeGreaterThan(3);
});

test.each(EXAMPLES)('nothing is told of %s', async (path) => {
  expect(await told(readFileSync(join(repositoryRoot, path), 'utf8'))).toEqual([]);
});

test('every code is explained in the guide', () => {
  const guide = readFileSync(join(repositoryRoot, 'docs/guides/resources.md'), 'utf8');
  expect(Object.keys(WARNING_CODES).filter((code) => !guide.includes(`| \`${code}\` |`))).toEqual([]);
});
