import { type Clock, networkOf, siteOf } from '#base';
import { signinErrors } from './errors.ts';

/**
 * Slows guessing down. An attempt is counted *before* the password is checked, so that a thousand at once do not all pass
 * as the first, and is given back when it succeeds.
 *
 * Counted per account-and-network, per network alone (one password tried on many accounts), and per IPv6 site, which has
 * 65,536 networks. Never per account alone: that would let anyone lock anyone out. The name is counted whether or not it exists, so the answer tells nothing.
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
  // A whole company may share one; the wait is short, and still leaves a guesser some hundred tries an hour.
  site: { free: 200, longestWaitMs: 10_000 },
} as const;

type Rule = (typeof RULES)[keyof typeof RULES];

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

  function count(key: string, rule: Rule, now: number): void {
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
      const counted = countedFor(input);
      const notBefore = Math.max(...counted.map(({ key }) => entryOf(key, now).notBefore));
      if (notBefore > now) return { allowed: false, retryAfterSeconds: Math.ceil((notBefore - now) / 1000) };
      for (const { key, rule } of counted) count(key, rule, now);
      return { allowed: true };
    },
    succeeded(input) {
      for (const { key, rule } of countedFor(input)) {
        const entry = entries.get(key);
        if (rule === RULES.account) entries.delete(key);
        else if (entry !== undefined) entries.set(key, giveBack(entry, rule));
      }
    },
  };
}

/** Its own attempt is given back; the others' failures stand, or one good account would cover a spray. */
function giveBack(entry: Entry, { free }: Rule): Entry {
  const failures = entry.failures - 1;
  return { ...entry, failures, notBefore: failures < free ? 0 : entry.notBefore };
}

function countedFor({ account, address }: { account: string; address: string }): { key: string; rule: Rule }[] {
  const network = networkOf(address);
  const site = siteOf(address);
  return [
    { key: `account ${network} ${account}`, rule: RULES.account },
    { key: `network ${network}`, rule: RULES.network },
    ...(site === undefined ? [] : [{ key: `site ${site}`, rule: RULES.site }]),
  ];
}

export function throttled(retryAfterSeconds: number) {
  return signinErrors.sign_in_throttled({
    message: `Too many attempts. Try again in ${describeWait(retryAfterSeconds)}.`,
    details: { retryAfterSeconds },
  });
}

function describeWait(seconds: number): string {
  if (seconds < 60) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
