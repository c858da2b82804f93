import type { TupleCondition } from '../tuple.ts';
import type { NameTable } from './node-table.ts';

/**
 * What evaluation reads: tuples as edges of a graph, everything a small integer, -1 for "there is none".
 *
 * A **node** is an object. A **set** is a node with a relation (`document:1#viewer`): the left side of tuples, and also a
 * userset on their right side. A **subject** is the right side: {@link objectSubject} or {@link usersetSubject}.
 * An **edge** is a tuple. Edges of a set hang on two chains, those with an object (or everybody) and those with a userset;
 * edges of a subject hang on one.
 */
export interface GraphView {
  readonly types: NameTable;
  readonly relations: NameTable;
  findNode(type: number, id: string): number;
  typeOf(node: number): number;
  idOf(node: number): string;
  findSet(node: number, relation: number): number;
  nodeOfSet(set: number): number;
  relationOfSet(set: number): number;
  findEdge(set: number, subject: number): number;
  firstObjectEdge(set: number): number;
  firstUsersetEdge(set: number): number;
  /** The next edge of the same set and kind. */
  nextEdge(edge: number): number;
  firstEdgeOfSubject(subject: number): number;
  nextEdgeOfSubject(edge: number): number;
  subjectOf(edge: number): number;
  setOf(edge: number): number;
  conditionOf(edge: number): TupleCondition | undefined;
}

export function objectSubject(node: number): number {
  return node * 2;
}

export function usersetSubject(set: number): number {
  return set * 2 + 1;
}

export function isUserset(subject: number): boolean {
  return (subject & 1) === 1;
}

/** The node, or the set, that a subject stands for. */
export function indexOfSubject(subject: number): number {
  return subject >> 1;
}

export function describeEdge(graph: GraphView, edge: number): string {
  return `${describeSet(graph, graph.setOf(edge))}@${describeSubject(graph, graph.subjectOf(edge))}`;
}

export function describeSubject(graph: GraphView, subject: number): string {
  const index = indexOfSubject(subject);
  return isUserset(subject) ? describeSet(graph, index) : describeNode(graph, index);
}

export function describeNode(graph: GraphView, node: number): string {
  return `${graph.types.nameOf(graph.typeOf(node))}:${graph.idOf(node)}`;
}

export function describeSet(graph: GraphView, set: number): string {
  return `${describeNode(graph, graph.nodeOfSet(set))}#${graph.relations.nameOf(graph.relationOfSet(set))}`;
}
