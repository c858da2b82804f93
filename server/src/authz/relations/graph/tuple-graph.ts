import type { SubjectName, TupleCondition } from '../tuple.ts';
import { EdgeTable } from './edge-table.ts';
import { type GraphView, indexOfSubject, isUserset, objectSubject, usersetSubject } from './graph-view.ts';
import { grownInts, nextCapacity } from './int-table.ts';
import { NameTable, NodeTable } from './node-table.ts';
import { SetTable } from './set-table.ts';

/** One tuple, taken apart. */
export interface GraphTuple {
  type: string;
  id: string;
  relation: string;
  subject: SubjectName;
  condition?: TupleCondition | undefined;
}

/** Chains are made anew when a fifth of the edges on them are removed ones. */
const REMOVED_SHARE_MAX = 0.2;
const REMOVED_MIN = 1_024;

/** All tuples of one store, in memory: some 50 bytes for each. Changed only between evaluations, never during one. */
export class TupleGraph implements GraphView {
  readonly types = new NameTable();
  readonly relations = new NameTable();
  readonly #nodes = new NodeTable();
  readonly #sets = new SetTable();
  readonly #edges = new EdgeTable();
  #firstOfNode = new Int32Array(16).fill(-1);
  #conditions = new Map<number, TupleCondition>();
  /** How often tuples of each relation changed: who derived something from them can tell that it is outdated. */
  readonly #epochs: number[] = [];

  get tupleCount(): number {
    return this.#edges.size;
  }

  /** For numbering what is only in a request, above what is here. */
  get counts(): { nodes: number; sets: number; edges: number } {
    return { nodes: this.#nodes.count, sets: this.#sets.count, edges: this.#edges.count };
  }

  /** Makes room at once for a store of known size. */
  reserve(tuples: number): void {
    this.#edges.reserve(tuples);
  }

  /** Adds a tuple; one that is there already only gets the new condition. */
  put({ type, id, relation, subject, condition }: GraphTuple): void {
    const relationNumber = this.relations.intern(relation);
    const set = this.#sets.intern(this.#internNode(type, id), relationNumber);
    const subjectNumber = this.#internSubject(subject);
    this.#epochs[relationNumber] = this.epochOf(relationNumber) + 1;
    let edge = this.#edges.find(set, subjectNumber);
    if (edge === -1) {
      edge = this.#edges.add(set, subjectNumber);
      this.#link(edge, set, subjectNumber);
    }
    if (condition !== undefined) this.#conditions.set(edge, condition);
    else if (this.#conditions.size > 0) this.#conditions.delete(edge);
  }

  remove({ type, id, relation, subject }: GraphTuple): void {
    const relationNumber = this.relations.find(relation);
    const set = this.#sets.find(this.findNode(this.types.find(type), id), relationNumber);
    const subjectNumber = this.findSubject(subject);
    const edge = set === -1 || subjectNumber === -1 ? -1 : this.#edges.find(set, subjectNumber);
    if (edge === -1) return;
    this.#epochs[relationNumber] = this.epochOf(relationNumber) + 1;
    this.#edges.remove(edge);
    this.#conditions.delete(edge);
    const removed = this.#edges.count - this.#edges.size;
    if (removed > REMOVED_MIN && removed > this.#edges.count * REMOVED_SHARE_MAX) this.#compact();
  }

  epochOf(relation: number): number {
    return this.#epochs[relation] ?? 0;
  }

  findSubject({ type, id, relation }: SubjectName): number {
    const node = this.findNode(this.types.find(type), id);
    if (node === -1) return -1;
    if (relation === undefined) return objectSubject(node);
    const set = this.findSet(node, this.relations.find(relation));
    return set === -1 ? -1 : usersetSubject(set);
  }

  findNode(type: number, id: string): number {
    return type === -1 ? -1 : this.#nodes.find(type, id);
  }

  typeOf(node: number): number {
    return this.#nodes.typeOf(node);
  }

  idOf(node: number): string {
    return this.#nodes.idOf(node);
  }

  findSet(node: number, relation: number): number {
    return this.#sets.find(node, relation);
  }

  nodeOfSet(set: number): number {
    return this.#sets.nodes[set] ?? -1;
  }

  relationOfSet(set: number): number {
    return this.#sets.relations[set] ?? -1;
  }

  findEdge(set: number, subject: number): number {
    return this.#edges.find(set, subject);
  }

  firstObjectEdge(set: number): number {
    return this.#alive(this.#sets.firstObject[set] ?? -1);
  }

  firstUsersetEdge(set: number): number {
    return this.#alive(this.#sets.firstUserset[set] ?? -1);
  }

  nextEdge(edge: number): number {
    return this.#alive(this.#edges.next[edge] ?? -1);
  }

  firstEdgeOfSubject(subject: number): number {
    const chains = isUserset(subject) ? this.#sets.firstAsSubject : this.#firstOfNode;
    return this.#aliveOfSubject(chains[indexOfSubject(subject)] ?? -1);
  }

  nextEdgeOfSubject(edge: number): number {
    return this.#aliveOfSubject(this.#edges.nextOfSubject[edge] ?? -1);
  }

  subjectOf(edge: number): number {
    return this.#edges.subjects[edge] ?? -1;
  }

  setOf(edge: number): number {
    return this.#edges.sets[edge] ?? -1;
  }

  conditionOf(edge: number): TupleCondition | undefined {
    return this.#conditions.size === 0 ? undefined : this.#conditions.get(edge);
  }

  /** What the tables take, without the contexts of conditions. */
  bytes(): number {
    return this.#nodes.bytes() + this.#sets.bytes() + this.#edges.bytes() + this.#firstOfNode.byteLength;
  }

  #internNode(type: string, id: string): number {
    const node = this.#nodes.intern(this.types.intern(type), id);
    const before = this.#firstOfNode.length;
    if (node >= before) {
      this.#firstOfNode = grownInts(this.#firstOfNode, nextCapacity(before)).fill(-1, before);
    }
    return node;
  }

  #internSubject({ type, id, relation }: SubjectName): number {
    const node = this.#internNode(type, id);
    if (relation === undefined) return objectSubject(node);
    return usersetSubject(this.#sets.intern(node, this.relations.intern(relation)));
  }

  #link(edge: number, set: number, subject: number): void {
    const ofSet = isUserset(subject) ? this.#sets.firstUserset : this.#sets.firstObject;
    this.#edges.next[edge] = ofSet[set] ?? -1;
    ofSet[set] = edge;
    const index = indexOfSubject(subject);
    const ofSubject = isUserset(subject) ? this.#sets.firstAsSubject : this.#firstOfNode;
    this.#edges.nextOfSubject[edge] = ofSubject[index] ?? -1;
    ofSubject[index] = edge;
  }

  #alive(first: number): number {
    const { sets, next } = this.#edges;
    let edge = first;
    while (edge !== -1 && sets[edge] === -1) edge = next[edge] ?? -1;
    return edge;
  }

  #aliveOfSubject(first: number): number {
    const { sets, nextOfSubject } = this.#edges;
    let edge = first;
    while (edge !== -1 && sets[edge] === -1) edge = nextOfSubject[edge] ?? -1;
    return edge;
  }

  #compact(): void {
    const conditions = new Map<number, TupleCondition>();
    this.#edges.compact((from, to) => {
      const condition = this.#conditions.get(from);
      if (condition !== undefined) conditions.set(to, condition);
    });
    this.#conditions = conditions;
    this.#sets.clearChains();
    this.#firstOfNode.fill(-1);
    for (let edge = 0; edge < this.#edges.count; edge += 1) this.#link(edge, this.setOf(edge), this.subjectOf(edge));
  }
}
