import { type Clock, networkOf } from '#base';

/**
 * Keeps what strangers can cost at bounds: each refused request is a look at the database and a line in the log. Counted
 * by network and never by client, or anyone could lock a client out; and a client that proves itself with its secret
 * always passes (see {@link identifyClient}), so that sharing a network with a failing one costs it nothing. Guessing
 * is not the worry here: our secrets, codes and tokens hold at least 160 random bits.
 */
export interface FailureThrottle {
  /** Seconds until this network may fail again, when it has failed too often. */
  retryAfterSeconds(address: string): number | undefined;
  failed(address: string): void;
}

/** An office whose people's sessions all ran out over night fails once for each of them. */
const FAILURES_AT_ONCE = 300;
const FAILURES_PER_SECOND = 10;
/** Networks remembered, those that failed last; some 200 bytes each. */
const NETWORKS_MAX = 20_000;

/** A leaky bucket: so many failures stood in it, then. */
interface Bucket {
  level: number;
  at: number;
}

export function createFailureThrottle(
  { clock }: { clock: Clock },
  networksMax: number = NETWORKS_MAX,
): FailureThrottle {
  // A Map keeps insertion order; whoever fails is taken out and put back at the end.
  const buckets = new Map<string, Bucket>();
  const levelOf = (network: string, now: number): number => {
    const bucket = buckets.get(network);
    return bucket === undefined ? 0 : Math.max(0, bucket.level - ((now - bucket.at) / 1000) * FAILURES_PER_SECOND);
  };

  return {
    retryAfterSeconds(address) {
      if (buckets.size === 0) return undefined;
      const over = levelOf(networkOf(address), clock.now()) + 1 - FAILURES_AT_ONCE;
      return over > 0 ? Math.ceil(over / FAILURES_PER_SECOND) : undefined;
    },
    failed(address) {
      const network = networkOf(address);
      const now = clock.now();
      const level = levelOf(network, now) + 1;
      buckets.delete(network);
      buckets.set(network, { level, at: now });
      if (buckets.size <= networksMax) return;
      const [oldest] = buckets.keys();
      if (oldest !== undefined) buckets.delete(oldest);
    },
  };
}
