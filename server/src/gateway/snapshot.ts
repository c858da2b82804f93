import { anonymousPrincipal, type Principal } from '#base';
import { type Limit, type LimitSpec, makeLimit } from '#limits';
import { type CompiledRoute, compileRoute } from './compile-route.ts';
import { gatewayErrors } from './errors.ts';
import type { RawHeaders } from './exchange.ts';
import type { GatewayMetrics, RouteMetrics } from './metrics.ts';
import { type CompiledDocument, compiledDocument } from './openapi/compile-document.ts';
import type { ApiDocumentSpec } from './openapi/document-spec.ts';
import type { ApiPlace, GatewayConfiguration, Named, TenantConfiguration } from './ports.ts';
import { passedApi, type RouteSpec } from './route-spec.ts';
import { type RouteMatch, Router } from './router.ts';
import { type CompiledSession, compileSession } from './sessions/compile-session.ts';
import type { UpstreamGroup } from './upstreams/upstream-group.ts';
import type { UpstreamGroups } from './upstreams/upstream-groups.ts';
import type { UpstreamSpec } from './upstreams/upstream-spec.ts';

/** Everything the data plane knows of its configuration, at one instant. Never changed: replaced as a whole. */
export interface GatewaySnapshot {
  readonly version: number;
  readonly routeCount: number;
  /** Who answers for this host (lower case, may hold a port). */
  tenantFor(host: string): TenantSnapshot | undefined;
  /** Counters for requests that no tenant took. */
  readonly unmatched: RouteMetrics;
  /** Faults found on the way that did not stop it, for the log. */
  readonly warnings: readonly string[];
  /** Routes that can't be used as they are stored. */
  readonly broken: readonly string[];
  readonly tenants: ReadonlyMap<string, TenantSnapshot>;
}

export interface TenantSnapshot {
  readonly tenantId: string;
  /** Whoever calls a route that asks for no credential. */
  readonly anonymous: Principal;
  /** Counters for requests that no route took. */
  readonly unmatched: RouteMetrics;
  match(
    host: string,
    path: string,
    method: string,
    headers?: RawHeaders,
    query?: string,
  ): RouteMatch<CompiledRoute> | undefined;
  /** Every route that could answer, whatever the headers will be. Best first. */
  candidates(host: string, path: string, method: string, query: string): readonly CompiledRoute[];
  /** Methods that routes answer on this path; empty when there is none. */
  allowed(host: string, path: string, headers?: RawHeaders, query?: string): string[];
  planLimits(plan: string): readonly Limit[] | undefined;
  /** Where people sign in, by name. */
  readonly sessions: ReadonlyMap<string, CompiledSession>;
  /** By name, with what each was made of: what did not change is used again by the next snapshot. */
  readonly compiled: ReadonlyMap<string, Compiled>;
}

interface Compiled {
  readonly spec: RouteSpec;
  /** Of the upstream it names. */
  readonly upstream: UpstreamSpec | undefined;
  /** Of the one for test keys. */
  readonly testUpstream: UpstreamSpec | undefined;
  readonly audience: string | undefined;
  /** The API whose tokens the upstream gets. */
  readonly engine: string | undefined;
  readonly passed: ApiPlace | undefined;
  readonly document: CompiledDocument | undefined;
  readonly route: CompiledRoute;
}

export interface SnapshotContext {
  version: number;
  metrics: GatewayMetrics;
  upstreams?: UpstreamGroups | undefined;
  resourceMetadataUrl?: ((api: string) => string | undefined) | undefined;
  /** The snapshot in use; none at the start. */
  previous?: GatewaySnapshot | undefined;
}

/**
 * Routes are checked when they are written; one that can't be used all the same was written by a newer program, or behind
 * our back. It goes on as it last was, and is left out when it never was: it must not keep every other change, such as
 * one that closes something, from taking effect.
 * @throws `configuration_unusable` at the start: without the route a broader one could answer under weaker rules.
 */
export function buildSnapshot(configuration: GatewayConfiguration, context: SnapshotContext): GatewaySnapshot {
  const byHost = new Map<string, TenantSnapshot>();
  let others: TenantSnapshot | undefined;
  const warnings: string[] = [];
  const broken: string[] = [];
  const tenants = new Map<string, TenantSnapshot>();
  const used = new Set<RouteMetrics>();
  const groups = new Set<UpstreamGroup>();
  let routeCount = 0;
  for (const tenant of configuration.tenants) {
    const snapshot = buildTenant(tenant, context, { warnings, broken, used, groups });
    tenants.set(tenant.tenantId, snapshot);
    routeCount += tenant.routes.length;
    if (tenant.hosts === '*') others ??= snapshot;
    else for (const host of tenant.hosts) byHost.set(host, snapshot);
  }
  context.metrics.keepOnly(used);
  context.upstreams?.keepOnly(groups);
  return {
    version: context.version,
    routeCount,
    warnings,
    broken,
    tenants,
    unmatched: context.metrics.route('', ''),
    tenantFor: byHost.size === 0 ? () => others : (host) => byHost.get(hostName(host)) ?? others,
  };
}

/** What is found on the way through all tenants. */
interface Findings {
  warnings: string[];
  broken: string[];
  used: Set<RouteMetrics>;
  groups: Set<UpstreamGroup>;
}

function buildTenant(
  tenant: TenantConfiguration,
  context: SnapshotContext,
  { warnings, broken, used, groups }: Findings,
): TenantSnapshot {
  const { tenantId } = tenant;
  const apis = new Map(tenant.apis.map(({ name, spec }) => [name, spec]));
  const upstreams = new Map<string, UpstreamGroup>();
  for (const { name, spec } of tenant.upstreams ?? []) {
    const group = context.upstreams?.group(tenantId, name, spec);
    if (group !== undefined) upstreams.set(name, group);
  }
  for (const group of upstreams.values()) groups.add(group);
  const upstreamOf = (name: string) => upstreams.get(name);
  const documents = new Map((tenant.documents ?? []).map(({ name, spec }) => [name, spec]));
  const documentOf = (name: string) => usable(documents.get(name));
  const sessions = new Map((tenant.sessions ?? []).map((each) => [each.name, compileSession(tenantId, each)]));
  const everyHost = new Router<CompiledRoute>();
  const byHost = new Map<string, Router<CompiledRoute>>();
  const before = context.previous?.tenants.get(tenantId)?.compiled;
  const compiled = new Map<string, Compiled>();
  for (const route of [...tenant.routes].sort(olderFirst)) {
    const known = before?.get(route.name);
    const metrics = known?.route.metrics ?? context.metrics.route(tenantId, route.name);
    used.add(metrics);
    const { resourceMetadataUrl } = context;
    let kept: Compiled | undefined;
    try {
      kept = compile(route, known, { tenantId, apis, metrics, upstreamOf, documentOf, resourceMetadataUrl });
    } catch (cause) {
      const fault = unusable(route.name, cause);
      if (context.previous === undefined) throw fault;
      broken.push(fault.message);
      kept = known;
    }
    if (kept === undefined) continue;
    compiled.set(route.name, kept);
    const { host, methods } = kept.spec.match;
    const router = host === undefined ? everyHost : (byHost.get(host) ?? new Router<CompiledRoute>());
    if (host !== undefined) byHost.set(host, router);
    const { pattern, conditions } = kept.route;
    const entry = { value: kept.route, pattern, methods, priority: kept.spec.priority, conditions };
    for (const conflict of router.add(entry)) {
      warnings.push(`route ${route.name} matches the same requests as ${conflict.value.name}, which keeps them`);
    }
  }
  const plans = new Map(tenant.plans.map((plan) => [plan.name, planLimits(tenantId, plan)]));
  return {
    tenantId,
    anonymous: anonymousPrincipal(tenantId),
    unmatched: context.metrics.route(tenantId, ''),
    // A route for this host goes before one for every host.
    match(host, path, method, headers, query) {
      const own = byHost.size === 0 ? undefined : byHost.get(hostName(host))?.match(path, method, headers, query);
      return own ?? everyHost.match(path, method, headers, query);
    },
    candidates(host, path, method, query) {
      const own = byHost.get(hostName(host))?.candidates(path, method, query);
      if (own?.final === true) return own.values;
      return [...(own?.values ?? []), ...everyHost.candidates(path, method, query).values];
    },
    allowed(host, path, headers, query) {
      const own = byHost.get(hostName(host))?.allowed(path, isOpen, headers, query) ?? [];
      return [...new Set([...own, ...everyHost.allowed(path, isOpen, headers, query)])].sort();
    },
    planLimits: (plan) => plans.get(plan),
    sessions,
    compiled,
  };
}

/** A disabled route is not spoken of. */
function isOpen(route: CompiledRoute): boolean {
  return route.closed !== 'disabled';
}

function compile(
  route: Named<RouteSpec>,
  known: Compiled | undefined,
  context: Parameters<typeof compileRoute>[1],
): Compiled {
  const { spec } = route;
  const audience = spec.api === undefined ? undefined : context.apis.get(spec.api)?.audience;
  const engine = spec.api === undefined ? undefined : context.apis.get(spec.api)?.engine;
  const passed = context.apis.get(passedApi(spec) ?? '');
  const upstream = context.upstreamOf?.(spec.upstream.name ?? '')?.spec;
  const testUpstream = context.upstreamOf?.(spec.upstream.test?.name ?? '')?.spec;
  const document = spec.openapi && context.documentOf?.(spec.openapi.document);
  const same =
    known?.audience === audience &&
    known?.engine === engine &&
    known?.passed === passed &&
    known?.upstream === upstream &&
    known?.testUpstream === testUpstream;
  return known?.spec === spec && same && known.document === document
    ? known
    : { spec, audience, engine, passed, upstream, testUpstream, document, route: compileRoute(route, context) };
}

/** Only what routes name is compiled. One that can't be was written by a newer program, or behind our back. */
function usable(spec: ApiDocumentSpec | undefined): CompiledDocument | undefined {
  const found = spec && compiledDocument(spec);
  return found?.problems.length === 0 ? found : undefined;
}

function unusable(name: string, cause: unknown) {
  return gatewayErrors.configuration_unusable({
    message: `Route ${name} can not be used: ${cause instanceof Error ? cause.message : 'it is malformed'}.`,
    cause,
  });
}

function planLimits(tenantId: string, { name, spec }: Named<{ limits: readonly LimitSpec[] }>) {
  return spec.limits.map((limit, index) => {
    const place = { tenantId, owner: `plan ${name}`, name: index === 0 ? 'plan' : `plan-${index + 1}` };
    return makeLimit({ ...place, by: 'principal' }, limit);
  });
}

/** So that a new route can never take over requests that an older one answers. Names settle a tie. */
function olderFirst(left: Named<RouteSpec>, right: Named<RouteSpec>): number {
  return left.createdAt - right.createdAt || (left.name < right.name ? -1 : 1);
}

/** Host without port and without the dot of a fully qualified name. */
export function hostName(host: string): string {
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':');
  const name = end <= 0 ? host : host.slice(0, end);
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
