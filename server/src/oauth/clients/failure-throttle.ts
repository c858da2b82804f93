import { type Clock, createAttemptBudget, networkOf } from '#base';

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
const NETWORKS_MAX = 20_000;

export function createFailureThrottle(
  { clock }: { clock: Clock },
  networksMax: number = NETWORKS_MAX,
): FailureThrottle {
  const limits = { atOnce: FAILURES_AT_ONCE, perSecond: FAILURES_PER_SECOND, keysMax: networksMax };
  const budget = createAttemptBudget({ clock }, limits);
  /** Until somebody fails, nobody's address need be taken apart. */
  let someFailed = false;
  return {
    retryAfterSeconds: (address) => (someFailed ? budget.retryAfterSeconds(networkOf(address)) : undefined),
    failed(address) {
      someFailed = true;
      budget.spend(networkOf(address));
    },
  };
}
