import type { AccessRecord } from '#audit';
import { createLogger, DEFAULT_TENANT_ID, type Decision, type DecisionRequest, type Principal } from '#base';
import { fixedClock, seededRandom } from '#testing';
import type { ExchangeOutcome, Forward, RequestHead, Verdict } from './exchange.ts';
import { type GatewayDeps, type GatewayOptions, openGateway } from './gateway-runtime.ts';
import type { Named, TenantConfiguration, Verification, VerificationReason } from './ports.ts';
import { type RouteSpec, routeSchema } from './route-spec.ts';

/** A gateway with ports of straw, for tests of this room. */

export const KEY = 'gh_live_valid';
export const TOKEN = 'eyJ.valid.token';

export function route(name: string, spec: object, createdAt = 0): Named<RouteSpec> {
  return { name, createdAt, spec: routeSchema.parse({ upstream: { url: 'http://upstream.test:9000' }, ...spec }) };
}

export const weatherRoute = route('weather', {
  match: { path: '/weather/{city}', methods: ['GET', 'POST'] },
  api: 'weather',
  authorize: {
    scopes: ['weather:read'],
    action: 'weather:read',
    resource: { type: 'City', id: '{city}' },
  },
  upstream: { url: 'http://upstream.test:9000', path: '/cities/{city}' },
});

export function principal(more: Partial<Principal> = {}): Principal {
  return {
    type: 'api_key',
    id: 'key_1',
    tenantId: DEFAULT_TENANT_ID,
    organizationId: 'org_1',
    roles: [],
    scopes: ['weather:read'],
    credential: { type: 'api_key', id: 'key_1' },
    ...more,
  };
}

const tokenPrincipal = principal({
  type: 'client',
  id: 'demo',
  credential: { type: 'access_token', id: 'jti-1', clientId: 'demo' },
});

export interface FixtureOptions extends GatewayOptions {
  routes?: Named<RouteSpec>[];
  tenant?: Partial<TenantConfiguration>;
  /** Credentials by text; a reason instead of a principal refuses. */
  credentials?: Record<string, Principal | VerificationReason>;
  /** Answer through promises, as when a signature must be verified first. */
  slow?: boolean;
  decide?: (request: DecisionRequest) => Decision;
  deps?: Partial<GatewayDeps>;
}

export function openFixture(options: FixtureOptions = {}) {
  const clock = fixedClock();
  const records: AccessRecord[] = [];
  const decisions: DecisionRequest[] = [];
  const listeners: (() => void)[] = [];
  const tenant: TenantConfiguration = {
    tenantId: DEFAULT_TENANT_ID,
    hosts: '*',
    routes: options.routes ?? [weatherRoute],
    apis: [{ name: 'weather', createdAt: 0, spec: { audience: 'https://weather.test' } }],
    plans: [],
    ...options.tenant,
  };
  const configuration = { tenants: [tenant] as TenantConfiguration[] };
  const credentials: Record<string, Principal | VerificationReason> = {
    [KEY]: principal(),
    [TOKEN]: tokenPrincipal,
    ...options.credentials,
  };
  const verify = (text: string): Verification => {
    const found = credentials[text] ?? 'unknown';
    return typeof found === 'string'
      ? { ok: false, reason: found, description: found }
      : { ok: true, principal: found };
  };
  const later = <T>(value: T): T | Promise<T> => (options.slow ? Promise.resolve(value) : value);
  const gateway = openGateway(
    {
      clock,
      random: seededRandom(),
      log: createLogger({ level: 'silent' }),
      configuration: {
        load: () => configuration,
        onChange(listener) {
          listeners.push(listener);
          return () => void listeners.splice(listeners.indexOf(listener), 1);
        },
      },
      apiKeys: { verifyApiKey: verify },
      accessTokens: { verifyAccessToken: (text) => later(verify(text)) },
      identity: { identityFor: (who, audience) => later(`identity of ${who.id} for ${audience}`) },
      authorizer: {
        decide(request) {
          decisions.push(request);
          return options.decide?.(request) ?? decideByScope(request);
        },
      },
      recorder: { record: (record) => void records.push(record) },
      changes: { silentMilliseconds: () => 0 },
      ...options.deps,
    },
    options,
  );
  return {
    gateway,
    clock,
    records,
    decisions,
    configuration,
    /** May be changed under way. */
    credentials,
    /** The resources changed: `configuration` now holds the new ones. */
    changed() {
      for (const listener of listeners) listener();
    },
    listeners,
  };
}

/** Scopes decide alone. */
export function decideByScope({ principal: who, requiredScopes = [] }: DecisionRequest): Decision {
  const missing = requiredScopes.filter((scope) => !who.scopes.includes(scope));
  return {
    allowed: missing.length === 0,
    reason: missing.length === 0 ? 'allowed' : 'missing_scope',
    summary: missing.length === 0 ? 'Allowed.' : `The credential lacks the scope ${missing.join(' ')}.`,
    policies: [],
    errors: [],
    ...(missing.length === 0 ? {} : { missingScopes: missing }),
    policyVersion: 1,
  };
}

export function head(
  target: string,
  more: Partial<RequestHead> & { credential?: string | undefined } = {},
): RequestHead {
  const { credential, headers = [], ...rest } = more;
  return {
    method: 'GET',
    target,
    host: 'api.test',
    headers: [...headers, ...(credential === undefined ? [] : ['x-api-key', credential])],
    httpVersion: '1.1',
    remoteAddress: '203.0.113.7',
    encrypted: false,
    hasBody: false,
    contentLength: undefined,
    receivedAt: 0,
    ...rest,
  };
}

export function outcome(status: number, more: Partial<ExchangeOutcome> = {}): ExchangeOutcome {
  return { status, bytesIn: 0, bytesOut: 0, durationMilliseconds: 1, aborted: false, ...more };
}

/** A verdict as the caller would see it: status 0 stands for "forwarded". */
export function seen(verdict: Verdict) {
  const headers = verdict.kind === 'reply' ? verdict.headers : forwarded(verdict).responseHeaders;
  return {
    status: verdict.kind === 'reply' ? verdict.status : 0,
    headers: headerMap(headers),
    problem: verdict.kind === 'reply' ? JSON.parse(String(verdict.body)) : undefined,
  };
}

export function headerMap(headers: readonly string[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name in map) throw new Error(`${name} appears twice`);
    map[name] = headers[index + 1] ?? '';
  }
  return map;
}

export function forwarded(verdict: Verdict): Forward {
  if (verdict.kind === 'reply') throw new Error(`answered ${verdict.status}: ${String(verdict.body)}`);
  if (verdict.kind === 'hold') throw new Error('its body is asked for');
  return verdict;
}
