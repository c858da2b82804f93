import { type Clock, networkOf, siteOf, subnetOf } from '#base';
import type { Tx } from '#store';
import { signinErrors } from '../errors.ts';
import { type AttackChallenge, NO_CHALLENGE, type Suspicion } from './attack-challenge.ts';
import { type Count, type CountedKey, type Counters, levelAt, memoryCounters } from './counters.ts';

export interface Attempt {
  tenantId: string;
  /** What was typed, or which factor of whom is tried. Whether it exists makes no difference. */
  account: string;
  /** Whom it is of, when that is known: an alarm names them. */
  userId?: string | undefined;
  address: string;
  /** This browser has signed in to the account before: others' failures elsewhere don't slow it down. */
  knownDevice?: boolean;
  /** The cookie of that browser, believed once it is known: then its guesses count by it and not by the network. */
  deviceToken?: string | undefined;
}

export type Turn = { allowed: false; retryAfterSeconds: number } | AllowedTurn;

export interface AllowedTurn {
  allowed: true;
  failure: Failure;
  /** `tx`: written along with what the caller writes. It may run twice, so it gives no place back: call `released` after. */
  failed(tx?: Tx): Promise<void>;
  succeeded(tx?: Tx): Promise<void>;
  released(): void;
}

export type Counts = ReadonlyMap<string, Count>;

/** What a failure of this attempt counts for. */
interface Failure {
  attempt: Attempt;
  keys: Keys;
}

/** An attempt that counts as under way, and of which nothing is decided yet. */
export interface Entry {
  /** What it goes by: see `countsOf`. */
  countedBy: readonly string[];
  /** Outside of a transaction: a challenge takes its time. */
  admit(known: { counts: Counts; knownDevice: boolean; userId: string | undefined }): Promise<Turn>;
  released(): void;
}

/**
 * Slows guessing down. Attempts under way are counted in this process before anything is checked, so that a thousand at
 * once do not all pass as the first; failures are counted where all processes see them.
 */
export interface SignInThrottle {
  attempt(attempt: Attempt): Promise<Turn>;
  /** For who reads more in the same transaction. */
  enter(attempt: Attempt): Entry;
  /** What was counted so far of what these of one tenant go by; one look for all of them. */
  countsOf(tenantId: string, entries: readonly Entry[], tx?: Tx): Promise<Counts>;
  /** Counts failures of one tenant, all in one statement. See {@link AllowedTurn.failed} for what comes after. */
  countFailures(tenantId: string, turns: readonly AllowedTurn[], tx?: Tx): Promise<void>;
}

const MINUTE = 60_000;

/**
 * Failures that cost nothing, then a wait that doubles from one second up to the longest; and how long it takes for one
 * failure to be forgotten. Nothing keeps the person themselves out for long: what counts an account over all networks
 * waits a minute at most, and not at all for a browser they have used before. Nor does whoever shares their network: a
 * known browser is counted by itself, and a colleague's guesses behind the same address are not held against it.
 */
export const RULES = {
  pair: { free: 5, longestWaitMs: 15 * MINUTE, forgiveMs: 12 * MINUTE },
  device: { free: 5, longestWaitMs: 15 * MINUTE, forgiveMs: 12 * MINUTE },
  account: { free: 30, longestWaitMs: MINUTE, forgiveMs: 2 * MINUTE },
  // Many people may share an office's address.
  address: { free: 50, longestWaitMs: MINUTE, forgiveMs: 72_000 },
  // A /24 of IPv4 or a /48 of IPv6: the wait is short, since many subscribers may share it.
  network: { free: 200, longestWaitMs: 10_000, forgiveMs: 18_000 },
} as const;

/** No waiting, but a challenge: how many accounts one network fails at, and how many failures a tenant sees. */
export const ALARMS = {
  many_accounts: { free: 20, forgiveMs: 3 * MINUTE },
  many_failures: { free: 1000, forgiveMs: 3_600 },
} as const satisfies Record<Suspicion, { free: number; forgiveMs: number }>;

type RuleName = keyof typeof RULES;

/** An attempt that nobody says the end of is no longer under way. */
const UNDER_WAY_MS = 30_000;

export interface ThrottleDeps {
  clock: Clock;
  counters?: Counters;
  challenge?: AttackChallenge;
  /** Told once when an alarm goes off. */
  suspect?: (found: FoundSuspicion, tx: Tx | undefined) => Promise<void>;
}

export interface FoundSuspicion {
  tenantId: string;
  network: string;
  suspicion: Suspicion;
  /** Whose account was tried when the alarm went off. */
  userId?: string | undefined;
}

export function createSignInThrottle(deps: ThrottleDeps): SignInThrottle {
  const { clock, counters = memoryCounters(), challenge = NO_CHALLENGE } = deps;
  const underWay = new Map<string, number[]>();

  /** @returns how many others are under way, by key */
  function reserve(keys: readonly string[], now: number): { before: Map<string, number>; release: () => void } {
    const before = new Map<string, number>();
    for (const key of keys) {
      const times = (underWay.get(key) ?? []).filter((at) => now - at < UNDER_WAY_MS);
      before.set(key, times.length);
      underWay.set(key, [...times, now]);
    }
    let reserved = true;
    const release = () => {
      if (!reserved) return;
      reserved = false;
      for (const key of keys) {
        const times = underWay.get(key) ?? [];
        const at = times.indexOf(now);
        // It may have counted for so long that its place was given up: another's stands there now.
        if (at !== -1) times.splice(at, 1);
        if (times.length === 0) underWay.delete(key);
      }
    };
    return { before, release };
  }

  async function countFailures(tenantId: string, failures: readonly Failure[], tx: Tx | undefined): Promise<void> {
    const counts = await counters.add(tenantId, failures.flatMap(countedFor), clock.now(), tx);
    for (const suspicion of ['many_accounts', 'many_failures'] as const) {
      // Whoever was tried last stands for the network.
      const alarms = new Map(failures.map((failure) => [failure.keys.alarms[suspicion], failure]));
      for (const [key, { attempt, keys }] of alarms) {
        const { level, times } = counts.get(key) ?? { level: 0, times: 0 };
        const { free } = ALARMS[suspicion];
        if (level < free || level - times >= free) continue;
        const { userId } = attempt;
        await deps.suspect?.(
          { tenantId, network: keys.network, suspicion, ...(userId === undefined ? {} : { userId }) },
          tx,
        );
      }
    }
  }

  function enter(attempt: Attempt): Entry {
    const { tenantId } = attempt;
    const now = clock.now();
    const keys = keysOf(attempt);
    const { before, release } = reserve(Object.values(keys.rules), now);
    const refuse = (retryAfterSeconds: number) => {
      release();
      return { allowed: false, retryAfterSeconds } as const;
    };
    return {
      released: release,
      countedBy: [...Object.values(keys.rules), ...Object.values(keys.alarms)],
      async admit({ counts, knownDevice, userId }) {
        const waitMs = longestWait(keys, counts, before, knownDevice, now);
        if (waitMs > 0) return refuse(Math.ceil(waitMs / 1000));
        const suspicion = suspicionOf(keys, counts, now);
        if (suspicion !== undefined && !knownDevice) {
          const { passed } = await challenge.demand({ tenantId, network: keys.network, suspicion });
          if (!passed) return refuse(2);
        }
        const failure = { attempt: { ...attempt, userId, knownDevice }, keys };
        return {
          allowed: true,
          failure,
          async failed(tx) {
            await countFailures(tenantId, [failure], tx);
            if (tx === undefined) release();
          },
          async succeeded(tx) {
            if (tx === undefined) release();
            // Only of this account from this network: or one good account would cover a spray.
            const known = knownDevice ? [keys.rules.device] : [];
            for (const key of [keys.rules.pair, ...known]) {
              if (key !== undefined && counts.has(key)) await counters.forget(tenantId, key, tx);
            }
          },
          released: release,
        };
      },
    };
  }

  const countsOf: SignInThrottle['countsOf'] = (tenantId, entries, tx) =>
    counters.read(tenantId, [...new Set(entries.flatMap(({ countedBy }) => countedBy))], tx);

  return {
    enter,
    countsOf,
    countFailures: (tenantId, turns, tx) =>
      countFailures(
        tenantId,
        turns.map(({ failure }) => failure),
        tx,
      ),
    async attempt(attempt) {
      const entry = enter(attempt);
      try {
        const { tenantId, knownDevice = false, userId } = attempt;
        return await entry.admit({ counts: await countsOf(tenantId, [entry]), knownDevice, userId });
      } catch (error) {
        entry.released();
        throw error;
      }
    },
  };
}

interface Keys {
  network: string;
  rules: Readonly<Record<Exclude<RuleName, 'device'>, string>> & { readonly device?: string };
  alarms: Readonly<Record<Suspicion, string>>;
}

/** Longer than any address; what is hashed and kept is bounded. */
const ACCOUNT_LENGTH_MAX = 300;

function countedFor({ attempt: { knownDevice = false }, keys }: Failure): CountedKey[] {
  return [
    ...rulesOf(keys)
      // Anybody can bring a cookie: only one that is known counts.
      .filter(([name]) => name !== 'device' || knownDevice)
      .map(([name, key]) => ({ key, forgiveMs: RULES[name].forgiveMs })),
    { key: keys.alarms.many_failures, forgiveMs: ALARMS.many_failures.forgiveMs },
    { key: keys.alarms.many_accounts, forgiveMs: ALARMS.many_accounts.forgiveMs, whenFirst: keys.rules.pair },
  ];
}

const rulesOf = ({ rules }: Keys) => Object.entries(rules) as [RuleName, string][];

function keysOf({ account: typed, address, deviceToken }: Attempt): Keys {
  const account = typed.slice(0, ACCOUNT_LENGTH_MAX);
  const single = networkOf(address);
  const network = siteOf(address) ?? subnetOf(address);
  return {
    network,
    rules: {
      pair: `pair ${single} ${account}`,
      account: `account ${account}`,
      address: `address ${single}`,
      network: `network ${network}`,
      ...(deviceToken === undefined ? {} : { device: `device ${deviceToken} ${account}` }),
    },
    alarms: { many_accounts: `accounts from ${network}`, many_failures: 'tenant' },
  };
}

function longestWait(
  keys: Keys,
  counts: ReadonlyMap<string, Count>,
  before: ReadonlyMap<string, number>,
  knownDevice: boolean,
  now: number,
): number {
  const byItself = knownDevice && keys.rules.device !== undefined;
  const waits = rulesOf(keys).map(([name, key]) => {
    if (name === 'account' && knownDevice) return 0;
    if (name === (byItself ? 'pair' : 'device')) return 0;
    const { free, longestWaitMs, forgiveMs } = RULES[name];
    const count = counts.get(key) ?? { level: 0, at: now };
    const excess = Math.floor(levelAt(count, forgiveMs, now) + ROUNDING) - free;
    // What is under way may yet turn out right: it holds the place for a second, and lengthens nothing.
    if (excess < 0) return excess + (before.get(key) ?? 0) < 0 ? 0 : 1000;
    const wait = count.at + Math.min(1000 * 2 ** Math.min(excess, 30), longestWaitMs) - now;
    return wait <= 0 && (before.get(key) ?? 0) > 0 ? 1000 : wait;
  });
  return Math.max(...waits);
}

/** A failure that was just counted has run down by a trifle already. */
const ROUNDING = 0.5;

function suspicionOf(keys: Keys, counts: ReadonlyMap<string, Count>, now: number): Suspicion | undefined {
  return (Object.keys(ALARMS) as Suspicion[]).find((suspicion) => {
    const count = counts.get(keys.alarms[suspicion]);
    const { free, forgiveMs } = ALARMS[suspicion];
    return count !== undefined && levelAt(count, forgiveMs, now) >= free - ROUNDING;
  });
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
