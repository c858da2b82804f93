import type { Principal } from '#base';
import type { Charge, Limit, LimitOutcome } from '../limiter.ts';
import { problem } from '../problems.ts';
import { rateLimit, rateLimitPolicy } from '../rate-limit-headers.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';

/** Counts the request against the route's limit and the plan's. Denied requests cost nothing. */
export const limit: Step = {
  name: 'limit',
  run(exchange) {
    const { route, principal, tenant } = exchange;
    if (route === undefined || principal === undefined || tenant === undefined) return problem('gateway_failed');
    const charges: Charge[] = [];
    if (route.limit !== undefined) charges.push({ limit: route.limit, subject: subject(exchange, principal) });
    if (principal.plan !== undefined) {
      const limits = tenant.planLimits(principal.plan);
      if (limits === undefined) {
        exchange.reason = 'plan_unavailable';
        return problem('plan_unavailable');
      }
      // A plan counts everything its principal does, on all routes together.
      for (const planLimit of limits) charges.push({ limit: planLimit, subject: principal.id });
    }
    const [first, ...others] = charges;
    if (first === undefined) return undefined;
    const outcome = exchange.parts.limiter.take([first, ...others], exchange.head.receivedAt);
    if (!(outcome instanceof Promise)) return judge(exchange, charges, outcome);
    return outcome.then((result) => judge(exchange, charges, result));
  },
};

function judge(exchange: RequestExchange, charges: readonly Charge[], outcome: LimitOutcome): StepResult {
  exchange.responseHeaders.push('ratelimit-policy', policyOf(charges), 'ratelimit', rateLimit(outcome));
  if (outcome.allowed) return undefined;
  exchange.reason = 'limited';
  return problem('request_limit_reached', {
    members: { limit: outcome.limit.name, retry_after: outcome.resetSeconds },
    headers: ['retry-after', String(outcome.resetSeconds)],
  });
}

/** The text for one limit alone is made once; a limit lives as long as its snapshot. */
const POLICIES = new WeakMap<Limit, string>();

function policyOf(charges: readonly Charge[]): string {
  const [only] = charges;
  if (charges.length > 1 || only === undefined) return rateLimitPolicy(charges.map((charge) => charge.limit));
  let text = POLICIES.get(only.limit);
  if (text === undefined) {
    text = rateLimitPolicy([only.limit]);
    POLICIES.set(only.limit, text);
  }
  return text;
}

function subject(exchange: RequestExchange, principal: Principal): string {
  switch (exchange.route?.limitBy) {
    case 'ip':
      return network(exchange.client?.address ?? '');
    case 'principal':
      return principal.id;
    default:
      return credentialSubject(principal);
  }
}

/** An API key is itself. A token is its subject and client: a client that asks for a new token gets no new bucket. */
function credentialSubject({ credential, id }: Principal): string {
  return credential.type === 'access_token' ? `${id} ${credential.clientId ?? ''}` : credential.id;
}

/** One household or server has a whole /64 of IPv6 (RFC 6177): its addresses count as one. */
function network(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  while (tail !== undefined && groups.length + after.length < 8) groups.push('0');
  return `${[...groups, ...after].slice(0, 4).join(':')}::/64`;
}
