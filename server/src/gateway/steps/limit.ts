import type { Principal } from '#base';
import { type Charge, type Limit, type LimitOutcome, rateLimitNumbers, rateLimitPolicy, rateLimitStart } from '#limits';
import { inOnePiece } from '../one-piece.ts';
import { type MadeLines, MadeNames } from '../own-headers.ts';
import { problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';
import { SUBJECTS } from '../subjects.ts';

/** Counts the request against the route's limits and the plan's. Denied requests cost nothing. */
export const limit: Step = {
  name: 'limit',
  run(exchange) {
    const { route, principal, tenant } = exchange;
    if (route === undefined || principal === undefined || tenant === undefined) return problem('gateway_failed');
    let { limits } = route;
    if (principal.plan !== undefined) {
      const planned = tenant.planLimits(principal.plan);
      if (planned === undefined) {
        exchange.reason = 'plan_unavailable';
        return problem('plan_unavailable');
      }
      // A plan counts everything its holder does, on all routes together.
      limits = [...limits, ...planned];
    }
    const [first] = limits;
    if (first === undefined) return undefined;
    const charges: Charges = [chargeOf(first, exchange, principal)];
    for (let index = 1; index < limits.length; index += 1) {
      const next = limits[index];
      if (next !== undefined) charges.push(chargeOf(next, exchange, principal));
    }
    const outcome = exchange.parts.limiter.take(charges, exchange.head.receivedAt, exchange.at);
    return outcome instanceof Promise ? judgeLater(exchange, charges, outcome) : judge(exchange, charges, outcome);
  },
};

type Charges = [Charge, ...Charge[]];

function chargeOf(limit: Limit, exchange: RequestExchange, principal: Principal): Charge {
  return { limit, subject: SUBJECTS[limit.by](principal, exchange) };
}

/** Apart from the step: a closure in there would cost each request an object. */
function judgeLater(exchange: RequestExchange, charges: Charges, outcome: Promise<LimitOutcome>): Promise<StepResult> {
  return outcome.then((result) => judge(exchange, charges, result));
}

function judge(exchange: RequestExchange, charges: readonly Charge[], outcome: LimitOutcome): StepResult {
  if (outcome.unavailable === true) {
    exchange.reason = 'limits_unavailable';
    return problem('limits_unavailable', { headers: ['retry-after', '1'] });
  }
  exchange.responseHeaders.addMade(NAMES, rateLimitLines(charges, outcome));
  if (outcome.allowed) {
    for (const charge of charges) if (charge.limit.form === 'concurrency') exchange.held = charges;
    return undefined;
  }
  exchange.reason = 'limited';
  exchange.note('limit', refusedBy(charges, outcome, exchange.principal?.plan));
  return problem('request_limit_reached', {
    members: { limit: outcome.limit.name, retry_after: outcome.resetSeconds },
    headers: ['retry-after', String(outcome.resetSeconds)],
  });
}

/** Which limit it was, whose, and for how long: for who asks later why. */
function refusedBy(charges: readonly Charge[], { limit, resetSeconds }: LimitOutcome, plan = ''): string {
  const { form, name, requests, per, perSeconds, by } = limit;
  const numbers =
    form === 'concurrency'
      ? `${requests} at once`
      : `${requests} in ${per === undefined ? `${perSeconds} s` : `a ${per}`}`;
  const subject = charges.find((charge) => charge.limit === limit)?.subject ?? '';
  const whose = subject === '' ? '' : ` (${subject})`;
  const where = /^plan\b/.test(name) ? `${name} (${plan})` : name;
  return `limited by ${where}, ${numbers} by ${by}${whose}, room again after ${resetSeconds} s`;
}

const NAMES = new MadeNames('ratelimit-policy', 'ratelimit');

/** A limit is named by us, by what it hangs on and its place; the rest are numbers. */
function rateLimitLines(charges: readonly Charge[], outcome: LimitOutcome): MadeLines {
  const start = charges.length === 1 ? startOfOne(outcome.limit) : startOf(charges.map(toLimit), outcome.limit);
  return `${start}${rateLimitNumbers(outcome)}\r\n` as MadeLines;
}

/** For one limit alone it is made once; a limit lives as long as its snapshot. */
const STARTS = new WeakMap<Limit, string>();

function startOfOne(limit: Limit): string {
  let start = STARTS.get(limit);
  if (start === undefined) {
    start = inOnePiece(startOf([limit], limit));
    STARTS.set(limit, start);
  }
  return start;
}

/** Both lines, up to the numbers that are others for each request. */
function startOf(limits: readonly Limit[], tightest: Limit): string {
  return `ratelimit-policy: ${rateLimitPolicy(limits)}\r\nratelimit: ${rateLimitStart(tightest)}`;
}

const toLimit = ({ limit }: Charge): Limit => limit;
