import { grownInts, hashPair, IntTable, nextCapacity } from './int-table.ts';

/** Tuples: set, subject, and the next of each of the two chains they hang on. A removed one has the set -1. */
export class EdgeTable {
  /** Numbers given out, removed edges included. */
  count = 0;
  sets = new Int32Array(16);
  subjects = new Int32Array(16);
  next = new Int32Array(16);
  nextOfSubject = new Int32Array(16);
  readonly #table = new IntTable();
  readonly #hashOf = (edge: number) => hashPair(this.sets[edge] ?? 0, this.subjects[edge] ?? 0);

  get size(): number {
    return this.#table.size;
  }

  find(set: number, subject: number): number {
    const { slots } = this.#table;
    const { sets, subjects } = this;
    for (let slot = this.#table.start(hashPair(set, subject)); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const edge = slots[slot] ?? -1;
      if (edge === -1 || (subjects[edge] === subject && sets[edge] === set)) return edge;
    }
  }

  add(set: number, subject: number): number {
    const edge = this.count;
    if (edge === this.sets.length) this.#resize(nextCapacity(edge));
    this.sets[edge] = set;
    this.subjects[edge] = subject;
    this.count += 1;
    this.#table.makeRoom(this.#hashOf);
    this.#table.add(edge, hashPair(set, subject));
    return edge;
  }

  /** The edge stays on its chains, marked, until they are made anew: see `compact`. */
  remove(edge: number): void {
    const set = this.sets[edge] ?? 0;
    const { slots } = this.#table;
    let slot = this.#table.start(hashPair(set, this.subjects[edge] ?? 0));
    while (slots[slot] !== edge) slot = slot + 1 === slots.length ? 0 : slot + 1;
    this.#table.remove(slot, this.#hashOf);
    this.sets[edge] = -1;
  }

  /** Makes room for so many edges, before they are added one by one. */
  reserve(edges: number): void {
    if (edges > this.sets.length) this.#resize(edges);
    this.#table.reserve(edges, this.#hashOf);
  }

  /** Gives the edges that are left new numbers, without gaps, in the same order. The caller makes the chains anew. */
  compact(renumber: (from: number, to: number) => void): void {
    let to = 0;
    for (let from = 0; from < this.count; from += 1) {
      const set = this.sets[from] ?? -1;
      if (set === -1) continue;
      this.sets[to] = set;
      this.subjects[to] = this.subjects[from] ?? 0;
      renumber(from, to);
      to += 1;
    }
    this.count = to;
    this.#table.slots.fill(-1);
    this.#table.size = 0;
    for (let edge = 0; edge < to; edge += 1) this.#table.add(edge, this.#hashOf(edge));
  }

  bytes(): number {
    const arrays = [this.sets, this.subjects, this.next, this.nextOfSubject];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, this.#table.slots.byteLength);
  }

  #resize(capacity: number): void {
    this.sets = grownInts(this.sets, capacity);
    this.subjects = grownInts(this.subjects, capacity);
    this.next = grownInts(this.next, capacity);
    this.nextOfSubject = grownInts(this.nextOfSubject, capacity);
  }
}
