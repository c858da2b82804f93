import {
  type BucketRule,
  type BucketState,
  bucketRule,
  takeToken,
  tokensLeft,
  untilFull,
  untilToken,
} from './token-bucket.ts';

/** One limit, prepared when the configuration is loaded. */
export interface Limit {
  /** Names the limit across restarts and replicas: tenant, what it hangs on, and its numbers. */
  readonly key: string;
  /** Shown in `RateLimit-Policy` and `RateLimit`. */
  readonly name: string;
  readonly requests: number;
  readonly perSeconds: number;
  readonly rule: BucketRule;
}

export interface Charge {
  readonly limit: Limit;
  /** Whose bucket: a credential, a principal or an address. */
  readonly subject: string;
}

export interface LimitOutcome {
  readonly allowed: boolean;
  /** The limit with the fewest tokens left: the one that refused, if one did. */
  readonly limit: Limit;
  readonly remaining: number;
  /** Until there is a token again when refused, until the bucket is full otherwise. Whole seconds, rounded up. */
  readonly resetSeconds: number;
}

/**
 * Counts requests. A request takes one token from every bucket it is charged to, or from none: a request that one limit
 * refuses costs nothing at the others. Memory answers at once; a shared store may take its time.
 * `now` is monotonic, in milliseconds, so that setting the wall clock neither opens nor closes a limit.
 */
export interface Limiter {
  take(charges: readonly [Charge, ...Charge[]], now: number): LimitOutcome | Promise<LimitOutcome>;
}

export function makeLimit(
  key: string,
  name: string,
  spec: { requests: number; perSeconds: number; burst?: number | undefined },
): Limit {
  const rule = bucketRule(spec);
  return {
    key: `${key}\n${spec.requests}/${spec.perSeconds}/${rule.capacity}`,
    name,
    requests: spec.requests,
    perSeconds: spec.perSeconds,
    rule,
  };
}

/** Buckets kept at most, in two generations. About 150 bytes each. */
export const BUCKETS_MAX = 200_000;

/**
 * Buckets in this process. Those used lately are kept: when the young generation is full, the old one is dropped and the
 * young one becomes old. Dropped is at worst a bucket that was not touched during the last hundred thousand others; its
 * owner then starts with a full one. A flood of new addresses can reach that, and gains one burst by it.
 */
export class MemoryLimiter implements Limiter {
  readonly #generationMax: number;
  #young = new Map<string, BucketState>();
  #old = new Map<string, BucketState>();

  constructor(bucketsMax = BUCKETS_MAX) {
    this.#generationMax = Math.max(1, Math.floor(bucketsMax / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  take(charges: readonly [Charge, ...Charge[]], now: number): LimitOutcome {
    let { limit } = charges[0];
    let state = this.#bucket(charges[0]);
    let left = tokensLeft(limit.rule, state, now);
    const states = [state];
    for (let index = 1; index < charges.length; index += 1) {
      const charge = charges[index];
      if (charge === undefined) break;
      const other = this.#bucket(charge);
      states.push(other);
      const here = tokensLeft(charge.limit.rule, other, now);
      if (here < left || (here === 0 && longer(charge.limit, other, limit, state, now))) {
        limit = charge.limit;
        state = other;
        left = here;
      }
    }
    if (left === 0) {
      const wait = untilToken(limit.rule, state, now);
      return { allowed: false, limit, remaining: 0, resetSeconds: Math.max(1, Math.ceil(wait / 1000)) };
    }
    for (let index = 0; index < states.length; index += 1) {
      const [charge, bucket] = [charges[index], states[index]];
      if (charge !== undefined && bucket !== undefined) takeToken(charge.limit.rule, bucket, now);
    }
    return { allowed: true, limit, remaining: left - 1, resetSeconds: Math.ceil(untilFull(state, now) / 1000) };
  }

  #bucket(charge: Charge): BucketState {
    const key = `${charge.limit.key}\n${charge.subject}`;
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const state = this.#old.get(key) ?? { fullAt: 0 };
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, state);
    return state;
  }
}

/** Of two empty buckets, the one that takes longer to give a token decides what the caller is told. */
function longer(limit: Limit, state: BucketState, other: Limit, otherState: BucketState, now: number): boolean {
  return untilToken(limit.rule, state, now) > untilToken(other.rule, otherState, now);
}
