import type { Tx } from '#store';

/** A count that runs down by itself: `level` failures at the time `at`, one less for each `forgiveMs` since. */
export interface Count {
  level: number;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface CountedKey {
  key: string;
  forgiveMs: number;
  /** Counted only when that other one, counted along with it, starts at one: a pair of account and network that is new. */
  whenFirst?: string;
}

/** `times`: how much of the level was added just now. */
export interface AddedCount extends Count {
  times: number;
}

/** What many failures at once add: each key once, in one order, so that two that count the same never wait in a circle. */
export interface SummedKeys {
  always: readonly (CountedKey & { times: number })[];
  /** Each pair of a key and what must be new for it, once. */
  dependent: readonly Required<CountedKey>[];
}

export function sumUp(keys: readonly CountedKey[]): SummedKeys {
  const always = new Map<string, CountedKey & { times: number }>();
  const dependent = new Map<string, Required<CountedKey>>();
  for (const { key, forgiveMs, whenFirst } of keys) {
    if (whenFirst === undefined) always.set(key, { key, forgiveMs, times: (always.get(key)?.times ?? 0) + 1 });
    else dependent.set(`${key} ${whenFirst}`, { key, forgiveMs, whenFirst });
  }
  return { always: [...always.values()].sort(byKey), dependent: [...dependent.values()].sort(byKey) };
}

const byKey = (one: CountedKey, other: CountedKey) => (one.key < other.key ? -1 : 1);

/**
 * Where failures are counted. Reading costs no write, so a sign-in that succeeds writes nothing here unless there was
 * something to forget. `tx`: in the transaction that is open already, else in one of its own.
 */
export interface Counters {
  read(tenantId: string, keys: readonly string[], tx?: Tx): Promise<ReadonlyMap<string, Count>>;
  /** Adds one for each key, as often as it is given, after it has run down. @returns what each that was counted stands at now. */
  add(tenantId: string, keys: readonly CountedKey[], now: number, tx?: Tx): Promise<ReadonlyMap<string, AddedCount>>;
  forget(tenantId: string, key: string, tx?: Tx): Promise<void>;
}

export function levelAt({ level, at }: Count, forgiveMs: number, now: number): number {
  return Math.max(0, level - Math.max(0, now - at) / forgiveMs);
}

/** Entries kept; the one unused for longest gives way. 20,000 at some 300 bytes are 6 MB at most. */
const ENTRIES_MAX = 20_000;

/** In this process alone: for tests, and where one process is all there is. */
export function memoryCounters(entriesMax: number = ENTRIES_MAX): Counters {
  // A Map keeps insertion order; a used entry is taken out and put back at the end.
  const entries = new Map<string, Count>();
  const nameOf = (tenantId: string, key: string) => `${tenantId} ${key}`;
  return {
    async read(tenantId, keys) {
      const found = keys.map((key) => [key, entries.get(nameOf(tenantId, key))] as const);
      return new Map(found.filter((entry): entry is readonly [string, Count] => entry[1] !== undefined));
    },
    async add(tenantId, keys, now) {
      const counted = new Map<string, AddedCount>();
      const addTo = ({ key, forgiveMs }: CountedKey, times: number) => {
        const name = nameOf(tenantId, key);
        const before = entries.get(name);
        const count = { level: (before === undefined ? 0 : levelAt(before, forgiveMs, now)) + times, at: now };
        entries.delete(name);
        entries.set(name, count);
        const [oldest] = entries.keys();
        if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
        counted.set(key, { ...count, times: times + (counted.get(key)?.times ?? 0) });
      };
      const { always, dependent } = sumUp(keys);
      for (const each of always) addTo(each, each.times);
      for (const each of dependent) {
        const first = counted.get(each.whenFirst);
        if (first !== undefined && first.level <= first.times) addTo(each, 1);
      }
      return counted;
    },
    async forget(tenantId, key) {
      entries.delete(nameOf(tenantId, key));
    },
  };
}
