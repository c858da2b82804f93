import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';
import { isHeaders, type UpstreamIdentity, upstreamIdentity } from '../upstream-identity.ts';

/** The last step where somebody else carries the request: who calls, in our own words, for him to pass on. */
export const grant: Step = {
  name: 'grant',
  run(exchange) {
    const identity = upstreamIdentity(exchange);
    return identity instanceof Promise
      ? identity.then((found) => granted(exchange, found))
      : granted(exchange, identity);
  },
};

/** An identity that is not sent is sent empty: a proxy that copies only what is there would let another through. */
function granted(exchange: RequestExchange, identity: UpstreamIdentity): StepResult {
  if (!isHeaders(identity)) return identity;
  exchange.allowed = true;
  exchange.note('grant', 'another program carries it');
  return { granted: identity.includes('gatehouse-identity') ? identity : ['gatehouse-identity', '', ...identity] };
}
