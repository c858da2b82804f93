import { anonymousPrincipal, type Principal } from '#base';
import { type CompiledRoute, compileRoute } from './compile-route.ts';
import { gatewayErrors } from './errors.ts';
import { type Limit, makeLimit } from './limiter.ts';
import type { GatewayMetrics, RouteMetrics } from './metrics.ts';
import type { GatewayConfiguration, Named, TenantConfiguration } from './ports.ts';
import type { RouteSpec } from './route-spec.ts';
import { type RouteMatch, Router } from './router.ts';

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
}

export interface TenantSnapshot {
  readonly tenantId: string;
  /** Whoever calls a route that asks for no credential. */
  readonly anonymous: Principal;
  /** Counters for requests that no route took. */
  readonly unmatched: RouteMetrics;
  match(host: string, path: string, method: string): RouteMatch<CompiledRoute> | undefined;
  /** Methods that routes answer on this path; empty when there is none. */
  allowed(host: string, path: string): string[];
  planLimits(plan: string): readonly Limit[] | undefined;
}

export interface SnapshotContext {
  version: number;
  metrics: GatewayMetrics;
  resourceMetadataUrl?: ((audience: string) => string | undefined) | undefined;
}

/**
 * @throws `configuration_unusable` when a route can't be placed at all: without it a broader route could answer its
 * requests under weaker rules, so the snapshot before stays in use.
 */
export function buildSnapshot(configuration: GatewayConfiguration, context: SnapshotContext): GatewaySnapshot {
  const byHost = new Map<string, TenantSnapshot>();
  let others: TenantSnapshot | undefined;
  const warnings: string[] = [];
  const used = new Set<RouteMetrics>();
  let routeCount = 0;
  for (const tenant of configuration.tenants) {
    const snapshot = buildTenant(tenant, context, warnings, used);
    routeCount += tenant.routes.length;
    if (tenant.hosts === '*') others ??= snapshot;
    else for (const host of tenant.hosts) byHost.set(host, snapshot);
  }
  context.metrics.keepOnly(used);
  return {
    version: context.version,
    routeCount,
    warnings,
    unmatched: context.metrics.route('', ''),
    tenantFor: byHost.size === 0 ? () => others : (host) => byHost.get(hostName(host)) ?? others,
  };
}

function buildTenant(
  tenant: TenantConfiguration,
  context: SnapshotContext,
  warnings: string[],
  used: Set<RouteMetrics>,
): TenantSnapshot {
  const { tenantId } = tenant;
  const audiences = new Map(tenant.apis.map(({ name, spec }) => [name, spec.audience]));
  const everyHost = new Router<CompiledRoute>();
  const byHost = new Map<string, Router<CompiledRoute>>();
  for (const route of [...tenant.routes].sort(olderFirst)) {
    const metrics = context.metrics.route(tenantId, route.name);
    used.add(metrics);
    const compiled = compile(route, { tenantId, audiences, metrics, resourceMetadataUrl: context.resourceMetadataUrl });
    const { host, methods } = route.spec.match;
    const router = host === undefined ? everyHost : (byHost.get(host) ?? new Router<CompiledRoute>());
    if (host !== undefined) byHost.set(host, router);
    const entry = { value: compiled, pattern: compiled.pattern, methods, priority: route.spec.priority };
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
    match(host, path, method) {
      const own = byHost.size === 0 ? undefined : byHost.get(hostName(host))?.match(path, method);
      return own ?? everyHost.match(path, method);
    },
    allowed(host, path) {
      const own = byHost.get(hostName(host))?.allowed(path, isOpen) ?? [];
      return [...new Set([...own, ...everyHost.allowed(path, isOpen)])].sort();
    },
    planLimits: (plan) => plans.get(plan),
  };
}

/** A disabled route is not spoken of. */
function isOpen(route: CompiledRoute): boolean {
  return route.closed !== 'disabled';
}

function compile(route: Named<RouteSpec>, context: Parameters<typeof compileRoute>[1]): CompiledRoute {
  try {
    return compileRoute(route, context);
  } catch (cause) {
    throw gatewayErrors.configuration_unusable({
      message: `Route ${route.name} can not be used: ${cause instanceof Error ? cause.message : 'it is malformed'}.`,
      cause,
    });
  }
}

function planLimits(tenantId: string, { name, spec }: Named<{ limits: readonly Parameters<typeof makeLimit>[2][] }>) {
  return spec.limits.map((limit, index) =>
    makeLimit(`${tenantId} plan ${name}`, index === 0 ? 'plan' : `plan-${index + 1}`, limit),
  );
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
