/** Small arrays double; large ones grow by an eighth, then by a sixteenth, so that little of the memory lies idle. */
const LARGE = 1 << 19;
const VERY_LARGE = 1 << 26;

export function nextCapacity(capacity: number): number {
  if (capacity < LARGE) return capacity * 2;
  return Math.ceil(capacity * (capacity < VERY_LARGE ? 1.125 : 1.0625));
}

export function grownInts(array: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity);
  grown.set(array);
  return grown;
}

/** Share of slots in use above which a table is made larger. Linear probing: about 2 probes for what is there. */
const FULL = 0.7;
const SLOTS_MIN = 16;

/** How many bits of a slot tell the entry, at first. */
const ENTRY_BITS = 24;

/**
 * A hash table of small integers that stand for entries kept elsewhere: open addressing, linear probing, four bytes a slot.
 * Any size will do, not only powers of two, so that large ones can grow by little.
 *
 * A slot is the entry, counted from one, and in the bits that this leaves free a tag from its hash: to look at an entry is to
 * wait for memory, so of those that share a way of probes, the wrong ones are told by their tags; and sixteen slots come
 * with one look.
 */
export class IntTable {
  /** 0 where there is nothing. */
  slots = new Int32Array(SLOTS_MIN);
  /** Of each slot, so many lower bits are the entry plus one. */
  entryBits = ENTRY_BITS;
  size = 0;
  #scale = SLOTS_MIN / 2 ** 32;

  /** Where to look first for a hash of 32 bits. */
  start(hash: number): number {
    return ((hash >>> 0) * this.#scale) | 0;
  }

  /** The entry for which `is` says yes; -1 when there is none. For those who can't write the loop out themselves. */
  find(hash: number, is: (entry: number) => boolean): number {
    const slot = this.#slotOf(hash, is);
    return slot === -1 ? -1 : this.#entryAt(slot);
  }

  /** Adds one that is not there. `hashOf` gives the hash of an entry that is. */
  add(entry: number, hash: number, hashOf: (entry: number) => number): void {
    let bits = this.entryBits;
    while (entry + 1 >= 2 ** bits) bits += 1;
    const isFull = this.size + 1 > this.slots.length * FULL;
    if (isFull || bits !== this.entryBits) {
      this.#remake(isFull ? nextCapacity(this.slots.length) : this.slots.length, bits, hashOf);
    }
    this.#place(entry, hash);
    this.size += 1;
  }

  /** Takes out an entry that is there, and moves up what stands behind, so that no gap cuts a way of probes. */
  remove(entry: number, hashOf: (entry: number) => number): void {
    const { slots } = this;
    const { length } = slots;
    let gap = this.#slotOf(hashOf(entry), (other) => other === entry);
    if (gap === -1) return;
    let next = gap;
    for (;;) {
      next = next + 1 === length ? 0 : next + 1;
      if (slots[next] === 0) break;
      const home = this.start(hashOf(this.#entryAt(next)));
      // Does its way from home to where it stands lead over the gap?
      const stays = gap <= next ? gap < home && home <= next : gap < home || home <= next;
      if (stays) continue;
      slots[gap] = slots[next] ?? 0;
      gap = next;
    }
    slots[gap] = 0;
    this.size -= 1;
  }

  *entries(): Generator<number> {
    for (let slot = 0; slot < this.slots.length; slot += 1) if (this.slots[slot] !== 0) yield this.#entryAt(slot);
  }

  bytes(): number {
    return this.slots.byteLength;
  }

  #entryAt(slot: number): number {
    return ((this.slots[slot] ?? 0) & (2 ** this.entryBits - 1)) - 1;
  }

  #slotOf(hash: number, is: (entry: number) => boolean): number {
    const { slots, entryBits } = this;
    const tag = hash << entryBits;
    for (let slot = this.start(hash); slots[slot] !== 0; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      if (((slots[slot] ?? 0) ^ tag) >>> entryBits === 0 && is(this.#entryAt(slot))) return slot;
    }
    return -1;
  }

  #place(entry: number, hash: number): void {
    const { slots } = this;
    let slot = this.start(hash);
    while (slots[slot] !== 0) slot = slot + 1 === slots.length ? 0 : slot + 1;
    slots[slot] = (hash << this.entryBits) | (entry + 1);
  }

  #remake(capacity: number, entryBits: number, hashOf: (entry: number) => number): void {
    const { slots } = this;
    const mask = 2 ** this.entryBits - 1;
    this.slots = new Int32Array(capacity);
    this.entryBits = entryBits;
    this.#scale = capacity / 2 ** 32;
    for (const value of slots) {
      const entry = (value & mask) - 1;
      if (value !== 0) this.#place(entry, hashOf(entry));
    }
  }
}

/** Two integers to a well-mixed 32-bit hash (the finalizer of MurmurHash3). */
export function hashPair(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
