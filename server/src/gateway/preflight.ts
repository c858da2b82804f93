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
    if (cors?.allowsOrigin(origin) !== true) {
      return refuse(exchange, { what: 'origin', asked: origin, detail: 'This origin may not use this route.' });
    }
    if (!cors.methods.has(method)) {
      return refuse(exchange, { what: 'method', asked: method, detail: 'Pages may not use this method here.' });
    }
    const unknown = names.find((name) => name !== '' && !cors.headers.has(name));
    if (unknown !== undefined) {
      const detail = `Pages may set these request headers here: ${[...cors.headers].join(', ')}. The operator of the route can allow others in \`cors\`.`;
      return refuse(exchange, { what: 'header', asked: unknown, detail });
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

/** What a caller wrote is noted only where it can't be taken for anything else in the record. */
const PLAIN = /^[\w!#$%&'*+.^`|~:/[\]-]{1,200}$/;

function refuse(
  exchange: RequestExchange,
  { what, asked, detail }: { what: 'origin' | 'method' | 'header'; asked: string; detail: string },
): Problem {
  exchange.reason = `cors_${what}`;
  exchange.note('cors', `cors ${what}, asked for ${PLAIN.test(asked) ? asked : 'something unreadable'}`);
  return problem('cors_refused', { detail, members: { reason: what } });
}
