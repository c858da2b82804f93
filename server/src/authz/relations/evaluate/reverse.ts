import { type GraphView, indexOfSubject, isUserset, objectSubject, usersetSubject } from '../graph/graph-view.ts';
import type { CheckedSubject } from './asked-subject.ts';
import {
  type BoundModel,
  type DirectStep,
  kindOf,
  OBJECT_ALLOWED,
  type Plan,
  planFor,
  type Step,
  WILDCARD_ALLOWED,
} from './plan.ts';

/** What having a relation can lead to, one step on. */
interface Onward {
  /** Relations of the same object. */
  computed: Set<Plan>;
  /** Relations of objects whose tuples of `relation` name this object. */
  from: Map<Plan, Set<number>>;
  /** Relations in whose tuples this one is named as a userset. */
  userset: Set<Plan>;
}

/**
 * Nodes to which the subject may have the plan's relation, each once: everything that can be reached from the subject
 * along tuples, taking intersections by one of their sides and leaving exclusions and conditions aside. So whoever has
 * the relation is among them; where the plan is `certain`, nobody else is.
 */
export function* reachableNodes(
  graph: GraphView,
  model: BoundModel,
  { subject, everybody, type }: CheckedSubject,
  target: Plan,
  spend: () => void,
): Generator<number> {
  const relevant = leadingTo(target);
  const onward = onwardSteps(model);
  const seen = new Set<number>();
  const queue: [Plan, number][] = [];
  const reach = (plan: Plan | undefined, node: number): void => {
    if (plan === undefined || !relevant.has(plan)) return;
    const key = plan.index * 0x8000_0000 + node;
    if (seen.has(key)) return;
    seen.add(key);
    queue.push([plan, node]);
  };
  const follow = (each: number, allows: (direct: DirectStep) => boolean): void => {
    for (let edge = graph.firstEdgeOfSubject(each); edge !== -1; edge = graph.nextEdgeOfSubject(edge)) {
      spend();
      const set = graph.setOf(edge);
      const node = graph.nodeOfSet(set);
      const plan = planFor(model, graph.typeOf(node), graph.relationOfSet(set));
      const direct = plan === undefined || !relevant.has(plan) ? undefined : countingDirect(plan.step);
      if (direct !== undefined && allows(direct) && mayCount(graph, direct, edge)) reach(plan, node);
    }
  };
  const followParent = (node: number, from: Onward['from']): void => {
    const parent = objectSubject(node);
    for (let edge = graph.firstEdgeOfSubject(parent); edge !== -1; edge = graph.nextEdgeOfSubject(edge)) {
      spend();
      const set = graph.setOf(edge);
      const child = graph.nodeOfSet(set);
      const type = graph.typeOf(child);
      for (const [plan, tuplesets] of from) {
        if (plan.type === type && tuplesets.has(graph.relationOfSet(set))) reach(plan, child);
      }
    }
  };

  if (subject >= 0 && isUserset(subject)) {
    const set = indexOfSubject(subject);
    const kind = kindOf(type, graph.relationOfSet(set));
    reach(model.byKind.get(kind), graph.nodeOfSet(set));
    follow(subject, (direct) => direct.usersets.has(kind));
  } else {
    const isAllowed = (bit: number) => (direct: DirectStep) => ((direct.subjects[type] ?? 0) & bit) !== 0;
    if (subject >= 0) follow(subject, isAllowed(OBJECT_ALLOWED));
    if (everybody >= 0) follow(everybody, isAllowed(WILDCARD_ALLOWED));
  }
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [plan, node] = next;
    spend();
    if (plan === target) yield node;
    const { computed, from, userset } = onward.get(plan) ?? NOWHERE;
    for (const other of computed) reach(other, node);
    if (from.size > 0) followParent(node, from);
    const own = userset.size > 0 ? graph.findSet(node, plan.relation) : -1;
    const kind = kindOf(plan.type, plan.relation);
    if (own !== -1) follow(usersetSubject(own), (direct) => direct.usersets.has(kind));
  }
}

/** Tuples of other models don't count. Whether a condition that is allowed is met is for the check to say. */
function mayCount(graph: GraphView, direct: DirectStep, edge: number): boolean {
  const condition = graph.conditionOf(edge);
  if (condition === undefined) return true;
  return [...direct.conditions.values()].some((names) => names.has(condition.name));
}

const NOWHERE: Onward = { computed: new Set(), from: new Map(), userset: new Set() };
const cachedOnward = new WeakMap<BoundModel, ReadonlyMap<Plan, Onward>>();

/** For an intersection the first side is enough: who has the relation has that too. */
function* countingSteps(step: Step): Generator<Step> {
  if (step.kind === 'union') for (const child of step.children) yield* countingSteps(child);
  else if (step.kind === 'intersection') for (const child of step.children.slice(0, 1)) yield* countingSteps(child);
  else if (step.kind === 'difference') yield* countingSteps(step.base);
  else yield step;
}

function countingDirect(step: Step): DirectStep | undefined {
  for (const part of countingSteps(step)) if (part.kind === 'direct') return part.direct;
  return undefined;
}

function onwardSteps(model: BoundModel): ReadonlyMap<Plan, Onward> {
  const known = cachedOnward.get(model);
  if (known !== undefined) return known;
  const onward = new Map<Plan, Onward>(
    model.plans.map((plan) => [plan, { computed: new Set(), from: new Map(), userset: new Set() }]),
  );
  for (const plan of model.plans) {
    for (const step of countingSteps(plan.step)) {
      if (step.kind === 'computed') onward.get(step.plan)?.computed.add(plan);
      else if (step.kind === 'direct') {
        for (const { plan: inner } of step.direct.usersets.values()) onward.get(inner)?.userset.add(plan);
      } else if (step.kind === 'from') {
        for (const parent of step.from.parents) {
          const from = parent === undefined ? undefined : onward.get(parent)?.from;
          from?.set(plan, (from.get(plan) ?? new Set()).add(step.from.direct.relation));
        }
      }
    }
  }
  cachedOnward.set(model, onward);
  return onward;
}

/** Plans from which the target can be reached at all. */
function leadingTo(target: Plan): ReadonlySet<Plan> {
  const found = new Set([target]);
  for (const plan of found) {
    for (const step of countingSteps(plan.step)) {
      if (step.kind === 'computed') found.add(step.plan);
      else if (step.kind === 'from') {
        for (const parent of step.from.parents) if (parent !== undefined) found.add(parent);
      } else if (step.kind === 'direct') for (const { plan: inner } of step.direct.usersets.values()) found.add(inner);
    }
  }
  return found;
}
