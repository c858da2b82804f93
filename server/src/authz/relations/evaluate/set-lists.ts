import { grownInts, IntTable, nextCapacity } from '../graph/int-table.ts';

/** What is known of a list, side by side, and the list behind it. */
const SETS = 0;
const NAMED = 1;
const HEAD = 2;
/** No list stands at 0, which says that there is none. */
const FIRST = 1;
const INTS_MIN = 1 << 8;

/** A set of a list, and the direct step that it belongs to. */
export type NamedSet = readonly [direct: number, set: number];

/**
 * Lists of sets, each kept once however often it comes: people with the same groups share one, and so do folders that nobody
 * else was given than those who have the folder above.
 */
export class SetLists {
  #ints = new Int32Array(INTS_MIN);
  #length = FIRST;
  #table = new IntTable();
  readonly #hashOf = (list: number) => this.#hash(list);

  /** What it takes, in integers of 32 bits. */
  get ints(): number {
    return this.#ints.length + this.#table.slots.length;
  }

  /** @param sets by number, each once @param named besides them, in their order */
  intern(sets: ArrayLike<number>, named: readonly NamedSet[] = []): number {
    const list = this.#length;
    this.#write(list, sets, named);
    const hash = this.#hash(list);
    const known = this.#table.find(hash, (other) => this.#isSame(other, list));
    if (known !== -1) return known;
    this.#length = list + this.#sizeOf(list);
    this.#table.add(list, hash, this.#hashOf);
    return list;
  }

  setCount(list: number): number {
    return this.#ints[list + SETS] ?? 0;
  }

  setAt(list: number, place: number): number {
    return this.#ints[list + HEAD + place] ?? -1;
  }

  namedCount(list: number): number {
    return this.#ints[list + NAMED] ?? 0;
  }

  directAt(list: number, place: number): number {
    return this.#ints[list + HEAD + this.setCount(list) + place * 2] ?? -1;
  }

  namedAt(list: number, place: number): number {
    return this.#ints[list + HEAD + this.setCount(list) + place * 2 + 1] ?? -1;
  }

  has(list: number, set: number): boolean {
    const ints = this.#ints;
    let low = list + HEAD;
    let high = low + (ints[list + SETS] ?? 0) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = ints[middle] ?? 0;
      if (found === set) return true;
      if (found < set) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  /** Has a list a set in common with one that is kept elsewhere? */
  meets(list: number, others: SetLists, other: number): boolean {
    const count = others.setCount(other);
    for (let place = 0; place < count; place += 1) if (this.has(list, others.setAt(other, place))) return true;
    return false;
  }

  setsOf(list: number): Int32Array {
    return this.#ints.slice(list + HEAD, list + HEAD + this.setCount(list));
  }

  clear(): void {
    this.#ints = new Int32Array(INTS_MIN);
    this.#length = FIRST;
    this.#table = new IntTable();
  }

  #write(list: number, sets: ArrayLike<number>, named: readonly NamedSet[]): void {
    const wanted = list + HEAD + sets.length + named.length * 2;
    if (wanted > this.#ints.length) {
      this.#ints = grownInts(this.#ints, Math.max(wanted, nextCapacity(this.#ints.length)));
    }
    const ints = this.#ints;
    ints[list + SETS] = sets.length;
    ints[list + NAMED] = named.length;
    let at = list + HEAD;
    for (let place = 0; place < sets.length; place += 1) {
      ints[at] = sets[place] ?? -1;
      at += 1;
    }
    for (const [direct, set] of named) {
      ints[at] = direct;
      ints[at + 1] = set;
      at += 2;
    }
  }

  #sizeOf(list: number): number {
    return HEAD + this.setCount(list) + this.namedCount(list) * 2;
  }

  #hash(list: number): number {
    const ints = this.#ints;
    const end = list + this.#sizeOf(list);
    let hash = ints[list] ?? 0;
    for (let at = list + HEAD; at < end; at += 1) {
      hash = Math.imul(hash ^ (ints[at] ?? 0), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    const mixed = Math.imul(hash, 0xc2b2ae35);
    return mixed ^ (mixed >>> 13);
  }

  #isSame(one: number, other: number): boolean {
    const ints = this.#ints;
    const size = this.#sizeOf(one);
    for (let place = 0; place < size; place += 1) if (ints[one + place] !== ints[other + place]) return false;
    return true;
  }
}
