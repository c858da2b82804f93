import type { RawHeaders } from '../exchange.ts';
import type { PlainIdentity } from '../plain-identity.ts';
import { problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';
import { isHeaders, type UpstreamIdentity, upstreamIdentity } from '../upstream-identity.ts';

/** The last step where somebody else carries the request: who calls, in our own words, for him to pass on. */
export const grant: Step = {
  name: 'grant',
  run(exchange) {
    const claimed =
      exchange.route?.plainIdentity && claimedOtherwise(exchange.head.headers, exchange.route.plainIdentity);
    if (claimed !== undefined) {
      exchange.reason = 'identity_respelled';
      const detail = `The request carries \`${claimed}\`, which many services take for a header that is set here alone. Leave it out.`;
      return problem('identity_claimed', { detail });
    }
    const identity = upstreamIdentity(exchange);
    return identity instanceof Promise
      ? identity.then((found) => granted(exchange, found))
      : granted(exchange, identity);
  },
};

/** The proxy puts its own in the place of what has the same name, and lets pass what CGI and WSGI only read as the same. */
function claimedOtherwise(headers: RawHeaders, told: PlainIdentity): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const plain = name.replaceAll(/[^a-z0-9]/g, '-');
    if (plain !== name && told.some(([header]) => header === plain)) return name;
  }
  return undefined;
}

/** An identity that is not sent is sent empty: a proxy that copies only what is there would let another through. */
function granted(exchange: RequestExchange, identity: UpstreamIdentity): StepResult {
  if (!isHeaders(identity)) return identity;
  exchange.allowed = true;
  exchange.note('grant', 'another program carries it');
  const isSigned = identity.some((text, index) => index % 2 === 0 && text === 'gatehouse-identity');
  return {
    granted: isSigned ? identity : ['gatehouse-identity', '', ...identity],
    keyHeader: exchange.route?.keyPlaces?.header,
  };
}
