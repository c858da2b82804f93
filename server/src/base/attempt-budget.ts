import type { Clock } from './clock.ts';

/** How often each key may try something: so many at once, and then at a steady rate. Held in memory, and bounded. */
export interface AttemptBudget {
  /** Seconds until this key may try again, when it has tried too often. */
  retryAfterSeconds(key: string): number | undefined;
  spend(key: string): void;
  /** Gives one back: it turned out to be no failure. */
  refund(key: string): void;
}

export interface AttemptLimits {
  atOnce: number;
  perSecond: number;
  /** Keys remembered, those that tried last; some 200 bytes each. */
  keysMax: number;
}

/** A leaky bucket: so many attempts stood in it, then. */
interface Bucket {
  level: number;
  at: number;
}

export function createAttemptBudget(
  { clock }: { clock: Clock },
  { atOnce, perSecond, keysMax }: AttemptLimits,
): AttemptBudget {
  // A Map keeps insertion order; whoever tries is taken out and put back at the end.
  const buckets = new Map<string, Bucket>();
  const levelOf = (key: string, now: number): number => {
    const bucket = buckets.get(key);
    return bucket === undefined ? 0 : Math.max(0, bucket.level - ((now - bucket.at) / 1000) * perSecond);
  };
  const add = (key: string, amount: number) => {
    const now = clock.now();
    const level = Math.max(0, levelOf(key, now) + amount);
    buckets.delete(key);
    buckets.set(key, { level, at: now });
    if (buckets.size <= keysMax) return;
    const [oldest] = buckets.keys();
    if (oldest !== undefined) buckets.delete(oldest);
  };

  return {
    retryAfterSeconds(key) {
      if (buckets.size === 0) return undefined;
      const over = levelOf(key, clock.now()) + 1 - atOnce;
      return over > 0 ? Math.ceil(over / perSecond) : undefined;
    },
    spend: (key) => add(key, 1),
    refund: (key) => add(key, -1),
  };
}
