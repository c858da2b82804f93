import { grownInts, nextCapacity } from './int-table.ts';
import type { NodeTable } from './node-table.ts';

/** What is known of a set, side by side. */
const WIDTH = 4;
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
  count = 0;
  #sets = new Int32Array(16 * WIDTH);
  readonly #nodes: NodeTable;
  /** First edge of sets that are named as a userset in some tuple: few are. */
  readonly #firstAsSubject = new Map<number, number>();

  constructor(nodes: NodeTable) {
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
    return this.#sets[set * WIDTH + NODE] ?? -1;
  }

  relationOf(set: number): number {
    return (this.#sets[set * WIDTH + KIND] ?? -1) & RELATION;
  }

  firstEdge(record: number): number {
    return this.#sets[record * WIDTH + FIRST_EDGE] ?? -1;
  }

  setFirstEdge(record: number, edge: number): void {
    this.#sets[record * WIDTH + FIRST_EDGE] = edge;
  }

  isLarge(record: number): boolean {
    return ((this.#sets[record * WIDTH + KIND] ?? 0) & LARGE) !== 0;
  }

  markLarge(record: number): void {
    this.#sets[record * WIDTH + KIND] = (this.#sets[record * WIDTH + KIND] ?? 0) | LARGE;
  }

  firstAsSubject(set: number): number {
    return this.#firstAsSubject.get(set) ?? -1;
  }

  setFirstAsSubject(set: number, edge: number): void {
    if (edge === -1) this.#firstAsSubject.delete(set);
    else this.#firstAsSubject.set(set, edge);
  }

  /** As if no set had any edges. */
  clearChains(): void {
    this.#firstAsSubject.clear();
    for (let set = 0; set < this.count; set += 1) {
      this.setFirstEdge(set, -1);
      this.#sets[set * WIDTH + KIND] = (this.#sets[set * WIDTH + KIND] ?? 0) & ~LARGE;
    }
  }

  bytes(): number {
    // A Map takes some 40 bytes an entry.
    return this.#sets.byteLength + this.#firstAsSubject.size * 40;
  }

  #find(node: number, kind: number): number {
    const sets = this.#sets;
    let set = this.#nodes.firstSet(node);
    while (set !== -1 && ((sets[set * WIDTH + KIND] ?? 0) & ~LARGE) !== kind) set = sets[set * WIDTH + NEXT] ?? -1;
    return set;
  }

  #add(node: number, kind: number): number {
    const set = this.count;
    if ((set + 1) * WIDTH > this.#sets.length) this.#sets = grownInts(this.#sets, nextCapacity(set) * WIDTH);
    const at = set * WIDTH;
    this.#sets[at + NODE] = node;
    this.#sets[at + KIND] = kind;
    this.#sets[at + FIRST_EDGE] = -1;
    this.#sets[at + NEXT] = this.#nodes.firstSet(node);
    this.#nodes.setFirstSet(node, set);
    this.count += 1;
    return set;
  }
}
