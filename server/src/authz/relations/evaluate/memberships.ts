import { type EpochCell, subjectsSince } from '../graph/epoch-cell.ts';
import { type GraphView, indexOfSubject, isUserset, usersetSubject } from '../graph/graph-view.ts';
import type { TupleGraph } from '../graph/tuple-graph.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { WILDCARD } from '../tuple.ts';
import { NOWHERE, PlaceTable, rememberedIntsMax, TOO_MUCH } from './place-table.ts';
import { type BoundModel, kindOf, OBJECT_UNCONDITIONAL, type Plan, planFor, WILDCARD_UNCONDITIONAL } from './plan.ts';
import { SetLists } from './set-lists.ts';

/**
 * The sets (`group:staff#member`) that a subject is in, over any number of nested groups, sorted by number. People are in
 * few groups while groups hold many, so nested groups are cheap from this side and dear from the other; the idea of
 * Zanzibar's Leopard index. Undefined when looking through the subject's tuples takes too long.
 */
export type Memberships = Int32Array | undefined;

/**
 * @param everybody Subject that stands for everybody of the subject's type, -1 when there is none.
 * @param known What a set and all that it is in come to, where that is remembered: saves looking through its tuples.
 */
export function findMemberships(
  graph: GraphView,
  model: BoundModel,
  subject: number,
  everybody: number,
  known: (set: number) => Memberships = () => undefined,
): Memberships {
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
      const others = known(set);
      if (others === undefined) queue.push(usersetSubject(set));
      else for (const other of others) found.add(other);
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

/** Groups in groups that are remembered each by itself. */
const NESTED_MAX = 32;
/** Longer ones are put together by looking: so much of them is the same that adding them all up takes longer. */
const SHARED_MAX = 64;

/** Remembers memberships for as long as no tuple changes that could change them. */
export class MembershipCache {
  readonly #graph: TupleGraph;
  readonly #model: BoundModel;
  readonly places = new PlaceTable();
  readonly #lists = new SetLists();
  /** Sets that are being looked into, each inside the one before. */
  readonly #underWay = new Set<number>();
  readonly #cells: readonly EpochCell[];
  readonly #epochs: number[];

  constructor(graph: TupleGraph, model: BoundModel) {
    this.#graph = graph;
    this.#model = model;
    this.#cells = model.flatKinds.map((kind) => graph.epochCell(kind));
    this.#epochs = this.#cells.map(({ epoch }) => epoch);
  }

  of(subject: number, everybody: number): Memberships {
    const list = this.places.listAt(this.find(subject, everybody));
    return list === TOO_MUCH ? undefined : this.#lists.setsOf(list);
  }

  /**
   * Where in {@link places} the list of a subject's sets is told, for the methods below, until they are asked for of another.
   */
  find(subject: number, everybody: number): number {
    this.#forgetWhatChanged();
    const known = this.places.find(keyOf(subject, everybody));
    return known === NOWHERE ? this.#make(subject, everybody) : known;
  }

  /** Undefined when the subject's tuples are too many to look through. */
  has(at: number, set: number): boolean | undefined {
    if (!this.places.marks(at, set)) return false;
    const list = this.places.listAt(at);
    return list === TOO_MUCH ? undefined : this.#lists.has(list, set);
  }

  /** Is the subject in a set of a list that is kept elsewhere? Undefined when its tuples are too many to look through. */
  meets(at: number, others: SetLists, other: number): boolean | undefined {
    const list = this.places.listAt(at);
    if (list !== TOO_MUCH) return this.#lists.meets(list, others, other);
    return others.setCount(other) === 0 ? false : undefined;
  }

  #make(subject: number, everybody: number): number {
    const sets = findMemberships(this.#graph, this.#model, subject, everybody, (set) => this.#ofSet(set));
    if (this.places.ints + this.#lists.ints > rememberedIntsMax(this.#graph.tupleCount)) this.#clear();
    const list = sets === undefined ? TOO_MUCH : this.#lists.intern(sets);
    return this.places.set(keyOf(subject, everybody), list, this.#lists);
  }

  /** Many people are in one group, so what that is in is remembered too. Cycles and long ways are left to whoever asks. */
  #ofSet(set: number): Memberships {
    const subject = usersetSubject(set);
    let at = this.places.find(subject);
    if (at === NOWHERE) {
      if (this.#underWay.has(set) || this.#underWay.size >= NESTED_MAX) return undefined;
      this.#underWay.add(set);
      at = this.#make(subject, -1);
      this.#underWay.delete(set);
    }
    const list = this.places.listAt(at);
    return list === TOO_MUCH || this.#lists.setCount(list) > SHARED_MAX ? undefined : this.#lists.setsOf(list);
  }

  /** A tuple that names one person changes the groups of that person only; one that names a group, those of many. */
  #forgetWhatChanged(): void {
    for (let index = 0; index < this.#cells.length; index += 1) {
      const cell = this.#cells[index];
      const seen = this.#epochs[index] ?? 0;
      if (cell === undefined || cell.epoch === seen) continue;
      this.#epochs[index] = cell.epoch;
      const changed = subjectsSince(cell, seen);
      if (changed === undefined || changed.some((subject) => this.#isMany(subject))) this.#clear();
      else for (const subject of changed) this.places.forget(subject);
    }
  }

  #clear(): void {
    this.places.clear();
    this.#lists.clear();
  }

  #isMany(subject: number): boolean {
    return isUserset(subject) || this.#graph.idOf(indexOfSubject(subject)) === WILDCARD;
  }
}

/** Of subjects that stand in no tuple only the type matters, which `everybody` tells: below 0, where no subject is. */
function keyOf(subject: number, everybody: number): number {
  return subject >= 0 ? subject : -2 - everybody;
}
