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

/** Buckets kept at most. About 150 bytes each. */
export const BUCKETS_MAX = 200_000;
/** Buckets looked at, all over the place, to find the one that is given up for a new one. */
const LOOKED_AT = 16;
/** The golden section: steps of this part of the whole never fall into step with the order in which callers came. */
const STRIDE = 0.618_033_988_749_895;

/**
 * Buckets in this process. One that is full again holds nothing worth keeping, so those are given up first; where there
 * is none, of a few the one that will be full soonest. A flood of new callers can so drive out other new callers, and
 * never hand back a quota that is spent, which has longest to go.
 */
export class MemoryLimiter implements Limiter {
  readonly #bucketsMax: number;
  readonly #buckets = new Map<string, BucketState>();
  /** The same keys by place, to look at some of them. */
  readonly #places: string[] = [];
  #hand = 0;

  constructor(bucketsMax = BUCKETS_MAX) {
    this.#bucketsMax = Math.max(1, bucketsMax);
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(charges: readonly [Charge, ...Charge[]], now: number): LimitOutcome {
    let { limit } = charges[0];
    let state = this.#bucket(charges[0], now);
    let left = tokensLeft(limit.rule, state, now);
    const states = [state];
    for (let index = 1; index < charges.length; index += 1) {
      const charge = charges[index];
      if (charge === undefined) break;
      const other = this.#bucket(charge, now);
      states.push(other);
      const here = tokensLeft(charge.limit.rule, other, now);
      if (here < left || (here === 0 && longer(charge.limit, other, limit, state, now))) {
        limit = charge.limit;
        state = other;
        left = here;
      }
    }
    // Not `left === 0`: a clock that tells no time must not open the limit.
    if (!(left >= 1)) {
      const wait = untilToken(limit.rule, state, now);
      return { allowed: false, limit, remaining: 0, resetSeconds: Math.max(1, Math.ceil(wait / 1000)) || 1 };
    }
    for (let index = 0; index < states.length; index += 1) {
      const [charge, bucket] = [charges[index], states[index]];
      if (charge !== undefined && bucket !== undefined) takeToken(charge.limit.rule, bucket, now);
    }
    return { allowed: true, limit, remaining: left - 1, resetSeconds: Math.ceil(untilFull(state, now) / 1000) };
  }

  #bucket({ limit, subject }: Charge, now: number): BucketState {
    const key = `${limit.key}\n${subject}`;
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const place = this.#places.length < this.#bucketsMax ? this.#places.length : this.#placeToGiveUp(now);
    this.#buckets.delete(this.#places[place] ?? '');
    this.#places[place] = key;
    const state = { fullAt: 0 };
    this.#buckets.set(key, state);
    return state;
  }

  #placeToGiveUp(now: number): number {
    let chosen = this.#hand;
    let fullAt = Number.POSITIVE_INFINITY;
    for (let looked = 0; looked < LOOKED_AT && fullAt > now; looked += 1) {
      this.#hand = (this.#hand + Math.ceil(this.#bucketsMax * STRIDE)) % this.#bucketsMax;
      const state = this.#buckets.get(this.#places[this.#hand] ?? '');
      if (state !== undefined && state.fullAt < fullAt) {
        chosen = this.#hand;
        fullAt = state.fullAt;
      }
    }
    return chosen;
  }
}

/** Of two empty buckets, the one that takes longer to give a token decides what the caller is told. */
function longer(limit: Limit, state: BucketState, other: Limit, otherState: BucketState, now: number): boolean {
  return untilToken(limit.rule, state, now) > untilToken(other.rule, otherState, now);
}
