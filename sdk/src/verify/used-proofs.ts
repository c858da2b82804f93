/** Remembers DPoP proofs until they are too old to be used again. Share one between processes to close replay across them. */
export interface UsedProofs {
  /** True the first time; atomic. `expiresAt` in milliseconds. */
  takeOnce(id: string, expiresAt: number): boolean | Promise<boolean>;
}

/** Remembering nothing more is no reason to forget what may still be replayed: then proofs are refused (see the caller). */
export class ProofMemoryFull extends Error {
  override readonly name = 'ProofMemoryFull';
}

const ENTRIES_MAX = 200_000;

/** In this process's memory. */
export function createUsedProofs(now: () => number, entriesMax: number = ENTRIES_MAX): UsedProofs {
  // Insertion order is nearly the order of expiry, since a proof is as old as it was made: the oldest go first.
  const used = new Map<string, number>();
  const forgetExpired = () => {
    for (const [id, expiresAt] of used) {
      if (expiresAt > now()) return;
      used.delete(id);
    }
  };
  return {
    takeOnce(id, expiresAt) {
      forgetExpired();
      if (used.has(id)) return false;
      if (used.size >= entriesMax) throw new ProofMemoryFull('too many proofs are remembered');
      used.set(id, expiresAt);
      return true;
    },
  };
}
