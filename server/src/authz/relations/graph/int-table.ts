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

/**
 * A hash table of small integers that stand for entries kept elsewhere: open addressing, linear probing, five bytes a
 * slot. Any size will do, not only powers of two, so that large ones can grow by little.
 *
 * Each slot has a tag, seven bits of the hash: to look at an entry is to wait for memory, so of those that share a way of
 * probes, the wrong ones are told by their tags, 64 of which come with one look.
 */
export class IntTable {
  slots = new Int32Array(SLOTS_MIN);
  /** 0 where a slot is empty. */
  tags = new Uint8Array(SLOTS_MIN);
  size = 0;
  #scale = SLOTS_MIN / 2 ** 32;

  /** Where to look first for a hash of 32 bits. */
  start(hash: number): number {
    return ((hash >>> 0) * this.#scale) | 0;
  }

  /** The entry for which `is` says yes; -1 when there is none. For those who can't write the loop out themselves. */
  find(hash: number, is: (entry: number) => boolean): number {
    const slot = this.#slotOf(hash, is);
    return slot === -1 ? -1 : (this.slots[slot] ?? -1);
  }

  /** Must be called before an entry is added; `hashOf` gives the hash of an entry that is in the table. */
  makeRoom(hashOf: (entry: number) => number): void {
    if (this.size + 1 <= this.slots.length * FULL) return;
    const { slots, tags } = this;
    const capacity = nextCapacity(slots.length);
    this.slots = new Int32Array(capacity);
    this.tags = new Uint8Array(capacity);
    this.#scale = capacity / 2 ** 32;
    for (let slot = 0; slot < slots.length; slot += 1) {
      const entry = slots[slot] ?? 0;
      if (tags[slot] !== 0) this.#place(entry, hashOf(entry));
    }
  }

  clear(): void {
    this.tags.fill(0);
    this.size = 0;
  }

  add(entry: number, hash: number): void {
    this.#place(entry, hash);
    this.size += 1;
  }

  /** Takes out an entry that is there, and moves up what stands behind, so that no gap cuts a way of probes. */
  remove(entry: number, hashOf: (entry: number) => number): void {
    const { slots, tags } = this;
    const { length } = slots;
    let gap = this.#slotOf(hashOf(entry), (other) => other === entry);
    if (gap === -1) return;
    let next = gap;
    for (;;) {
      next = next + 1 === length ? 0 : next + 1;
      if (tags[next] === 0) break;
      const other = slots[next] ?? 0;
      const home = this.start(hashOf(other));
      // Does its way from home to where it stands lead over the gap?
      const stays = gap <= next ? gap < home && home <= next : gap < home || home <= next;
      if (stays) continue;
      slots[gap] = other;
      tags[gap] = tags[next] ?? 0;
      gap = next;
    }
    tags[gap] = 0;
    this.size -= 1;
  }

  *entries(): Generator<number> {
    for (let slot = 0; slot < this.slots.length; slot += 1) if (this.tags[slot] !== 0) yield this.slots[slot] ?? 0;
  }

  bytes(): number {
    return this.slots.byteLength + this.tags.byteLength;
  }

  #slotOf(hash: number, is: (entry: number) => boolean): number {
    const { slots, tags } = this;
    const tag = tagOf(hash);
    for (let slot = this.start(hash); tags[slot] !== 0; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      if (tags[slot] === tag && is(slots[slot] ?? 0)) return slot;
    }
    return -1;
  }

  #place(entry: number, hash: number): void {
    const { slots, tags } = this;
    let slot = this.start(hash);
    while (tags[slot] !== 0) slot = slot + 1 === slots.length ? 0 : slot + 1;
    slots[slot] = entry;
    tags[slot] = tagOf(hash);
  }
}

/** From the low bits: the high ones say where it stands. */
export function tagOf(hash: number): number {
  return (hash & 0x7f) | 0x80;
}

/** Two integers to a well-mixed 32-bit hash (the finalizer of MurmurHash3). */
export function hashPair(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
