import { type Arena, UNIT } from './arena.ts';
import type { NodeTable } from './node-table.ts';

/** What is known of a set, side by side. */
const SIZE = 4;
const NODE = 0;
/** The relation, and {@link USERSETS} and {@link LARGE}. */
const KIND = 1;
const FIRST_EDGE = 2;
/** The next set of the same node. */
const NEXT = 3;

/** Marks the record that holds the edges with usersets of a set: few sets have any, so they stand in a record of their own. */
const USERSETS = 1 << 16;
/** The edges are so many that they are found by hash and not by walking along. */
const LARGE = 1 << 17;
const RELATION = 0xffff;

/** Nodes with a relation (`document:1#viewer`) as small integers, each on a chain that begins at its node. */
export class SetTable {
  readonly #arena: Arena;
  readonly #nodes: NodeTable;
  /** First edge of sets that are named as a userset in some tuple: few are. */
  readonly #firstAsSubject = new Map<number, number>();

  constructor(arena: Arena, nodes: NodeTable) {
    this.#arena = arena;
    this.#nodes = nodes;
  }

  find(node: number, relation: number): number {
    return this.#find(node, relation);
  }

  intern(node: number, relation: number): number {
    const known = this.#find(node, relation);
    return known === -1 ? this.#add(node, relation) : known;
  }

  /** The record with the edges of a set that lead to objects (itself), or to usersets; -1 when there is none. */
  recordOf(set: number, ofUsersets: boolean): number {
    return ofUsersets ? this.#find(this.nodeOf(set), this.relationOf(set) | USERSETS) : set;
  }

  internRecord(set: number, ofUsersets: boolean): number {
    const known = this.recordOf(set, ofUsersets);
    return known === -1 ? this.#add(this.nodeOf(set), this.relationOf(set) | USERSETS) : known;
  }

  nodeOf(set: number): number {
    return this.#arena.ints[set * UNIT + NODE] ?? -1;
  }

  relationOf(set: number): number {
    return (this.#arena.ints[set * UNIT + KIND] ?? -1) & RELATION;
  }

  firstEdge(record: number): number {
    return this.#arena.ints[record * UNIT + FIRST_EDGE] ?? -1;
  }

  setFirstEdge(record: number, edge: number): void {
    this.#arena.ints[record * UNIT + FIRST_EDGE] = edge;
  }

  isLarge(record: number): boolean {
    return ((this.#arena.ints[record * UNIT + KIND] ?? 0) & LARGE) !== 0;
  }

  markLarge(record: number): void {
    this.#arena.ints[record * UNIT + KIND] = (this.#arena.ints[record * UNIT + KIND] ?? 0) | LARGE;
  }

  /** Records on the chain of a node: its sets, and those that hold the usersets of one. */
  *recordsOf(node: number): Generator<number> {
    let record = this.#nodes.firstSet(node);
    for (; record !== -1; record = this.#arena.ints[record * UNIT + NEXT] ?? -1) yield record;
  }

  isSet(record: number): boolean {
    return ((this.#arena.ints[record * UNIT + KIND] ?? 0) & USERSETS) === 0;
  }

  firstAsSubject(set: number): number {
    return this.#firstAsSubject.get(set) ?? -1;
  }

  setFirstAsSubject(set: number, edge: number): void {
    if (edge === -1) this.#firstAsSubject.delete(set);
    else this.#firstAsSubject.set(set, edge);
  }

  /** Without what stands in the arena. */
  bytes(): number {
    // A Map takes some 40 bytes an entry.
    return this.#firstAsSubject.size * 40;
  }

  #find(node: number, kind: number): number {
    const { ints } = this.#arena;
    let set = this.#nodes.firstSet(node);
    while (set !== -1 && ((ints[set * UNIT + KIND] ?? 0) & ~LARGE) !== kind) set = ints[set * UNIT + NEXT] ?? -1;
    return set;
  }

  #add(node: number, kind: number): number {
    const set = this.#arena.allocate(SIZE);
    const { ints } = this.#arena;
    const at = set * UNIT;
    ints[at + NODE] = node;
    ints[at + KIND] = kind;
    ints[at + FIRST_EDGE] = -1;
    ints[at + NEXT] = this.#nodes.firstSet(node);
    this.#nodes.setFirstSet(node, set);
    return set;
  }
}
