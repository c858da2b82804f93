import { problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';

/** The last step where somebody else carries the request: who calls, in our own words, for him to pass on. */
export const grant: Step = {
  name: 'grant',
  run(exchange) {
    const { route, principal, parts } = exchange;
    if (route === undefined || principal === undefined) return problem('gateway_failed');
    if (route.identityAudience === undefined) return granted(exchange, '');
    const identity = parts.identity.identityFor(principal, route.identityAudience, exchange.at);
    return identity instanceof Promise
      ? identity.then((token) => granted(exchange, token))
      : granted(exchange, identity);
  },
};

/** An identity that is not sent is sent empty: a proxy that copies only what is there would let another through. */
function granted(exchange: RequestExchange, identity: string): StepResult {
  exchange.allowed = true;
  return { granted: ['gatehouse-identity', identity] };
}
