/**
 * A token bucket in one number, by the generic cell rate algorithm: instead of counting tokens, it keeps the instant at
 * which the bucket would be full again. Nothing has to run in the background, and no rounding piles up.
 */
export interface BucketRule {
  /** Milliseconds in which one token comes back. */
  readonly intervalMilliseconds: number;
  /** Tokens the bucket holds. */
  readonly capacity: number;
}

export interface BucketState {
  /** When the bucket will be full again, on the caller's monotonic clock. Past or 0: it is full. */
  fullAt: number;
}

export function bucketRule(limit: { requests: number; perSeconds: number; burst?: number | undefined }): BucketRule {
  return { intervalMilliseconds: (limit.perSeconds * 1000) / limit.requests, capacity: limit.burst ?? limit.requests };
}

/**
 * Whole tokens in the bucket now. The smallest part of a token is given away, so that a caller who waits exactly as
 * long as he was told is not refused for the last bit of a floating-point number.
 */
export function tokensLeft(rule: BucketRule, state: BucketState, now: number): number {
  const missing = (state.fullAt - now) / rule.intervalMilliseconds;
  if (missing <= 0) return rule.capacity;
  return Math.max(0, Math.floor(rule.capacity - missing + ROUNDING));
}

/** Takes one token. Only after {@link tokensLeft} said that there is one. */
export function takeToken(rule: BucketRule, state: BucketState, now: number): void {
  state.fullAt = Math.max(state.fullAt, now) + rule.intervalMilliseconds;
}

/** Milliseconds until there is a token; 0 when there is one. */
export function untilToken(rule: BucketRule, state: BucketState, now: number): number {
  return Math.max(0, state.fullAt - now - (rule.capacity - 1) * rule.intervalMilliseconds);
}

/** Milliseconds until the bucket is full. */
export function untilFull(state: BucketState, now: number): number {
  return Math.max(0, state.fullAt - now);
}

const ROUNDING = 1e-6;
