import { type Clock, networkOf } from '#base';

/**
 * Slows guessing down. An attempt is counted *before* the password is checked, so that a thousand at once do not all pass
 * as the first, and is given back when it succeeds.
 *
 * Counted per account-and-network, and per network alone (one password tried on many accounts). Never per account
 * alone: that would let anyone lock anyone out. The name is counted whether or not it exists, so the answer tells nothing.
 */
export interface SignInThrottle {
  /** Counts an attempt. A refused one is not counted: waiting as told is always enough. */
  attempt(input: {
    account: string;
    address: string;
  }): { allowed: true } | { allowed: false; retryAfterSeconds: number };
  /** The attempt was right: forget the failures of this account from this network. */
  succeeded(input: { account: string; address: string }): void;
}

/** Failures that cost nothing, then a wait that doubles from one second up to the longest. */
const RULES = {
  account: { free: 5, longestWaitMs: 15 * 60_000 },
  // Many people may share an office's address.
  network: { free: 50, longestWaitMs: 60_000 },
} as const;

/** A count is forgotten when nothing was tried for this long. */
const FORGET_AFTER_MS = 60 * 60_000;

/** Entries kept; the one unused for longest gives way. 20,000 at some 300 bytes are 6 MB at most. */
const ENTRIES_MAX = 20_000;

interface Entry {
  failures: number;
  lastAt: number;
  notBefore: number;
}

/** In this process's memory: several processes each allow this much. */
export function createSignInThrottle({ clock }: { clock: Clock }, entriesMax: number = ENTRIES_MAX): SignInThrottle {
  // A Map keeps insertion order; a used entry is taken out and put back at the end.
  const entries = new Map<string, Entry>();

  function entryOf(key: string, now: number): Entry {
    const found = entries.get(key);
    return found !== undefined && now - found.lastAt < FORGET_AFTER_MS
      ? found
      : { failures: 0, lastAt: now, notBefore: 0 };
  }

  function count(key: string, rule: (typeof RULES)[keyof typeof RULES], now: number): void {
    const failures = entryOf(key, now).failures + 1;
    const excess = failures - rule.free;
    const wait = excess < 0 ? 0 : Math.min(1000 * 2 ** Math.min(excess, 30), rule.longestWaitMs);
    entries.delete(key);
    entries.set(key, { failures, lastAt: now, notBefore: now + wait });
    if (entries.size > entriesMax) {
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    }
  }

  return {
    attempt(input) {
      const now = clock.now();
      const keys = keysOf(input);
      const notBefore = Math.max(entryOf(keys.account, now).notBefore, entryOf(keys.network, now).notBefore);
      if (notBefore > now) return { allowed: false, retryAfterSeconds: Math.ceil((notBefore - now) / 1000) };
      count(keys.account, RULES.account, now);
      count(keys.network, RULES.network, now);
      return { allowed: true };
    },
    succeeded(input) {
      const keys = keysOf(input);
      entries.delete(keys.account);
      const network = entries.get(keys.network);
      // Its own attempt is given back; the network's other failures stand, or one good account would cover a spray.
      if (network !== undefined) {
        const failures = network.failures - 1;
        entries.set(keys.network, {
          ...network,
          failures,
          notBefore: failures < RULES.network.free ? 0 : network.notBefore,
        });
      }
    },
  };
}

function keysOf({ account, address }: { account: string; address: string }): { account: string; network: string } {
  const network = networkOf(address);
  return { account: `account ${network} ${account}`, network: `network ${network}` };
}
