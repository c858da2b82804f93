import { hashPair, nextCapacity } from '../graph/int-table.ts';

/** Nothing is remembered: what an empty slot holds, so that a new table needs no filling. */
export const MISSING = 0;
/** It is remembered that there is too much to remember. */
export const TOO_MUCH = -1;
/** It was remembered once; the number stays, so that no gap cuts a way of probes. */
const FORGOTTEN = -2;

const FULL = 0.7;
const SLOTS_MIN = 64;

/**
 * Where lists stand, by the number they are remembered under. Number and place are side by side: to find both is one look at
 * memory, where a table that leads to an entry which holds the number takes three.
 */
export class PlaceTable {
  #pairs = new Int32Array(SLOTS_MIN * 2);
  #slots = SLOTS_MIN;
  #scale = SLOTS_MIN / 2 ** 32;
  #used = 0;

  /** A place above 0, {@link MISSING} or {@link TOO_MUCH}. */
  find(key: number): number {
    const pairs = this.#pairs;
    for (let at = this.#start(key); ; at = at + 2 === pairs.length ? 0 : at + 2) {
      const place = pairs[at + 1] ?? MISSING;
      if (place === MISSING) return MISSING;
      if (pairs[at] === key) return place === FORGOTTEN ? MISSING : place;
    }
  }

  set(key: number, place: number): void {
    if (this.#used + 1 > this.#slots * FULL) this.#grow();
    const at = this.#placeOf(key);
    if (this.#pairs[at + 1] === MISSING) this.#used += 1;
    this.#pairs[at] = key;
    this.#pairs[at + 1] = place;
  }

  forget(key: number): void {
    const at = this.#placeOf(key);
    if (this.#pairs[at + 1] !== MISSING) this.#pairs[at + 1] = FORGOTTEN;
  }

  /** With the memory it took. */
  clear(): void {
    this.#resize(SLOTS_MIN);
  }

  get ints(): number {
    return this.#pairs.length;
  }

  #start(key: number): number {
    return (((hashPair(key, 0) >>> 0) * this.#scale) | 0) << 1;
  }

  /** Where the number stands, or would. */
  #placeOf(key: number): number {
    const pairs = this.#pairs;
    let at = this.#start(key);
    while (pairs[at + 1] !== MISSING && pairs[at] !== key) at = at + 2 === pairs.length ? 0 : at + 2;
    return at;
  }

  #resize(slots: number): void {
    this.#pairs = new Int32Array(slots * 2);
    this.#slots = slots;
    this.#scale = slots / 2 ** 32;
    this.#used = 0;
  }

  /** What was forgotten stays behind. */
  #grow(): void {
    const before = this.#pairs;
    this.#resize(nextCapacity(this.#slots));
    for (let at = 0; at < before.length; at += 2) {
      const place = before[at + 1] ?? MISSING;
      if (place !== MISSING && place !== FORGOTTEN) this.set(before[at] ?? 0, place);
    }
  }
}

/** Three bytes for each tuple. */
const INTS_PER_TUPLE = 0.75;
/** Below this, memory is of no concern. */
const INTS_MIN = 1 << 18;
/** 64 MiB. */
const INTS_MAX = 1 << 24;

/**
 * How much may be remembered of a graph. Above it, everything is forgotten: starting anew is cheaper to get right than
 * evicting, and as good with so many.
 */
export function rememberedIntsMax(tuples: number): number {
  return Math.min(INTS_MAX, Math.max(INTS_MIN, Math.floor(tuples * INTS_PER_TUPLE)));
}
