import { grownInts, hashPair, IntTable, nextCapacity, tagOf } from '../graph/int-table.ts';

const FIRST_KEY = 0;
const SECOND_KEY = 1;
const FIRST_COUNT = 2;
const SECOND_COUNT = 3;
const HEAD = 4;
const INTS_MIN = 1 << 10;
/** 32 MiB. */
const INTS_MAX = 8 << 20;

/** How large a cache may become: at most two bytes for each tuple, when there are many. */
export function cacheIntsMax(tuples: number): number {
  return Math.min(INTS_MAX, Math.max(1 << 16, Math.floor(tuples / 2)));
}

/**
 * Lists of integers, remembered under two numbers: a table and one array that holds all entries. When it is full,
 * everything is forgotten: starting anew is cheaper to get right than evicting, and as good with so many.
 */
export class EntryCache {
  readonly #table = new IntTable();
  readonly #hashOf = (entry: number) =>
    hashPair(this.#ints[entry + FIRST_KEY] ?? 0, this.#ints[entry + SECOND_KEY] ?? 0);
  #ints = new Int32Array(INTS_MIN);
  #length = 0;

  /** -1 when it is not there. An entry stands until the next {@link add}. */
  find(first: number, second: number): number {
    const ints = this.#ints;
    const hash = hashPair(first, second);
    const { slots, tags } = this.#table;
    const tag = tagOf(hash);
    for (let slot = this.#table.start(hash); tags[slot] !== 0; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      if (tags[slot] !== tag) continue;
      const entry = slots[slot] ?? 0;
      if (ints[entry + SECOND_KEY] === second && ints[entry + FIRST_KEY] === first) return entry;
    }
    return -1;
  }

  /** Under numbers that are not there yet. `counts` are what the entry tells of its list. */
  add(
    keys: readonly [number, number],
    counts: readonly [number, number],
    list: ArrayLike<number>,
    max: number,
  ): number {
    const size = HEAD + list.length;
    if (this.#length + size > max) this.clear();
    const wanted = this.#length + size;
    if (wanted > this.#ints.length) {
      this.#ints = grownInts(this.#ints, Math.max(wanted, nextCapacity(this.#ints.length)));
    }
    const entry = this.#length;
    this.#length = wanted;
    this.#ints.set(keys, entry);
    this.#ints.set(counts, entry + FIRST_COUNT);
    this.#ints.set(list, entry + HEAD);
    this.#table.makeRoom(this.#hashOf);
    this.#table.add(entry, hashPair(...keys));
    return entry;
  }

  drop(entry: number): void {
    this.#table.remove(entry, this.#hashOf);
  }

  firstCount(entry: number): number {
    return this.#ints[entry + FIRST_COUNT] ?? 0;
  }

  secondCount(entry: number): number {
    return this.#ints[entry + SECOND_COUNT] ?? 0;
  }

  at(entry: number, place: number): number {
    return this.#ints[entry + HEAD + place] ?? 0;
  }

  /** Is the value among the first `count` of a list that is sorted? */
  has(entry: number, count: number, value: number): boolean {
    const ints = this.#ints;
    let low = entry + HEAD;
    let high = low + count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = ints[middle] ?? 0;
      if (found === value) return true;
      if (found < value) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  copyOf(entry: number, count: number): Int32Array {
    return this.#ints.slice(entry + HEAD, entry + HEAD + count);
  }

  clear(): void {
    if (this.#length === 0) return;
    this.#table.clear();
    this.#length = 0;
  }
}
