import type { JsonObject } from '#audit';
import { relationsErrors } from '../../errors.ts';
import { type GraphView, indexOfSubject } from '../graph/graph-view.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { AskedSubject, type CheckedSubject } from './asked-subject.ts';
import type { HierarchyCache } from './hierarchy-cache.ts';
import { isMember, type Memberships } from './memberships.ts';
import { Conditions, NO, type Outcome, UNKNOWN, YES } from './outcome.ts';
import { TOO_MUCH } from './place-table.ts';
import {
  type BoundModel,
  type DirectStep,
  type FromStep,
  kindOf,
  OBJECT_UNCONDITIONAL,
  type Plan,
  type Step,
} from './plan.ts';

export interface CheckInput extends CheckedSubject {
  graph: GraphView;
  model: BoundModel;
  context: JsonObject | undefined;
  /** Sets that the subject is in; asked for once, and only when it matters. */
  memberships: () => Memberships;
  /** What lies behind objects; only where the graph is looked at as it is stored. */
  hierarchy?: HierarchyCache | undefined;
  stepsMax?: number;
}

/**
 * Checks about one subject in one state of the graph: pure and synchronous. What was worked out for one object helps with
 * the next, so lists use one of these for all they look at.
 *
 * Relations that lead to no intersection and no exclusion are a question of reachability: each state is looked at once,
 * whatever cycles there are. The others are worked out recursively. A cycle through intersections adds nothing (the least
 * fixpoint); one through the subtracted side of an exclusion would make it depend on its own opposite, and denies.
 */
export class Check {
  readonly #input: CheckInput;
  readonly #graph: GraphView;
  readonly #conditions: Conditions;
  readonly #asked: AskedSubject;
  #memberships: Memberships | null = null;
  #stepsLeft: number;
  /** Made when first needed: most checks need neither. */
  #known: Map<number, Outcome> | undefined;
  #underWay: Map<number, number> | undefined;
  /** Depth of the outermost state under way that the last outcome leant on; infinite when it stands by itself. */
  #leansOn = Number.POSITIVE_INFINITY;

  constructor(input: CheckInput) {
    this.#input = input;
    this.#graph = input.graph;
    this.#conditions = new Conditions(input, this);
    this.#asked = new AskedSubject(input.graph, this.#conditions, input);
    this.#stepsLeft = input.stepsMax ?? RELATION_LIMITS.checkStepsMax;
  }

  /**
   * Does the subject have the plan's relation to the node?
   * @throws `authorization_model_resolution_too_complex`; `validation_error` when it hangs on a condition that can't be
   *   evaluated, for example because the context lacks a parameter.
   */
  allowed(plan: Plan, node: number): boolean {
    const outcome = this.#evaluate(plan, node, 0);
    if (outcome !== UNKNOWN) return outcome === YES;
    throw relationsErrors.validation_error({
      message: this.#conditions.failure ?? 'A condition can not be evaluated.',
    });
  }

  /** What is left of the steps that it may take. */
  get stepsLeft(): number {
    return this.#stepsLeft;
  }

  /** Every method that gives an outcome also sets `#leansOn` for it. */
  #evaluate(plan: Plan, node: number, depth: number): Outcome {
    this.#leansOn = Number.POSITIVE_INFINITY;
    if (plan.monotone) return this.#reach(plan, node);
    if (this.#asked.is(node, plan.relation)) return YES;
    // Below 2^53: node numbers take 31 bits, plan numbers 15.
    const key = plan.index * 0x8000_0000 + node;
    const known = this.#known?.get(key);
    if (known !== undefined) return known;
    const begunAt = this.#underWay?.get(key);
    if (begunAt !== undefined) {
      this.#leansOn = begunAt;
      return NO;
    }
    if (depth >= RELATION_LIMITS.checkDepthMax) throw relationsErrors.authorization_model_resolution_too_complex();
    this.spend();
    this.#known ??= new Map();
    this.#underWay ??= new Map();
    this.#underWay.set(key, depth);
    const outcome = this.#step(plan.step, node, depth);
    this.#underWay.delete(key);
    // A yes leans on nothing; a no may turn out otherwise once the outer state it leant on is worked out.
    if (outcome === YES || this.#leansOn >= depth) {
      this.#known.set(key, outcome);
      this.#leansOn = Number.POSITIVE_INFINITY;
    }
    return outcome;
  }

  #step(step: Step, node: number, depth: number): Outcome {
    switch (step.kind) {
      case 'direct':
        return this.#direct(step.direct, node, depth);
      case 'computed':
        return this.#evaluate(step.plan, node, depth + 1);
      case 'from':
        return this.#from(step.from, node, depth);
      case 'union':
        return this.#any(step.children, (child) => this.#step(child, node, depth));
      case 'intersection':
        return this.#all(step.children, node, depth);
      case 'difference':
        return this.#butNot(step.base, step.subtract, node, depth);
    }
  }

  #any<T>(items: Iterable<T>, work: (item: T) => Outcome): Outcome {
    let outcome: Outcome = NO;
    let leansOn = Number.POSITIVE_INFINITY;
    for (const item of items) {
      const next = work(item);
      if (next === YES) {
        this.#leansOn = Number.POSITIVE_INFINITY;
        return YES;
      }
      if (next === UNKNOWN) outcome = UNKNOWN;
      leansOn = Math.min(leansOn, this.#leansOn);
    }
    this.#leansOn = leansOn;
    return outcome;
  }

  #all(children: readonly Step[], node: number, depth: number): Outcome {
    let outcome: Outcome = YES;
    let leansOn = Number.NEGATIVE_INFINITY;
    for (const child of children) {
      const next = this.#step(child, node, depth);
      if (next === NO) {
        outcome = NO;
        leansOn = Math.max(leansOn, this.#leansOn);
        if (leansOn === Number.POSITIVE_INFINITY) return NO;
      } else if (next === UNKNOWN && outcome === YES) outcome = UNKNOWN;
    }
    this.#leansOn = outcome === NO ? leansOn : Number.POSITIVE_INFINITY;
    return outcome;
  }

  #butNot(base: Step, subtract: Step, node: number, depth: number): Outcome {
    const has = this.#step(base, node, depth);
    if (has === NO) return NO;
    const excluded = this.#step(subtract, node, depth);
    if (excluded === YES) return NO;
    // The subtracted side came back to where the exclusion itself stands: "only if not" of itself.
    if (this.#leansOn <= depth) return NO;
    this.#leansOn = Number.POSITIVE_INFINITY;
    return has === UNKNOWN || excluded === UNKNOWN ? UNKNOWN : YES;
  }

  #direct(direct: DirectStep, node: number, depth: number): Outcome {
    this.#leansOn = Number.POSITIVE_INFINITY;
    const set = this.#graph.findSet(node, direct.relation);
    if (set === -1) return NO;
    const named = this.#asked.named(direct, set);
    if (named === YES || direct.usersets.size === 0) return named;
    const graph = this.#graph;
    const outcome = this.#any(this.#edges(graph.firstUsersetEdge(set)), (edge) => {
      this.#leansOn = Number.POSITIVE_INFINITY;
      const other = indexOfSubject(graph.subjectOf(edge));
      const inside = graph.nodeOfSet(other);
      const type = graph.typeOf(inside);
      const allowed = direct.usersets.get(kindOf(type, graph.relationOfSet(other)));
      if (allowed === undefined) return NO;
      const counts = this.#conditions.ofEdge(direct, edge, type, allowed.unconditional);
      return counts === YES ? this.#inUserset(allowed.plan, other, inside, depth + 1) : counts;
    });
    return outcome === NO ? named : outcome;
  }

  #from(from: FromStep, node: number, depth: number): Outcome {
    this.#leansOn = Number.POSITIVE_INFINITY;
    const graph = this.#graph;
    const set = graph.findSet(node, from.direct.relation);
    if (set === -1) return NO;
    return this.#any(this.#edges(graph.firstObjectEdge(set)), (edge) => {
      this.#leansOn = Number.POSITIVE_INFINITY;
      const parent = indexOfSubject(graph.subjectOf(edge));
      const type = graph.typeOf(parent);
      const plan = from.parents[type];
      if (plan === undefined) return NO;
      const counts = this.#conditions.ofEdge(from.direct, edge, type, isFree(from.direct, type));
      return counts === YES ? this.#evaluate(plan, parent, depth + 1) : counts;
    });
  }

  *#edges(first: number): Generator<number> {
    for (let edge = first; edge !== -1; edge = this.#graph.nextEdge(edge)) {
      this.spend();
      yield edge;
    }
  }

  #inUserset(plan: Plan, set: number, node: number, depth: number): Outcome {
    if (plan.flat) {
      const memberships = this.#ownMemberships();
      if (memberships !== undefined) return isMember(memberships, set) ? YES : NO;
    }
    return this.#evaluate(plan, node, depth);
  }

  /** Reachability for monotone plans. */
  #reach(plan: Plan, node: number): Outcome {
    const space = this.#input.model.space;
    space.begin(this);
    space.enqueue(plan, node);
    let outcome: Outcome = NO;
    for (let next = space.plans.pop(); next !== undefined; next = space.plans.pop()) {
      const found = this.#look(next, space.nodes.pop() ?? -1);
      if (found === YES) return YES;
      if (found === UNKNOWN) outcome = UNKNOWN;
    }
    if (outcome === NO) space.keep(this);
    return outcome;
  }

  #look({ leaves }: Plan, node: number): Outcome {
    this.spend();
    if (this.#asked.isUserset && leaves.relations.some((relation) => this.#asked.is(node, relation))) return YES;
    const graph = this.#graph;
    let outcome: Outcome = NO;
    for (const direct of leaves.directs) {
      const set = graph.findSet(node, direct.relation);
      if (set === -1) continue;
      let found = this.#asked.named(direct, set);
      if (found !== YES && direct.usersets.size > 0) {
        const inside = this.#lookIntoUsersets(direct, set);
        if (inside !== NO) found = inside;
      }
      if (found === YES) return YES;
      if (found === UNKNOWN) outcome = UNKNOWN;
    }
    for (const from of leaves.froms) {
      const set = graph.findSet(node, from.direct.relation);
      const found = set === -1 ? NO : this.#lookAtParents(from, set);
      if (found === YES) return YES;
      if (found === UNKNOWN) outcome = UNKNOWN;
    }
    return outcome;
  }

  #lookIntoUsersets(direct: DirectStep, set: number): Outcome {
    const graph = this.#graph;
    let outcome: Outcome = NO;
    for (let edge = graph.firstUsersetEdge(set); edge !== -1; edge = graph.nextEdge(edge)) {
      this.spend();
      const other = indexOfSubject(graph.subjectOf(edge));
      const node = graph.nodeOfSet(other);
      const type = graph.typeOf(node);
      const allowed = direct.usersets.get(kindOf(type, graph.relationOfSet(other)));
      if (allowed === undefined) continue;
      const counts = this.#conditions.ofEdge(direct, edge, type, allowed.unconditional);
      if (counts === UNKNOWN) outcome = UNKNOWN;
      if (counts !== YES) continue;
      const { plan } = allowed;
      const memberships = plan.flat ? this.#ownMemberships() : undefined;
      if (memberships === undefined) this.#input.model.space.enqueue(plan, node);
      else if (isMember(memberships, other)) return YES;
    }
    return outcome;
  }

  /** What may lie behind a tuple whose condition can't be evaluated is not known, so the answer is not either. */
  #lookAtParents(from: FromStep, set: number): Outcome {
    const graph = this.#graph;
    let outcome: Outcome = NO;
    for (let edge = graph.firstObjectEdge(set); edge !== -1; edge = graph.nextEdge(edge)) {
      this.spend();
      const parent = indexOfSubject(graph.subjectOf(edge));
      const type = graph.typeOf(parent);
      const plan = from.parents[type];
      if (plan === undefined) continue;
      const counts = this.#conditions.ofEdge(from.direct, edge, type, isFree(from.direct, type));
      if (counts === UNKNOWN) outcome = UNKNOWN;
      if (counts !== YES) continue;
      const behind = this.#lookBehind(plan, parent);
      if (behind === YES) return YES;
      if (behind === undefined) this.#input.model.space.enqueue(plan, parent);
    }
    return outcome;
  }

  /** As if the whole hierarchy above had been followed; undefined when it has to be. */
  #lookBehind(plan: Plan, node: number): Outcome | undefined {
    const { hierarchy } = this.#input;
    if (hierarchy === undefined || !plan.certain || this.#asked.isUserset) return undefined;
    const list = hierarchy.listOf(plan, node);
    if (list === TOO_MUCH) return undefined;
    const { lists } = hierarchy;
    const usersets = lists.setCount(list);
    const memberships = usersets === 0 ? undefined : this.#ownMemberships();
    if (usersets > 0 && memberships === undefined) return undefined;
    for (let place = 0; memberships !== undefined && place < usersets; place += 1) {
      if (isMember(memberships, lists.setAt(list, place))) return YES;
    }
    const named = lists.namedCount(list);
    for (let place = 0; place < named; place += 1) {
      const direct = this.#input.model.directs[lists.directAt(list, place)];
      if (direct !== undefined && this.#asked.named(direct, lists.namedAt(list, place)) === YES) return YES;
    }
    return NO;
  }

  #ownMemberships(): Memberships {
    if (this.#memberships === null) this.#memberships = this.#input.memberships();
    return this.#memberships;
  }

  /** Also what conditions take. */
  spend(steps = 1): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw relationsErrors.authorization_model_resolution_too_complex();
  }
}

function isFree(direct: DirectStep, type: number): boolean {
  return ((direct.subjects[type] ?? 0) & OBJECT_UNCONDITIONAL) !== 0;
}
