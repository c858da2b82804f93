import type { SubjectName, TupleCondition } from '../tuple.ts';
import { EdgeTable } from './edge-table.ts';
import { type GraphView, indexOfSubject, isUserset, objectSubject, usersetSubject } from './graph-view.ts';
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

/** How often tuples of a type and relation changed: who derived something from them can tell that it is outdated. */
export interface EpochCell {
  epoch: number;
}

/** Chains are made anew when a fifth of the edges on them are removed ones. */
const REMOVED_SHARE_MAX = 0.2;
const REMOVED_MIN = 1_024;

/** All tuples of one store, in memory: some 60 bytes for each, names included. Changed only between evaluations, never during one. */
export class TupleGraph implements GraphView {
  readonly types = new NameTable();
  readonly relations = new NameTable();
  readonly #nodes = new NodeTable();
  readonly #sets = new SetTable(this.#nodes);
  readonly #edges = new EdgeTable(this.#sets);
  #conditions = new Map<number, TupleCondition>();
  readonly #epochs = new Map<number, EpochCell>();

  get tupleCount(): number {
    return this.#edges.size;
  }

  /** For numbering what is only in a request, above what is here. */
  get counts(): { nodes: number; sets: number; edges: number } {
    return { nodes: this.#nodes.count, sets: this.#sets.count, edges: this.#edges.count };
  }

  /** Adds a tuple; one that is there already only gets the new condition. */
  put({ type, id, relation, subject, condition }: GraphTuple): void {
    const relationNumber = this.relations.intern(relation);
    const node = this.internNode(this.types.intern(type), id);
    const set = this.internSet(node, relationNumber);
    const subjectNumber = this.#internSubject(subject);
    this.epochCell(this.typeOf(node) * 65_536 + relationNumber).epoch += 1;
    let edge = this.#edges.find(set, subjectNumber);
    if (edge === -1) {
      edge = this.#edges.add(set, subjectNumber, this.#firstOf(subjectNumber));
      this.#setFirstOf(subjectNumber, edge);
    }
    if (condition !== undefined) this.#conditions.set(edge, condition);
    else if (this.#conditions.size > 0) this.#conditions.delete(edge);
  }

  remove({ type, id, relation, subject }: GraphTuple): void {
    const relationNumber = this.relations.find(relation);
    const node = this.findNode(this.types.find(type), id);
    const set = node === -1 ? -1 : this.#sets.find(node, relationNumber);
    const subjectNumber = this.findSubject(subject);
    const edge = set === -1 || subjectNumber === -1 ? -1 : this.#edges.find(set, subjectNumber);
    if (edge === -1) return;
    this.epochCell(this.typeOf(node) * 65_536 + relationNumber).epoch += 1;
    this.#setFirstOf(subjectNumber, this.#edges.remove(edge, this.#firstOf(subjectNumber)));
    this.#conditions.delete(edge);
    const { removed, count } = this.#edges;
    if (removed > REMOVED_MIN && removed > count * REMOVED_SHARE_MAX) this.#compact();
  }

  /** Stays the same for as long as the graph: what it holds changes. @param kind The type in the upper, the relation in the lower 16 bits. */
  epochCell(kind: number): EpochCell {
    const known = this.#epochs.get(kind);
    if (known !== undefined) return known;
    const cell = { epoch: 0 };
    this.#epochs.set(kind, cell);
    return cell;
  }

  /** Numbers for what stands in no tuple here. */
  internNode(type: number, id: string): number {
    return this.#nodes.intern(type, id);
  }

  internSet(node: number, relation: number): number {
    return this.#sets.intern(node, relation);
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
    return this.#sets.nodeOf(set);
  }

  relationOfSet(set: number): number {
    return this.#sets.relationOf(set);
  }

  findEdge(set: number, subject: number): number {
    return this.#edges.find(set, subject);
  }

  firstObjectEdge(set: number): number {
    return this.#edges.first(set);
  }

  firstUsersetEdge(set: number): number {
    return this.#edges.first(this.#sets.recordOf(set, true));
  }

  nextEdge(edge: number): number {
    return this.#edges.next(edge);
  }

  firstEdgeOfSubject(subject: number): number {
    return this.#edges.aliveOfSubject(this.#firstOf(subject));
  }

  nextEdgeOfSubject(edge: number): number {
    return this.#edges.nextOfSubject(edge);
  }

  subjectOf(edge: number): number {
    return this.#edges.subjectOf(edge);
  }

  setOf(edge: number): number {
    return this.#edges.setOf(edge);
  }

  conditionOf(edge: number): TupleCondition | undefined {
    return this.#conditions.size === 0 ? undefined : this.#conditions.get(edge);
  }

  /** What the tables take, without the contexts of conditions. */
  bytes(): number {
    return this.#nodes.bytes() + this.#sets.bytes() + this.#edges.bytes();
  }

  #internSubject({ type, id, relation }: SubjectName): number {
    const node = this.internNode(this.types.intern(type), id);
    if (relation === undefined) return objectSubject(node);
    return usersetSubject(this.internSet(node, this.relations.intern(relation)));
  }

  #firstOf(subject: number): number {
    const index = indexOfSubject(subject);
    return isUserset(subject) ? this.#sets.firstAsSubject(index) : this.#nodes.firstAsSubject(index);
  }

  #setFirstOf(subject: number, edge: number): void {
    const index = indexOfSubject(subject);
    if (isUserset(subject)) this.#sets.setFirstAsSubject(index, edge);
    else this.#nodes.setFirstAsSubject(index, edge);
  }

  #compact(): void {
    for (let node = 0; node < this.#nodes.count; node += 1) this.#nodes.setFirstAsSubject(node, -1);
    const conditions = new Map<number, TupleCondition>();
    this.#edges.compact((from, to, subject) => {
      const condition = this.#conditions.get(from);
      if (condition !== undefined) conditions.set(to, condition);
      const first = this.#firstOf(subject);
      this.#setFirstOf(subject, to);
      return first;
    });
    this.#conditions = conditions;
  }
}
