import { isUserset } from './graph-view.ts';
import { grownInts, hashPair, IntTable, nextCapacity } from './int-table.ts';
import type { SetTable } from './set-table.ts';

/** What is known of a tuple, side by side. */
const WIDTH = 4;
/** -1 for one that was removed. */
const SET = 0;
const SUBJECT = 1;
/** The next edge of the same set and kind of subject. */
const NEXT = 2;
const NEXT_OF_SUBJECT = 3;

/** Sets with more edges than these are looked up by hash. So few stand side by side in memory, when loaded together. */
const WALKED_MAX = 8;
/** How far a chain is followed to take an edge out of it. Further on it stays, marked as removed, until `compact`. */
const UNLINK_MAX = 64;

/** Tuples. Most sets have few, which are found by walking along them; a table is kept of the edges of large sets only. */
export class EdgeTable {
  /** Edges there are. */
  size = 0;
  /** Numbers given out, those of removed edges included. */
  count = 0;
  /** Removed edges that still stand on some chain. */
  removed = 0;
  #edges = new Int32Array(16 * WIDTH);
  readonly #free: number[] = [];
  readonly #sets: SetTable;
  readonly #table = new IntTable();
  readonly #hashOf = (edge: number) => hashPair(this.setOf(edge), this.subjectOf(edge));

  constructor(sets: SetTable) {
    this.#sets = sets;
  }

  setOf(edge: number): number {
    return this.#edges[edge * WIDTH + SET] ?? -1;
  }

  subjectOf(edge: number): number {
    return this.#edges[edge * WIDTH + SUBJECT] ?? -1;
  }

  find(set: number, subject: number): number {
    const record = this.#sets.recordOf(set, isUserset(subject));
    if (record === -1) return -1;
    if (this.#sets.isLarge(record)) return this.#lookUp(set, subject);
    const edges = this.#edges;
    for (let edge = this.#sets.firstEdge(record); edge !== -1; edge = edges[edge * WIDTH + NEXT] ?? -1) {
      if (edges[edge * WIDTH + SUBJECT] === subject && edges[edge * WIDTH + SET] !== -1) return edge;
    }
    return -1;
  }

  /** Adds an edge that is not there yet. `firstOfSubject` is the edge after which it comes on the subject's chain. */
  add(set: number, subject: number, firstOfSubject: number): number {
    const record = this.#sets.internRecord(set, isUserset(subject));
    const edge = this.#free.pop() ?? this.#newNumber();
    const at = edge * WIDTH;
    this.#edges[at + SET] = set;
    this.#edges[at + SUBJECT] = subject;
    this.#edges[at + NEXT] = this.#sets.firstEdge(record);
    this.#edges[at + NEXT_OF_SUBJECT] = firstOfSubject;
    this.#sets.setFirstEdge(record, edge);
    this.size += 1;
    if (this.#sets.isLarge(record)) this.#enter(edge);
    else if (this.#isLong(record)) this.#makeLarge(record);
    return edge;
  }

  /** Takes an edge away. Returns what the subject's chain begins with afterwards, when that changed. */
  remove(edge: number, firstOfSubject: number): number {
    const set = this.setOf(edge);
    const subject = this.subjectOf(edge);
    const record = this.#sets.recordOf(set, isUserset(subject));
    if (this.#sets.isLarge(record)) this.#leave(edge);
    const first = this.#unlink(this.#sets.firstEdge(record), edge, NEXT);
    const firstAfter = this.#unlink(firstOfSubject, edge, NEXT_OF_SUBJECT);
    if (first !== undefined) this.#sets.setFirstEdge(record, first);
    this.#edges[edge * WIDTH + SET] = -1;
    this.size -= 1;
    if (first !== undefined && firstAfter !== undefined) this.#free.push(edge);
    else this.removed += 1;
    return firstAfter ?? firstOfSubject;
  }

  first(record: number): number {
    return record === -1 ? -1 : this.alive(this.#sets.firstEdge(record), NEXT);
  }

  next(edge: number): number {
    return this.alive(this.#edges[edge * WIDTH + NEXT] ?? -1, NEXT);
  }

  aliveOfSubject(first: number): number {
    return this.alive(first, NEXT_OF_SUBJECT);
  }

  nextOfSubject(edge: number): number {
    return this.alive(this.#edges[edge * WIDTH + NEXT_OF_SUBJECT] ?? -1, NEXT_OF_SUBJECT);
  }

  /** Gives the edges that are left new numbers, without gaps, in the same order, and puts each on its chains anew. */
  compact(link: (from: number, to: number, subject: number) => number): void {
    const old = this.#edges;
    const { count } = this;
    this.#edges = new Int32Array(Math.max(16, nextCapacity(this.size)) * WIDTH);
    this.#free.length = 0;
    this.#table.clear();
    this.size = 0;
    this.count = 0;
    this.removed = 0;
    this.#sets.clearChains();
    for (let from = 0; from < count; from += 1) {
      const set = old[from * WIDTH + SET] ?? -1;
      if (set === -1) continue;
      const subject = old[from * WIDTH + SUBJECT] ?? -1;
      this.add(set, subject, link(from, this.count, subject));
    }
  }

  bytes(): number {
    return this.#edges.byteLength + this.#table.slots.byteLength;
  }

  private alive(first: number, chain: typeof NEXT | typeof NEXT_OF_SUBJECT): number {
    const edges = this.#edges;
    let edge = first;
    while (edge !== -1 && edges[edge * WIDTH + SET] === -1) edge = edges[edge * WIDTH + chain] ?? -1;
    return edge;
  }

  #newNumber(): number {
    const edge = this.count;
    if ((edge + 1) * WIDTH > this.#edges.length) this.#edges = grownInts(this.#edges, nextCapacity(edge) * WIDTH);
    this.count += 1;
    return edge;
  }

  /** The chain without the edge; undefined when the edge stands too far down. */
  #unlink(first: number, edge: number, chain: typeof NEXT | typeof NEXT_OF_SUBJECT): number | undefined {
    const after = this.#edges[edge * WIDTH + chain] ?? -1;
    if (first === edge) return after;
    let before = first;
    for (let step = 0; step < UNLINK_MAX && before !== -1; step += 1) {
      const next = this.#edges[before * WIDTH + chain] ?? -1;
      if (next === edge) {
        this.#edges[before * WIDTH + chain] = after;
        return first;
      }
      before = next;
    }
    return undefined;
  }

  #isLong(record: number): boolean {
    let edge = this.#sets.firstEdge(record);
    for (let step = 0; step < WALKED_MAX && edge !== -1; step += 1) edge = this.#edges[edge * WIDTH + NEXT] ?? -1;
    return edge !== -1;
  }

  #makeLarge(record: number): void {
    this.#sets.markLarge(record);
    for (let edge = this.first(record); edge !== -1; edge = this.next(edge)) this.#enter(edge);
  }

  #lookUp(set: number, subject: number): number {
    const { slots } = this.#table;
    for (let slot = this.#table.start(hashPair(set, subject)); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const edge = slots[slot] ?? -1;
      if (edge === -1 || (this.subjectOf(edge) === subject && this.setOf(edge) === set)) return edge;
    }
  }

  #enter(edge: number): void {
    this.#table.makeRoom(this.#hashOf);
    this.#table.add(edge, this.#hashOf(edge));
  }

  #leave(edge: number): void {
    const { slots } = this.#table;
    let slot = this.#table.start(this.#hashOf(edge));
    while (slots[slot] !== edge) slot = slot + 1 === slots.length ? 0 : slot + 1;
    this.#table.remove(slot, this.#hashOf);
  }
}
