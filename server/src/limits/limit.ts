import { formOf, type LimitForm, type LimitSpec, type LimitSubject, type QuotaPeriod } from './limit-spec.ts';
import { BucketMeter, ConcurrencyMeter, type Meter, partOf, QuotaMeter, WindowMeter } from './meters.ts';
import { bucketRule } from './token-bucket.ts';

/** One limit, prepared when the configuration is loaded. */
export interface Limit {
  /** Names the limit across restarts and replicas: tenant, what it hangs on, and its numbers. */
  readonly key: string;
  /** Shown in `RateLimit-Policy` and `RateLimit`. */
  readonly name: string;
  readonly tenantId: string;
  readonly form: LimitForm;
  readonly by: LimitSubject;
  /** Of a limit of requests under way: how many. */
  readonly requests: number;
  /** 0 where no seconds are told: a quota's period, and requests under way. */
  readonly perSeconds: number;
  readonly burst: number;
  readonly per: QuotaPeriod | undefined;
  /** Of a subject that has used nothing yet. @param share which part of the limit is ours: 1 when we are alone. */
  newMeter(share: number): Meter;
}

export interface Charge {
  readonly limit: Limit;
  /** Whose: a credential, a principal, an organization, an address, or everybody on the route. */
  readonly subject: string;
}

export interface LimitOutcome {
  readonly allowed: boolean;
  /** The limit with the least left: the one that refused, if one did. */
  readonly limit: Limit;
  readonly remaining: number;
  /** Until there is room again when refused, until nothing counts any more otherwise. Whole seconds, rounded up. */
  readonly resetSeconds: number;
  /** The limits could not be looked at, and the operator wants no request to pass then. */
  readonly unavailable?: boolean;
}

/**
 * Counts requests. A request is charged to all its limits or to none: a request that one limit refuses costs nothing at
 * the others. Memory answers at once; a shared store may take its time, which is bounded.
 */
export interface Limiter {
  /** @param now monotonic milliseconds. @param at milliseconds since the epoch. */
  take(charges: readonly [Charge, ...Charge[]], now: number, at: number): LimitOutcome | Promise<LimitOutcome>;
  /** An allowed request is over: those under way are one fewer. Never throws and never waits. */
  release(charges: readonly Charge[]): void;
  /** How the sharing goes; absent where nothing is shared. */
  state?(): LimiterState;
}

export interface LimiterState {
  /** Are limits counted together with other processes now? */
  readonly shared: boolean;
  /** Processes that share them, as of when it was last known. */
  readonly processes: number;
  /** Requests that were counted together, and those that this process decided alone. */
  readonly asked: number;
  readonly alone: number;
  /** Answers that did not come in time. */
  readonly late: number;
}

export interface LimitPlace {
  tenantId: string;
  /** What it hangs on: `route weather` or `plan free`. */
  owner: string;
  name: string;
  by: LimitSubject;
}

export function makeLimit({ tenantId, owner, name, by }: LimitPlace, spec: LimitSpec): Limit {
  const form = formOf(spec);
  const subject = spec.by ?? by;
  const requests = spec.concurrent ?? spec.requests ?? 0;
  const { perSeconds = 0, burst = requests, per } = spec;
  const limit = { name, tenantId, form, by: subject, requests, perSeconds, burst, per };
  // Whoever raises a quota does not want it to begin anew, and what is under way is under way.
  const numbers = {
    bucket: `${requests}/${perSeconds}/${burst}`,
    window: `${perSeconds}`,
    quota: per,
    concurrency: '',
  };
  return {
    ...limit,
    key: `${tenantId} ${owner}\n${form}/${numbers[form] ?? ''}/${subject}`,
    newMeter: METERS[form](limit),
  };
}

const METERS: Record<LimitForm, (limit: Omit<Limit, 'key' | 'newMeter'>) => (share: number) => Meter> = {
  bucket: ({ requests, perSeconds, burst }) => {
    let rule = bucketRule({ requests, perSeconds, burst });
    let ofShare = 1;
    // All meters of a limit share one rule: the share changes for all of them together.
    const ruleOf = (share: number) => {
      if (share === ofShare) return rule;
      ofShare = share;
      rule = bucketRule({ requests: requests * share, perSeconds, burst: share === 1 ? burst : partOf(burst, share) });
      return rule;
    };
    return (share) => new BucketMeter(requests, ruleOf, share);
  },
  window:
    ({ requests, perSeconds }) =>
    (share) =>
      new WindowMeter(requests, perSeconds, share),
  quota:
    ({ requests, per = 'day' }) =>
    (share) =>
      new QuotaMeter(requests, per, share),
  concurrency:
    ({ requests }) =>
    (share) =>
      new ConcurrencyMeter(requests, share),
};

/** What a caller is told, of the limit that has least left. */
export function outcomeOf(limit: Limit, left: number, untilOne: number, untilIdle: number): LimitOutcome {
  // Not `left === 0`: a clock that tells no time must not open the limit.
  if (!(left >= 1)) {
    return { allowed: false, limit, remaining: 0, resetSeconds: Math.max(1, Math.ceil(untilOne / 1000)) || 1 };
  }
  return { allowed: true, limit, remaining: left - 1, resetSeconds: Math.ceil(untilIdle / 1000) };
}
