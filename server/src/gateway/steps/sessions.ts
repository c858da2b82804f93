import { problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';
import { SESSION_ENDPOINTS } from '../sessions/session-endpoints.ts';
import { hostName } from '../snapshot.ts';

/** Where people sign in and out of the sessions that the gateway keeps. No route can take these paths over. */
export const sessions: Step = {
  name: 'sessions',
  run(exchange) {
    const { tenant, target, parts, head } = exchange;
    if (tenant === undefined || target === undefined || tenant.sessions.size === 0) return undefined;
    for (const session of tenant.sessions.values()) {
      const { path } = session.spec;
      if (!target.path.startsWith(path) || hostName(head.host) !== session.hostname) continue;
      const rest = target.path.slice(path.length);
      if (rest !== '' && !rest.startsWith('/')) continue;
      const endpoint = Object.hasOwn(SESSION_ENDPOINTS, rest.slice(1)) ? SESSION_ENDPOINTS[rest.slice(1)] : undefined;
      if (endpoint === undefined || parts.sessions === undefined) return refused(exchange, 'route_not_found');
      if (head.method !== endpoint.method) return refused(exchange, 'method_not_allowed', ['allow', endpoint.method]);
      return endpoint.answer({ exchange, session, sessions: parts.sessions, random: parts.random });
    }
    return undefined;
  },
};

function refused(
  exchange: RequestExchange,
  code: 'route_not_found' | 'method_not_allowed',
  headers: readonly string[] = [],
): StepResult {
  exchange.reason = code;
  return problem(code, { headers });
}
