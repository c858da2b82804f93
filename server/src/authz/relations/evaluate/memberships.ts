import { type GraphView, indexOfSubject, isUserset, usersetSubject } from '../graph/graph-view.ts';
import type { EpochCell, TupleGraph } from '../graph/tuple-graph.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { type BoundModel, kindOf, OBJECT_UNCONDITIONAL, type Plan, planFor, WILDCARD_UNCONDITIONAL } from './plan.ts';

/**
 * The sets (`group:staff#member`) that a subject is in, over any number of nested groups, sorted by number. People are in
 * few groups while groups hold many, so nested groups are cheap from this side and dear from the other; the idea of
 * Zanzibar's Leopard index. Undefined when looking through the subject's tuples takes too long.
 */
export type Memberships = Int32Array | undefined;

/** @param everybody Subject that stands for everybody of the subject's type, -1 when there is none. */
export function findMemberships(graph: GraphView, model: BoundModel, subject: number, everybody: number): Memberships {
  const found = new Set<number>();
  const queue = [subject, everybody].filter((each) => each >= 0);
  if (subject >= 0 && isUserset(subject)) {
    const set = indexOfSubject(subject);
    if (planOfSet(graph, model, set)?.flat === true) found.add(set);
  }
  let scanned = 0;
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (let edge = graph.firstEdgeOfSubject(next); edge !== -1; edge = graph.nextEdgeOfSubject(edge)) {
      scanned += 1;
      if (scanned > RELATION_LIMITS.membershipScanMax) return undefined;
      const set = graph.setOf(edge);
      if (found.has(set) || graph.conditionOf(edge) !== undefined) continue;
      const plan = planOfSet(graph, model, set);
      if (plan?.flat !== true || !allows(graph, plan, next, next === everybody)) continue;
      found.add(set);
      queue.push(usersetSubject(set));
    }
  }
  return Int32Array.from(found).sort();
}

export function isMember(memberships: Int32Array, set: number): boolean {
  let low = 0;
  let high = memberships.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = memberships[middle] ?? 0;
    if (value === set) return true;
    if (value < set) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

function planOfSet(graph: GraphView, model: BoundModel, set: number): Plan | undefined {
  return planFor(model, graph.typeOf(graph.nodeOfSet(set)), graph.relationOfSet(set));
}

function allows(graph: GraphView, { step }: Plan, subject: number, everybody: boolean): boolean {
  if (step.kind !== 'direct') return false;
  const index = indexOfSubject(subject);
  if (isUserset(subject)) {
    return step.direct.usersets.has(kindOf(graph.typeOf(graph.nodeOfSet(index)), graph.relationOfSet(index)));
  }
  const allowed = step.direct.subjects[graph.typeOf(index)] ?? 0;
  return (allowed & (everybody ? WILDCARD_UNCONDITIONAL : OBJECT_UNCONDITIONAL)) !== 0;
}

/** Remembers memberships for as long as no tuple changes that could change one of them. */
export class MembershipCache {
  readonly #graph: TupleGraph;
  readonly #model: BoundModel;
  readonly #known = new Map<number, Memberships>();
  readonly #cells: readonly EpochCell[];
  readonly #epochs: number[];

  constructor(graph: TupleGraph, model: BoundModel) {
    this.#graph = graph;
    this.#model = model;
    this.#cells = model.flatKinds.map((kind) => graph.epochCell(kind));
    this.#epochs = this.#cells.map(({ epoch }) => epoch);
  }

  of(subject: number, everybody: number): Memberships {
    this.#forgetWhatChanged();
    // Of subjects that stand in no tuple only the type matters, which `everybody` tells.
    const key = subject >= 0 ? subject : -2 - everybody;
    const known = this.#known.get(key);
    if (known !== undefined || this.#known.has(key)) return known;
    const memberships = findMemberships(this.#graph, this.#model, subject, everybody);
    // Starting anew is cheaper to get right than to evict one by one, and as good with so many.
    if (this.#known.size >= RELATION_LIMITS.membershipsCachedMax) this.#known.clear();
    this.#known.set(key, memberships);
    return memberships;
  }

  #forgetWhatChanged(): void {
    for (let index = 0; index < this.#cells.length; index += 1) {
      const epoch = this.#cells[index]?.epoch ?? 0;
      if (epoch === this.#epochs[index]) continue;
      this.#epochs[index] = epoch;
      this.#known.clear();
    }
  }
}
