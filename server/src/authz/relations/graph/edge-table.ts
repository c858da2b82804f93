import { type Arena, UNIT } from './arena.ts';
import { isUserset } from './graph-view.ts';
import { hashPair, IntTable } from './int-table.ts';
import type { SetTable } from './set-table.ts';

/** What is known of a tuple, side by side. */
const SIZE = 4;
/** -1 for one that was removed. */
const SET = 0;
/** Of one that was removed: the next that was. */
const SUBJECT = 1;
/** The next edge of the same set and kind of subject. */
const NEXT = 2;
const NEXT_OF_SUBJECT = 3;
type Chain = typeof NEXT | typeof NEXT_OF_SUBJECT;

/** Sets with more edges than these are looked up by hash. So few stand side by side in memory, when loaded together. */
const WALKED_MAX = 8;
/** How far a chain is followed to take an edge out of it. Further on it stays, marked as removed, until `sweep`. */
const UNLINK_MAX = 64;

/** Tuples. Most sets have few, which are found by walking along them; a table is kept of the edges of large sets only. */
export class EdgeTable {
  /** Edges there are. */
  size = 0;
  /** Removed edges that still stand on some chain. */
  removed = 0;
  readonly #arena: Arena;
  readonly #sets: SetTable;
  /** Removed edges that stand on no chain, to be used again; and those that still do. Each leads to the next. */
  #firstFree = -1;
  #firstRemoved = -1;
  readonly #table = new IntTable();
  readonly #hashOf = (edge: number) => hashPair(this.setOf(edge), this.subjectOf(edge));

  constructor(arena: Arena, sets: SetTable) {
    this.#arena = arena;
    this.#sets = sets;
  }

  setOf(edge: number): number {
    return this.#arena.ints[edge * UNIT + SET] ?? -1;
  }

  subjectOf(edge: number): number {
    return this.#arena.ints[edge * UNIT + SUBJECT] ?? -1;
  }

  find(set: number, subject: number): number {
    const record = this.#sets.recordOf(set, isUserset(subject));
    if (record === -1) return -1;
    if (this.#sets.isLarge(record)) return this.#lookUp(set, subject);
    const { ints } = this.#arena;
    for (let edge = this.#sets.firstEdge(record); edge !== -1; edge = ints[edge * UNIT + NEXT] ?? -1) {
      if (ints[edge * UNIT + SUBJECT] === subject && ints[edge * UNIT + SET] !== -1) return edge;
    }
    return -1;
  }

  /** Adds an edge that is not there yet. `firstOfSubject` is the edge after which it comes on the subject's chain. */
  add(set: number, subject: number, firstOfSubject: number): number {
    const record = this.#sets.internRecord(set, isUserset(subject));
    const edge = this.#newNumber();
    const { ints } = this.#arena;
    const at = edge * UNIT;
    ints[at + SET] = set;
    ints[at + SUBJECT] = subject;
    ints[at + NEXT] = this.#sets.firstEdge(record);
    ints[at + NEXT_OF_SUBJECT] = firstOfSubject;
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
    if (this.#sets.isLarge(record)) this.#table.remove(edge, this.#hashOf);
    const first = this.#unlink(this.#sets.firstEdge(record), edge, NEXT);
    const firstAfter = this.#unlink(firstOfSubject, edge, NEXT_OF_SUBJECT);
    if (first !== undefined) this.#sets.setFirstEdge(record, first);
    const { ints } = this.#arena;
    ints[edge * UNIT + SET] = -1;
    this.size -= 1;
    if (first !== undefined && firstAfter !== undefined) {
      ints[edge * UNIT + SUBJECT] = this.#firstFree;
      this.#firstFree = edge;
    } else {
      ints[edge * UNIT + SUBJECT] = this.#firstRemoved;
      this.#firstRemoved = edge;
      this.removed += 1;
    }
    return firstAfter ?? firstOfSubject;
  }

  first(record: number): number {
    return record === -1 ? -1 : this.#alive(this.#sets.firstEdge(record), NEXT);
  }

  next(edge: number): number {
    return this.#alive(this.#arena.ints[edge * UNIT + NEXT] ?? -1, NEXT);
  }

  aliveOfSubject(first: number): number {
    return this.#alive(first, NEXT_OF_SUBJECT);
  }

  nextOfSubject(edge: number): number {
    return this.#alive(this.#arena.ints[edge * UNIT + NEXT_OF_SUBJECT] ?? -1, NEXT_OF_SUBJECT);
  }

  /** Takes removed edges out of the chain of a set's record. All chains must be swept before {@link freeRemoved}. */
  sweepRecord(record: number): void {
    this.#sets.setFirstEdge(record, this.#sweep(this.#sets.firstEdge(record), NEXT));
  }

  /** Returns what the subject's chain begins with afterwards. */
  sweepSubject(first: number): number {
    return this.#sweep(first, NEXT_OF_SUBJECT);
  }

  /** Their numbers may be given out again: they stand on no chain any more. */
  freeRemoved(): void {
    const { ints } = this.#arena;
    for (let edge = this.#firstRemoved; edge !== -1; ) {
      const next = ints[edge * UNIT + SUBJECT] ?? -1;
      ints[edge * UNIT + SUBJECT] = this.#firstFree;
      this.#firstFree = edge;
      edge = next;
    }
    this.#firstRemoved = -1;
    this.removed = 0;
  }

  /** Without what stands in the arena. */
  bytes(): number {
    return this.#table.bytes();
  }

  #alive(first: number, chain: Chain): number {
    const { ints } = this.#arena;
    let edge = first;
    while (edge !== -1 && ints[edge * UNIT + SET] === -1) edge = ints[edge * UNIT + chain] ?? -1;
    return edge;
  }

  #newNumber(): number {
    const edge = this.#firstFree;
    if (edge === -1) return this.#arena.allocate(SIZE);
    this.#firstFree = this.#arena.ints[edge * UNIT + SUBJECT] ?? -1;
    return edge;
  }

  /** The chain without the edge; undefined when the edge stands too far down. */
  #unlink(first: number, edge: number, chain: Chain): number | undefined {
    const { ints } = this.#arena;
    const after = ints[edge * UNIT + chain] ?? -1;
    if (first === edge) return after;
    let before = first;
    for (let step = 0; step < UNLINK_MAX && before !== -1; step += 1) {
      const next = ints[before * UNIT + chain] ?? -1;
      if (next === edge) {
        ints[before * UNIT + chain] = after;
        return first;
      }
      before = next;
    }
    return undefined;
  }

  #sweep(start: number, chain: Chain): number {
    const { ints } = this.#arena;
    const first = this.#alive(start, chain);
    for (let edge = first; edge !== -1; ) {
      const next = this.#alive(ints[edge * UNIT + chain] ?? -1, chain);
      ints[edge * UNIT + chain] = next;
      edge = next;
    }
    return first;
  }

  #isLong(record: number): boolean {
    let edge = this.#sets.firstEdge(record);
    for (let step = 0; step < WALKED_MAX && edge !== -1; step += 1) {
      edge = this.#arena.ints[edge * UNIT + NEXT] ?? -1;
    }
    return edge !== -1;
  }

  #makeLarge(record: number): void {
    this.#sets.markLarge(record);
    for (let edge = this.first(record); edge !== -1; edge = this.next(edge)) this.#enter(edge);
  }

  #lookUp(set: number, subject: number): number {
    return this.#table.find(
      hashPair(set, subject),
      (edge) => this.subjectOf(edge) === subject && this.setOf(edge) === set,
    );
  }

  #enter(edge: number): void {
    this.#table.add(edge, this.#hashOf(edge), this.#hashOf);
  }
}
