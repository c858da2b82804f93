import { headerValue } from './cors.ts';
import { type Problem, problem } from './problems.ts';
import type { Preflight, PreflightAnswer, RequestExchange } from './request-exchange.ts';

/** Undefined: an ordinary OPTIONS request, or one about a route that leaves such questions to its upstream. */
export function readPreflight({ head, tenant, target }: RequestExchange): Preflight | undefined {
  const method = headerValue(head.headers, 'access-control-request-method');
  const origin = headerValue(head.headers, 'origin');
  if (method === undefined || origin === undefined || tenant === undefined || target === undefined) return undefined;
  const routes = tenant.candidates(head.host, target.path, method, target.query);
  const [route] = routes;
  if (route === undefined || routes.some(({ closed }) => closed !== undefined)) return undefined;
  return routes.some(({ cors }) => cors !== undefined) ? { origin, method, route, routes } : undefined;
}

/**
 * The gateway answers by itself and before authentication, since a preflight carries no credential (Fetch §4.8). A refusal
 * is told in words for the developer; the browser only sees that the headers are missing.
 */
export function answerPreflight(exchange: RequestExchange, preflight: Preflight): Problem | PreflightAnswer {
  const { origin, method, route, routes } = preflight;
  const requested = headerValue(exchange.head.headers, 'access-control-request-headers') ?? '';
  const names = requested.split(',').map((name) => name.trim().toLowerCase());
  for (const { cors } of routes) {
    if (cors?.allowsOrigin(origin) !== true) return refuse(exchange, 'origin', 'This origin may not use this route.');
    if (!cors.methods.has(method)) return refuse(exchange, 'method', 'Pages may not use this method here.');
    if (names.some((name) => name !== '' && !cors.headers.has(name))) {
      return refuse(exchange, 'header', 'Pages may not set one of these request headers here.');
    }
  }
  exchange.reason = 'preflight';
  exchange.allowed = true;
  const allowed = ['access-control-allow-origin', route.cors?.fixedOrigin ?? origin];
  if (routes.length === 1) return { preflight: [...allowed, ...(route.cors?.preflightHeaders ?? [])] };
  // Several may answer: what is said must hold for each of them, so no more is said than was asked, and not for long.
  return {
    preflight: [
      ...allowed,
      ...['access-control-allow-methods', method],
      ...(requested === '' ? [] : ['access-control-allow-headers', names.join(', ')]),
      ...(routes.every(({ cors }) => cors?.credentials) ? ['access-control-allow-credentials', 'true'] : []),
    ],
  };
}

function refuse(exchange: RequestExchange, what: 'origin' | 'method' | 'header', detail: string): Problem {
  exchange.reason = `cors_${what}`;
  return problem('cors_refused', { detail, members: { reason: what } });
}
