import { indexOfSubject, objectSubject } from '../graph/graph-view.ts';
import { NodeName } from '../graph/node-name.ts';
import type { TupleGraph } from '../graph/tuple-graph.ts';
import type { Model } from '../model/model.ts';
import { OBJECT_LENGTH_MAX, WILDCARD } from '../tuple.ts';
import type { HierarchyCache } from './hierarchy-cache.ts';
import type { MembershipCache } from './memberships.ts';
import { NOWHERE, TOO_MUCH } from './place-table.ts';
import { type BoundModel, type DirectStep, type FromStep, kindOf, OBJECT_ALLOWED, WILDCARD_ALLOWED } from './plan.ts';
import { type AskedType, TypePrefixes } from './type-prefixes.ts';

/** Tuples of one set that are followed; who has more is asked about the long way, which counts its steps. */
const EDGES_MAX = 64;

interface Parts {
  graph: TupleGraph;
  model: Model;
  bound: BoundModel;
  memberships: MembershipCache;
  hierarchy: HierarchyCache;
}

/**
 * Answers the plain questions, which are nearly all: an object asked about an object, under relations without conditions,
 * intersections and exclusions, with nothing brought along. What takes time there is not thinking but waiting for memory,
 * so texts are read once, nothing is allocated, and what can be looked up side by side is. All else it leaves to
 * {@link Check}, which it agrees with.
 */
export class QuickCheck {
  readonly #graph: TupleGraph;
  readonly #bound: BoundModel;
  readonly #memberships: MembershipCache;
  readonly #hierarchy: HierarchyCache;
  readonly #subjects: TypePrefixes;
  readonly #objects: TypePrefixes;
  readonly #subjectName = new NodeName();
  readonly #objectName = new NodeName();
  /** Who is asked about; found out when a group is met. */
  #subject = -1;
  #everybody = -1;
  #subjectType = -1;
  #memberAt = NOWHERE;
  /** Written so that what was fetched early counts as used. */
  fetched = 0;

  constructor({ graph, model, bound, memberships, hierarchy }: Parts) {
    this.#graph = graph;
    this.#bound = bound;
    this.#memberships = memberships;
    this.#hierarchy = hierarchy;
    this.#subjects = new TypePrefixes(graph, model, bound);
    this.#objects = new TypePrefixes(graph, model, bound);
  }

  /** Undefined when it must be asked the long way: the question is not plain, or not even right. */
  answer(user: string, relation: string, object: string): boolean | undefined {
    const subjectType = this.#subjects.of(user);
    const objectType = this.#objects.of(object);
    if (subjectType === undefined || objectType === undefined) return undefined;
    if (user.length > OBJECT_LENGTH_MAX || object.length > OBJECT_LENGTH_MAX) return undefined;
    const plan = objectType.planFor(relation);
    if (plan?.certain !== true) return undefined;
    const [who, what] = [this.#subjectName, this.#objectName];
    if (!who.readPlain(subjectType.type, user, subjectType.idFrom) || who.is(WILDCARD)) return undefined;
    if (!what.readPlain(objectType.type, object, objectType.idFrom) || what.is(WILDCARD)) return undefined;
    const graph = this.#graph;
    this.fetched = graph.fetchBoth(who, what);
    const subject = graph.findNamed(subjectType.type, who);
    const node = graph.findNamed(objectType.type, what);
    if (node === -1) return false;
    this.#ask(subject === -1 ? -1 : objectSubject(subject), subjectType);
    for (const direct of plan.leaves.directs) {
      const found = this.#lookAt(direct, node);
      if (found !== false) return found;
    }
    for (const from of plan.leaves.froms) {
      const found = this.#lookAbove(from, node);
      if (found !== false) return found;
    }
    return false;
  }

  #ask(subject: number, type: AskedType): void {
    this.#subject = subject;
    this.#everybody = type.everybody();
    this.#subjectType = type.type;
    // Needed when a group is met, which is soon: until then it is on its way.
    this.#memberAt = this.#bound.flatKinds.length === 0 ? NOWHERE : this.#memberships.find(subject, this.#everybody);
  }

  #lookAt(direct: DirectStep, node: number): boolean | undefined {
    const graph = this.#graph;
    const set = graph.findSet(node, direct.relation);
    if (set === -1) return false;
    if (this.#isNamed(direct, set)) return true;
    if (direct.usersets.size === 0) return false;
    let edge = graph.firstUsersetEdge(set);
    for (let count = 0; edge !== -1; edge = graph.nextEdge(edge)) {
      count += 1;
      if (count > EDGES_MAX) return undefined;
      const other = indexOfSubject(graph.subjectOf(edge));
      const inside = graph.nodeOfSet(other);
      const allowed = direct.usersets.get(kindOf(graph.typeOf(inside), graph.relationOfSet(other)));
      if (allowed === undefined || graph.conditionOf(edge) !== undefined) continue;
      if (!allowed.plan.flat) return undefined;
      const member = this.#memberships.has(this.#memberAt, other);
      if (member !== false) return member;
    }
    return false;
  }

  #isNamed({ subjects }: DirectStep, set: number): boolean {
    const allowed = subjects[this.#subjectType] ?? 0;
    if ((allowed & OBJECT_ALLOWED) !== 0 && this.#counts(set, this.#subject)) return true;
    return (allowed & WILDCARD_ALLOWED) !== 0 && this.#counts(set, this.#everybody);
  }

  #counts(set: number, subject: number): boolean {
    if (subject === -1) return false;
    const edge = this.#graph.findEdge(set, subject);
    return edge !== -1 && this.#graph.conditionOf(edge) === undefined;
  }

  #lookAbove(from: FromStep, node: number): boolean | undefined {
    const graph = this.#graph;
    const set = graph.findSet(node, from.direct.relation);
    if (set === -1) return false;
    let edge = graph.firstObjectEdge(set);
    for (let count = 0; edge !== -1; edge = graph.nextEdge(edge)) {
      count += 1;
      if (count > EDGES_MAX) return undefined;
      if (graph.conditionOf(edge) !== undefined) continue;
      const found = this.#lookBehind(from, indexOfSubject(graph.subjectOf(edge)));
      if (found !== false) return found;
    }
    return false;
  }

  #lookBehind(from: FromStep, parent: number): boolean | undefined {
    const hierarchy = this.#hierarchy;
    // Where there is only one plan, what is remembered under it was made for an object of the right type: no need to look.
    let plan = from.only;
    let at = plan === undefined ? NOWHERE : hierarchy.known(plan, parent);
    if (plan === undefined || at === NOWHERE) {
      plan = from.parents[this.#graph.typeOf(parent)];
      if (plan === undefined) return false;
      at = hierarchy.find(plan, parent);
    }
    const places = hierarchy.placesOf(plan);
    const list = places.listAt(at);
    if (list === TOO_MUCH) return undefined;
    const { lists } = hierarchy;
    const memberships = this.#memberships;
    if (this.#memberAt !== NOWHERE && memberships.places.mayMeet(this.#memberAt, places, at)) {
      const member = memberships.meets(this.#memberAt, lists, list);
      if (member !== false) return member;
    }
    if (!places.namesOthers(at)) return false;
    const named = lists.namedCount(list);
    for (let place = 0; place < named; place += 1) {
      const direct = this.#bound.directs[lists.directAt(list, place)];
      if (direct !== undefined && this.#isNamed(direct, lists.namedAt(list, place))) return true;
    }
    return false;
  }
}
