import type { SubjectName, TupleCondition } from '../tuple.ts';
import { type GraphView, isUserset, objectSubject, usersetSubject } from './graph-view.ts';
import type { GraphTuple, TupleGraph } from './tuple-graph.ts';

/**
 * A graph and, on top of it, what one request brings along: contextual tuples, and names the graph has not heard of.
 * Its numbers go on where those of the graph end. Made for one request and thrown away.
 */
export class OverlayGraph implements GraphView {
  readonly #base: TupleGraph;
  /** Numbers from here on are its own. */
  readonly #from: number;
  readonly #nodes: { type: number; id: string }[] = [];
  readonly #nodeNumbers = new Map<string, number>();
  readonly #sets: { node: number; relation: number }[] = [];
  readonly #setNumbers = new Map<string, number>();
  readonly #edges: OverlayEdge[] = [];
  readonly #edgeNumbers = new Map<string, number>();
  readonly #firstObject = new Map<number, number>();
  readonly #firstUserset = new Map<number, number>();
  readonly #firstOfSubject = new Map<number, number>();

  constructor(base: TupleGraph) {
    this.#base = base;
    this.#from = base.end;
  }

  get types() {
    return this.#base.types;
  }

  get relations() {
    return this.#base.relations;
  }

  put({ type, id, relation, subject, condition }: GraphTuple): void {
    const set = this.internSet(this.internNode(type, id), relation);
    const subjectNumber = this.internSubject(subject);
    const edge = this.#from + this.#edges.length;
    const chains = isUserset(subjectNumber) ? this.#firstUserset : this.#firstObject;
    const next = chains.get(set) ?? (isUserset(subjectNumber) ? this.#baseUsersetEdge(set) : this.#baseObjectEdge(set));
    const nextOfSubject = this.#firstOfSubject.get(subjectNumber) ?? this.#baseEdgeOfSubject(subjectNumber);
    this.#edges.push({ set, subject: subjectNumber, condition, next, nextOfSubject });
    chains.set(set, edge);
    this.#firstOfSubject.set(subjectNumber, edge);
    this.#edgeNumbers.set(`${set} ${subjectNumber}`, edge);
  }

  internNode(type: string, id: string): number {
    const typeNumber = this.types.intern(type);
    const known = this.findNode(typeNumber, id);
    if (known !== -1) return known;
    const node = this.#from + this.#nodes.length;
    this.#nodes.push({ type: typeNumber, id });
    this.#nodeNumbers.set(`${typeNumber}:${id}`, node);
    return node;
  }

  internSet(node: number, relation: string): number {
    const relationNumber = this.relations.intern(relation);
    const known = this.findSet(node, relationNumber);
    if (known !== -1) return known;
    const set = this.#from + this.#sets.length;
    this.#sets.push({ node, relation: relationNumber });
    this.#setNumbers.set(`${node} ${relationNumber}`, set);
    return set;
  }

  internSubject({ type, id, relation }: SubjectName): number {
    const node = this.internNode(type, id);
    return relation === undefined ? objectSubject(node) : usersetSubject(this.internSet(node, relation));
  }

  findNode(type: number, id: string): number {
    const known = this.#base.findNode(type, id);
    return known === -1 ? (this.#nodeNumbers.get(`${type}:${id}`) ?? -1) : known;
  }

  typeOf(node: number): number {
    return node < this.#from ? this.#base.typeOf(node) : (this.#nodes[node - this.#from]?.type ?? -1);
  }

  idOf(node: number): string {
    return node < this.#from ? this.#base.idOf(node) : (this.#nodes[node - this.#from]?.id ?? '');
  }

  findSet(node: number, relation: number): number {
    const known = node < this.#from ? this.#base.findSet(node, relation) : -1;
    return known === -1 ? (this.#setNumbers.get(`${node} ${relation}`) ?? -1) : known;
  }

  nodeOfSet(set: number): number {
    return set < this.#from ? this.#base.nodeOfSet(set) : (this.#sets[set - this.#from]?.node ?? -1);
  }

  relationOfSet(set: number): number {
    return set < this.#from ? this.#base.relationOfSet(set) : (this.#sets[set - this.#from]?.relation ?? -1);
  }

  /** What the request says about a tuple goes before what is stored. */
  findEdge(set: number, subject: number): number {
    const own = this.#edgeNumbers.get(`${set} ${subject}`);
    return own ?? (set < this.#from ? this.#base.findEdge(set, subject) : -1);
  }

  firstObjectEdge(set: number): number {
    return this.#firstObject.get(set) ?? this.#baseObjectEdge(set);
  }

  firstUsersetEdge(set: number): number {
    return this.#firstUserset.get(set) ?? this.#baseUsersetEdge(set);
  }

  nextEdge(edge: number): number {
    return edge < this.#from ? this.#base.nextEdge(edge) : (this.#edges[edge - this.#from]?.next ?? -1);
  }

  firstEdgeOfSubject(subject: number): number {
    return this.#firstOfSubject.get(subject) ?? this.#baseEdgeOfSubject(subject);
  }

  nextEdgeOfSubject(edge: number): number {
    if (edge < this.#from) return this.#base.nextEdgeOfSubject(edge);
    return this.#edges[edge - this.#from]?.nextOfSubject ?? -1;
  }

  subjectOf(edge: number): number {
    return edge < this.#from ? this.#base.subjectOf(edge) : (this.#edges[edge - this.#from]?.subject ?? -1);
  }

  setOf(edge: number): number {
    return edge < this.#from ? this.#base.setOf(edge) : (this.#edges[edge - this.#from]?.set ?? -1);
  }

  conditionOf(edge: number): TupleCondition | undefined {
    return edge < this.#from ? this.#base.conditionOf(edge) : this.#edges[edge - this.#from]?.condition;
  }

  #baseObjectEdge(set: number): number {
    return set < this.#from ? this.#base.firstObjectEdge(set) : -1;
  }

  #baseUsersetEdge(set: number): number {
    return set < this.#from ? this.#base.firstUsersetEdge(set) : -1;
  }

  #baseEdgeOfSubject(subject: number): number {
    return subject >> 1 < this.#from ? this.#base.firstEdgeOfSubject(subject) : -1;
  }
}

interface OverlayEdge {
  set: number;
  subject: number;
  condition: TupleCondition | undefined;
  next: number;
  nextOfSubject: number;
}
