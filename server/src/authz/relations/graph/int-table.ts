/** Small arrays double; large ones grow by an eighth, so that at most a ninth of the memory lies idle. */
const LARGE = 1 << 19;

export function nextCapacity(capacity: number): number {
  return capacity < LARGE ? capacity * 2 : Math.ceil(capacity * 1.125);
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
 * A hash table of small integers that stand for entries kept elsewhere: open addressing, linear probing, four bytes a
 * slot. Any size will do, not only powers of two, so that large ones can grow by little.
 */
export class IntTable {
  slots = new Int32Array(SLOTS_MIN).fill(-1);
  size = 0;
  #scale = SLOTS_MIN / 2 ** 32;

  /** Where to look first for a hash of 32 bits. */
  start(hash: number): number {
    return ((hash >>> 0) * this.#scale) | 0;
  }

  /** Must be called before an entry is added; `hashOf` gives the hash of an entry that is in the table. */
  makeRoom(hashOf: (entry: number) => number): void {
    if (this.size + 1 <= this.slots.length * FULL) return;
    this.resize(nextCapacity(this.slots.length), hashOf);
  }

  clear(): void {
    this.slots.fill(-1);
    this.size = 0;
  }

  resize(capacity: number, hashOf: (entry: number) => number): void {
    const old = this.slots;
    this.slots = new Int32Array(capacity).fill(-1);
    this.#scale = capacity / 2 ** 32;
    for (const entry of old) if (entry !== -1) this.place(entry, hashOf(entry));
  }

  add(entry: number, hash: number): void {
    this.place(entry, hash);
    this.size += 1;
  }

  private place(entry: number, hash: number): void {
    const { slots } = this;
    let slot = this.start(hash);
    while (slots[slot] !== -1) slot = slot + 1 === slots.length ? 0 : slot + 1;
    slots[slot] = entry;
  }

  /** Moves up what stands behind, so that no gap cuts a chain of probes. */
  remove(slot: number, hashOf: (entry: number) => number): void {
    const { slots } = this;
    const { length } = slots;
    let gap = slot;
    let next = gap;
    for (;;) {
      next = next + 1 === length ? 0 : next + 1;
      const entry = slots[next] ?? -1;
      if (entry === -1) break;
      const home = this.start(hashOf(entry));
      // Does its way from home to where it stands lead over the gap?
      const stays = gap <= next ? gap < home && home <= next : gap < home || home <= next;
      if (stays) continue;
      slots[gap] = entry;
      gap = next;
    }
    slots[gap] = -1;
    this.size -= 1;
  }
}

/** Two integers to a well-mixed 32-bit hash (the finalizer of MurmurHash3). */
export function hashPair(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
