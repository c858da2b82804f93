import { decodeSegment } from '../canonical-path.ts';
import { grantOrigin } from '../cors.ts';
import { readPreflight } from '../preflight.ts';
import { problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';

/**
 * Finds the route. What has no route is denied with 404, with or without a credential, so that probing for paths tells
 * nothing that a credential would change. 405 comes before authentication as well: which methods a path has is part of
 * an API's description, not of its data.
 */
export const match: Step = {
  name: 'match',
  run(exchange) {
    const { head, target, tenant } = exchange;
    if (tenant === undefined || target === undefined) return notFound(exchange);
    if (head.method === 'OPTIONS') {
      exchange.preflight = readPreflight(exchange);
      exchange.route = exchange.preflight?.route;
      if (exchange.preflight !== undefined) return undefined;
    }
    const found = tenant.match(head.host, target.path, head.method, head.headers, target.query);
    if (found === undefined) {
      const allowed = tenant.allowed(head.host, target.path, head.headers, target.query);
      if (allowed.length === 0) return describeResource(exchange) ?? notFound(exchange);
      exchange.reason = 'method_not_allowed';
      return problem('method_not_allowed', { headers: ['allow', allowed.join(', ')] });
    }
    if (found.unclear !== undefined) {
      exchange.reason = 'route_unclear';
      return problem('request_malformed', { detail: found.unclear, members: { reason: 'route_unclear' } });
    }
    const route = found.value;
    exchange.route = route;
    if (route.cors !== undefined) grantOrigin(route.cors, head.headers, exchange.responseHeaders);
    if (route.closed === 'disabled') return notFound(exchange);
    if (route.closed === 'unusable') {
      exchange.reason = 'route_unavailable';
      return problem('route_unavailable');
    }
    exchange.captured = found.captures;
    exchange.values = found.captures.some(isEncoded) ? found.captures.map(decodeSegment) : found.captures;
    return undefined;
  },
};

function isEncoded(segment: string): boolean {
  return segment.includes('%');
}

/** RFC 9728 §3: who knows no more than an API's address learns here whom to ask for tokens. A route would come first. */
function describeResource(exchange: RequestExchange): StepResult {
  const { head, target, tenant, parts } = exchange;
  if (head.method !== 'GET' || target === undefined || tenant === undefined) return undefined;
  const document = parts.resourceMetadata?.(tenant.tenantId, { host: head.host, path: target.path });
  if (document === undefined) return undefined;
  exchange.reason = 'resource_metadata';
  exchange.allowed = true;
  return { document };
}

function notFound(exchange: RequestExchange) {
  exchange.reason = 'route_not_found';
  return problem('route_not_found');
}
