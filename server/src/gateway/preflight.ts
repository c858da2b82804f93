import { headerValue } from './cors.ts';
import { type Problem, problem } from './problems.ts';
import type { Preflight, PreflightAnswer, RequestExchange } from './request-exchange.ts';

/** Undefined: an ordinary OPTIONS request, or one about a route that leaves such questions to its upstream. */
export function readPreflight({ head, tenant, target }: RequestExchange): Preflight | undefined {
  const method = headerValue(head.headers, 'access-control-request-method');
  const origin = headerValue(head.headers, 'origin');
  if (method === undefined || origin === undefined || tenant === undefined || target === undefined) return undefined;
  const route = tenant.match(head.host, target.path, method)?.value;
  if (route?.cors === undefined || route.closed !== undefined) return undefined;
  return { origin, method, route };
}

/**
 * The gateway answers by itself and before authentication, since a preflight carries no credential (Fetch §4.8). A refusal
 * is told in words for the developer; the browser only sees that the headers are missing.
 */
export function answerPreflight(exchange: RequestExchange, preflight: Preflight): Problem | PreflightAnswer {
  const { origin, method, route } = preflight;
  const { cors } = route;
  if (cors === undefined) return problem('gateway_failed');
  if (!cors.allowsOrigin(origin)) return refuse(exchange, 'origin', 'This origin may not use this route.');
  if (!cors.methods.has(method)) return refuse(exchange, 'method', 'Pages may not use this method here.');
  const requested = headerValue(exchange.head.headers, 'access-control-request-headers') ?? '';
  for (const name of requested.split(',')) {
    const plain = name.trim().toLowerCase();
    if (plain !== '' && !cors.headers.has(plain)) {
      return refuse(exchange, 'header', 'Pages may not set one of these request headers here.');
    }
  }
  exchange.reason = 'preflight';
  exchange.allowed = true;
  return { preflight: ['access-control-allow-origin', cors.fixedOrigin ?? origin, ...cors.preflightHeaders] };
}

function refuse(exchange: RequestExchange, what: 'origin' | 'method' | 'header', detail: string): Problem {
  exchange.reason = `cors_${what}`;
  return problem('cors_refused', { detail, members: { reason: what } });
}
