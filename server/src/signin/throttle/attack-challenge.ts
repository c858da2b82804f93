/** Why an attempt is looked at more closely. */
export type Suspicion = 'many_accounts' | 'many_failures';

/**
 * Asked before an attempt that looks like part of an attack is let through: a puzzle, an external service, or only time.
 * Of honest people some are among them, so nobody is refused who passes.
 */
export interface AttackChallenge {
  demand(asked: { tenantId: string; network: string; suspicion: Suspicion }): Promise<{ passed: boolean }>;
}

/** What somebody who tries in bulk pays with, and somebody who signs in once a day hardly notices. */
const DELAY_MS = 1_000;
/** So many wait at once; those beyond are told to come back. */
const WAITING_MAX = 200;

/** Shipped: it only delays. */
export function delayOnly({ wait }: { wait: (milliseconds: number) => Promise<void> }): AttackChallenge {
  let waiting = 0;
  return {
    async demand() {
      if (waiting >= WAITING_MAX) return { passed: false };
      waiting += 1;
      try {
        await wait(DELAY_MS);
        return { passed: true };
      } finally {
        waiting -= 1;
      }
    },
  };
}

/** Nothing is asked: for tests. */
export const NO_CHALLENGE: AttackChallenge = { demand: async () => ({ passed: true }) };
