import type { SubjectName, TupleCondition } from '../tuple.ts';
import { Arena } from './arena.ts';
import { EdgeTable } from './edge-table.ts';
import { type EpochCell, emptyCell, noteChange } from './epoch-cell.ts';
import { type GraphView, indexOfSubject, isUserset, objectSubject, usersetSubject } from './graph-view.ts';
import type { NodeName } from './node-name.ts';
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

/** Chains are swept when there is a removed edge on them for every five that are there. */
const REMOVED_SHARE_MAX = 0.2;
const REMOVED_MIN = 1_024;

/** All tuples of one store, in memory: some 60 bytes for each, names included. Changed only between evaluations, never during one. */
export class TupleGraph implements GraphView {
  readonly types = new NameTable();
  readonly relations = new NameTable();
  readonly #arena = new Arena();
  readonly #nodes = new NodeTable(this.#arena);
  readonly #sets = new SetTable(this.#arena, this.#nodes);
  readonly #edges = new EdgeTable(this.#arena, this.#sets);
  readonly #conditions = new Map<number, TupleCondition>();
  readonly #epochs = new Map<number, EpochCell>();

  /** All tuples of the store are here. */
  get isWhole(): boolean {
    return true;
  }

  get tupleCount(): number {
    return this.#edges.size;
  }

  get nodeCount(): number {
    return this.#nodes.count;
  }

  /** Numbers of nodes, sets and edges are all below this: what is only in a request is numbered above. */
  get end(): number {
    return this.#arena.end;
  }

  /** In no order. */
  nodes(): Generator<number> {
    return this.#nodes.all();
  }

  *setsOf(node: number): Generator<number> {
    for (const record of this.#sets.recordsOf(node)) if (this.#sets.isSet(record)) yield record;
  }

  /** Adds a tuple; one that is there already only gets the new condition. */
  put({ type, id, relation, subject, condition }: GraphTuple): void {
    const relationNumber = this.relations.intern(relation);
    const node = this.internNode(this.types.intern(type), id);
    const set = this.internSet(node, relationNumber);
    const subjectNumber = this.#internSubject(subject);
    noteChange(this.epochCell(this.typeOf(node) * 65_536 + relationNumber), subjectNumber);
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
    noteChange(this.epochCell(this.typeOf(node) * 65_536 + relationNumber), subjectNumber);
    this.#setFirstOf(subjectNumber, this.#edges.remove(edge, this.#firstOf(subjectNumber)));
    this.#conditions.delete(edge);
    const { removed, size } = this.#edges;
    if (removed > REMOVED_MIN && removed > size * REMOVED_SHARE_MAX) this.#sweep();
  }

  /** Stays the same for as long as the graph: what it holds changes. @param kind The type in the upper, the relation in the lower 16 bits. */
  epochCell(kind: number): EpochCell {
    const known = this.#epochs.get(kind);
    if (known !== undefined) return known;
    const cell = emptyCell();
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

  findNamed(type: number, name: NodeName): number {
    return this.#nodes.findNamed(type, name);
  }

  fetchBoth(one: NodeName, other: NodeName): number {
    return this.#nodes.fetchBoth(one, other);
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
    return this.#arena.bytes() + this.#nodes.bytes() + this.#sets.bytes() + this.#edges.bytes();
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

  #sweep(): void {
    for (const node of this.#nodes.all()) {
      this.#nodes.setFirstAsSubject(node, this.#edges.sweepSubject(this.#nodes.firstAsSubject(node)));
      for (const record of this.#sets.recordsOf(node)) {
        this.#edges.sweepRecord(record);
        const first = this.#sets.firstAsSubject(record);
        if (first !== -1) this.#sets.setFirstAsSubject(record, this.#edges.sweepSubject(first));
      }
    }
    this.#edges.freeRemoved();
  }
}
