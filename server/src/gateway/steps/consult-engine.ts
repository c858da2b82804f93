import { problem } from '../problems.ts';
import type { RequestExchange, Step } from '../request-exchange.ts';
import { decisionRequest } from './authorize.ts';

/**
 * What is allowed here, the external engine that the route names must allow too; no answer is a no. After the limits, so
 * that nobody reaches the engine more often than the upstream. Routes without one pass at once.
 */
export const consultEngine: Step = {
  name: 'consult engine',
  run(exchange) {
    const { route, principal } = exchange;
    if (route?.engine === undefined) return undefined;
    if (principal === undefined) return problem('gateway_failed');
    return ask(exchange, route.engine, decisionRequest(exchange, route, principal));
  },
};

async function ask(exchange: RequestExchange, engine: string, request: ReturnType<typeof decisionRequest>) {
  const answer = (await exchange.parts.externalEngines?.ask(engine, request)) ?? 'failed';
  if (answer === 'allowed') return undefined;
  exchange.reason = `external_engine_${answer}`;
  if (answer === 'failed') return problem('decision_unavailable');
  const detail = 'A policy outside of this server does not allow this call.';
  return problem('access_denied', { detail, members: { reason: exchange.reason } });
}
