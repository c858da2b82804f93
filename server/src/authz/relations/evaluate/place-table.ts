import { hashPair, nextCapacity } from '../graph/int-table.ts';
import type { SetLists } from './set-lists.ts';

/** No slot: nothing is remembered. */
export const NOWHERE = -1;
/** It is remembered that there is too much to remember. */
export const TOO_MUCH = -1;

/** What stands in a slot, side by side. */
const SLOT = 6;
const KEY = 0;
/** Twice the place of the list, and one more when it names sets of others. 0 in an empty slot, so that a new table needs no filling. */
const LIST = 1;
const MARKS = 2;

/** It was remembered once; the number stays, so that no gap cuts a way of probes. */
const FORGOTTEN = -4;

const FULL = 0.7;
const SLOTS_MIN = 64;

/**
 * Which list is remembered under a number, and 128 marks, one or more of which the sets of the list set. Where two lists have
 * no mark in common they have no set in common: so most noes are told by what is found here in one look, without a look at
 * the lists, and without a branch that goes one way or the other.
 */
export class PlaceTable {
  #ints = new Int32Array(SLOTS_MIN * SLOT);
  #slots = SLOTS_MIN;
  #scale = SLOTS_MIN / 2 ** 32;
  #used = 0;

  /** Where it stands until the next {@link set}, or {@link NOWHERE}. */
  find(key: number): number {
    const ints = this.#ints;
    for (let at = this.#start(key); ; at = at + SLOT === ints.length ? 0 : at + SLOT) {
      const list = ints[at + LIST] ?? 0;
      if (list === 0) return NOWHERE;
      if (ints[at + KEY] === key) return list === FORGOTTEN ? NOWHERE : at;
    }
  }

  /** The list, or {@link TOO_MUCH}. */
  listAt(at: number): number {
    return (this.#ints[at + LIST] ?? 0) >> 1;
  }

  /** Does the list name sets besides those that it marks? */
  namesOthers(at: number): boolean {
    return ((this.#ints[at + LIST] ?? 0) & 1) !== 0;
  }

  /** False for what is certainly not in the list. All may be in what is too much. */
  marks(at: number, set: number): boolean {
    const bit = markOf(set);
    return ((this.#ints[at + MARKS + (bit >> 5)] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  /** False for two lists that have certainly no set in common. */
  mayMeet(at: number, others: PlaceTable, other: number): boolean {
    const [ours, theirs] = [this.#ints, others.#ints];
    const [our, their] = [at + MARKS, other + MARKS];
    const common =
      ((ours[our] ?? 0) & (theirs[their] ?? 0)) |
      ((ours[our + 1] ?? 0) & (theirs[their + 1] ?? 0)) |
      ((ours[our + 2] ?? 0) & (theirs[their + 2] ?? 0)) |
      ((ours[our + 3] ?? 0) & (theirs[their + 3] ?? 0));
    return common !== 0;
  }

  /** @returns where it stands */
  set(key: number, list: number, lists: SetLists): number {
    if (this.#used + 1 > this.#slots * FULL) this.#grow();
    const at = this.#placeOf(key);
    const ints = this.#ints;
    if (ints[at + LIST] === 0) this.#used += 1;
    ints[at + KEY] = key;
    ints[at + LIST] = list === TOO_MUCH ? TOO_MUCH : list * 2 + (lists.namedCount(list) > 0 ? 1 : 0);
    ints.fill(list === TOO_MUCH ? -1 : 0, at + MARKS, at + SLOT);
    const count = list === TOO_MUCH ? 0 : lists.setCount(list);
    for (let place = 0; place < count; place += 1) {
      const bit = markOf(lists.setAt(list, place));
      ints[at + MARKS + (bit >> 5)] = (ints[at + MARKS + (bit >> 5)] ?? 0) | (1 << (bit & 31));
    }
    return at;
  }

  forget(key: number): void {
    const at = this.#placeOf(key);
    if (this.#ints[at + LIST] !== 0) this.#ints[at + LIST] = FORGOTTEN;
  }

  /** With the memory it took. */
  clear(): void {
    this.#resize(SLOTS_MIN);
  }

  get ints(): number {
    return this.#ints.length;
  }

  #start(key: number): number {
    return (((hashPair(key, 0) >>> 0) * this.#scale) | 0) * SLOT;
  }

  /** Where the number stands, or would. */
  #placeOf(key: number): number {
    const ints = this.#ints;
    let at = this.#start(key);
    while (ints[at + LIST] !== 0 && ints[at + KEY] !== key) at = at + SLOT === ints.length ? 0 : at + SLOT;
    return at;
  }

  #resize(slots: number): void {
    this.#ints = new Int32Array(slots * SLOT);
    this.#slots = slots;
    this.#scale = slots / 2 ** 32;
    this.#used = 0;
  }

  /** What was forgotten stays behind. */
  #grow(): void {
    const before = this.#ints;
    this.#resize(nextCapacity(this.#slots));
    for (let from = 0; from < before.length; from += SLOT) {
      const list = before[from + LIST] ?? 0;
      if (list === 0 || list === FORGOTTEN) continue;
      const at = this.#placeOf(before[from + KEY] ?? 0);
      for (let each = 0; each < SLOT; each += 1) this.#ints[at + each] = before[from + each] ?? 0;
      this.#used += 1;
    }
  }
}

/** One of 128. */
function markOf(set: number): number {
  return Math.imul(set, 0x9e3779b1) >>> 25;
}

/** Three bytes for each tuple, and a little more. */
const INTS_PER_TUPLE = 0.8;
/** Below this, memory is of no concern. */
const INTS_MIN = 1 << 19;
/** 64 MiB. */
const INTS_MAX = 1 << 24;

/**
 * How much may be remembered of a graph. Above it, everything is forgotten: starting anew is cheaper to get right than
 * evicting, and as good with so many.
 */
export function rememberedIntsMax(tuples: number): number {
  return Math.min(INTS_MAX, Math.max(INTS_MIN, Math.floor(tuples * INTS_PER_TUPLE)));
}
