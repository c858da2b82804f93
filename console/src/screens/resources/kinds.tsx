import { count } from '../../language/format.ts';
import { Words } from '../../parts/words.tsx';
import { GrantNames } from './grant-names.tsx';
import { type AnyResource, at, list, type ResourceKind, text, textColumn } from './resource-kind.ts';

const words = (read: (spec: Record<string, unknown>) => string[]) => ({
  wide: true as const,
  value: ({ spec }: AnyResource) => read(spec).join(' '),
  cell: ({ spec }: AnyResource) => <Words words={read(spec)} shown={3} />,
});

/** As people say it: `100,000 / d`. */
const PERIODS: Readonly<Record<string, string>> = { 1: 's', 60: 'min', 3600: 'h', 86400: 'd' };

function limitText(limit: unknown): string {
  const [requests, seconds] = [at(limit, 'requests'), String(at(limit, 'perSeconds'))];
  return `${typeof requests === 'number' ? count(requests) : requests} / ${PERIODS[seconds] ?? `${seconds} s`}`;
}

/** As the gateway takes it where a route does not say (`acceptedCredentials`). */
function letIn({ authenticate, api }: Record<string, unknown>): string[] {
  if (authenticate !== undefined) return list(authenticate);
  return api === undefined ? ['api_key'] : ['api_key', 'access_token'];
}

export const ROUTES: ResourceKind = {
  kind: 'route',
  plural: 'routes',
  page: 'routes',
  path: '/routes',
  columns: (title) => [
    textColumn('path', title('path'), ({ match }) => text(at(match, 'path')), { draw: (path) => <code>{path}</code> }),
    { name: 'methods', title: title('methods'), grow: 2, ...words(({ match }) => list(at(match, 'methods'))) },
    { name: 'who', title: title('who'), grow: 2.5, ...words(letIn) },
    textColumn('goesTo', title('goesTo'), ({ upstream }) => text(at(upstream, 'name')) || text(at(upstream, 'url')), {
      wide: true,
    }),
  ],
  template: {
    match: { path: '/hello', methods: ['GET'] },
    authenticate: ['api_key'],
    // Open, so that it is filled in: a route that asks for nothing lets nobody in.
    authorize: { scopes: [] },
    upstream: { url: 'http://127.0.0.1:8080' },
  },
  isImported: true,
};

export const UPSTREAMS: ResourceKind = {
  kind: 'upstream',
  plural: 'upstreams',
  page: 'upstreams',
  path: '/upstreams',
  columns: (title) => [
    {
      name: 'targets',
      title: title('targets'),
      grow: 4,
      ...words(({ targets }) => (Array.isArray(targets) ? targets.map((target) => text(at(target, 'url'))) : [])),
    },
    textColumn('description', title('description'), ({ description }) => text(description), { wide: true }),
  ],
  template: { targets: [{ url: 'http://127.0.0.1:8080' }] },
  isLasting: true,
};

export const BROWSER_SESSIONS: ResourceKind = {
  kind: 'browser_session',
  plural: 'browser_sessions',
  page: 'browser_sessions',
  path: '/browser_sessions',
  columns: (title) => [
    textColumn('origin', title('origin'), ({ origin }) => text(origin), { draw: (origin) => <code>{origin}</code> }),
    textColumn('signIn', title('signIn'), ({ client, provider }) => text(client) || text(at(provider, 'issuer'))),
    textColumn('description', title('description'), ({ description }) => text(description), { wide: true }),
  ],
  template: { origin: 'https://shop.example.com', api: '', scopes: ['openid'] },
};

export const APIS: ResourceKind = {
  kind: 'api',
  plural: 'apis',
  page: 'apis',
  path: '/apis',
  columns: (title) => [
    textColumn('audience', title('audience'), ({ audience }) => text(audience), {
      draw: (audience) => <code>{audience}</code>,
    }),
    { name: 'scopes', title: title('scopes'), grow: 3, ...words(({ scopes }) => Object.keys(scopes ?? {})) },
    textColumn('description', title('description'), ({ description }) => text(description), { wide: true }),
  ],
  template: { audience: 'https://api.example.com', scopes: {} },
  isImported: true,
};

export const PLANS: ResourceKind = {
  kind: 'plan',
  plural: 'plans',
  page: 'plans',
  path: '/plans',
  columns: (title) => [
    {
      name: 'limits',
      title: title('limits'),
      grow: 3,
      ...words(({ limits }) => (Array.isArray(limits) ? limits.map(limitText) : [])),
    },
    textColumn('description', title('description'), ({ description }) => text(description)),
  ],
  template: { limits: [{ requests: 60, perSeconds: 60 }] },
};

export const CLIENTS: ResourceKind = {
  kind: 'client',
  plural: 'clients',
  page: 'clients',
  path: '/clients',
  columns: (title) => [
    textColumn('displayName', title('displayName'), ({ displayName }) => text(displayName)),
    textColumn('type', title('type'), ({ type }) => text(type), { grow: 1.6, wide: true }),
    {
      name: 'grants',
      title: title('grants'),
      grow: 3,
      ...words(({ grants }) => list(grants)),
      cell: ({ spec: { grants } }) => <GrantNames grants={list(grants)} />,
    },
    { name: 'scopes', title: title('scopes'), grow: 3, ...words(({ scopes }) => list(scopes)) },
  ],
  template: { type: 'confidential', grants: ['client_credentials'], scopes: [], apis: [] },
  isLasting: true,
};

export const ROLES: ResourceKind = {
  kind: 'role',
  plural: 'roles',
  page: 'roles',
  path: '/roles',
  columns: (title) => [
    { name: 'permissions', title: title('permissions'), grow: 4, ...words(({ permissions }) => list(permissions)) },
    textColumn('description', title('description'), ({ description }) => text(description)),
  ],
  template: { permissions: [] },
};

export const ORGANIZATIONS: ResourceKind = {
  kind: 'organization',
  plural: 'organizations',
  page: 'organizations',
  path: '/organizations',
  columns: (title) => [
    textColumn('displayName', title('displayName'), ({ displayName }) => text(displayName), { grow: 4 }),
  ],
  template: { displayName: '' },
  isLasting: true,
};
