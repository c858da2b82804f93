import { GatehouseError } from '#base';
import { describeSet, describeSubject, type GraphView, indexOfSubject } from '../graph/graph-view.ts';
import { RELATION_LIMITS } from '../limits.ts';
import type { ObjectName, SubjectName, TupleKey } from '../tuple.ts';
import { AskedSubject, type CheckedSubject } from './asked-subject.ts';
import type { Check } from './check.ts';
import { Conditions, YES } from './outcome.ts';
import { type DirectStep, type FromStep, kindOf, OBJECT_UNCONDITIONAL, type Plan, type Step } from './plan.ts';
import type { Query } from './query.ts';

/**
 * Tuples which together give the subject the relation, from the object's side to the subject's: why a check says yes. One
 * way of possibly many; where a relation is an intersection, one way for each side. What is excluded (`but not`) leaves no
 * tuple to be named. Undefined when the check says no, and when no way of at most {@link PATH_DEPTH_MAX} steps was found
 * in time. Slow, and meant for explanations; pure.
 */
export function findPath(
  query: Query,
  asked: { object: ObjectName; relation: string; subject: SubjectName },
): readonly TupleKey[] | undefined {
  const who = query.subject(asked.subject);
  const plan = query.plan(asked.object.type, asked.relation);
  const node = query.node(asked.object.type, asked.object.id);
  if (node === -1) return undefined;
  try {
    return new PathFinder(query, who).prove(plan, node, 0)?.map((edge) => tupleOf(query.graph, edge));
  } catch (cause) {
    if (cause instanceof GatehouseError) return undefined;
    throw cause;
  }
}

/** A longer one explains nothing to anybody. */
const PATH_DEPTH_MAX = 50;

type Path = readonly number[];
const NOTHING_NEEDED: Path = Object.freeze([]);

class PathFinder {
  readonly #graph: GraphView;
  readonly #check: Check;
  readonly #asked: AskedSubject;
  readonly #conditions: Conditions;
  /** States on the way here: a way that comes back to itself is none. */
  readonly #underWay = new Set<number>();

  constructor(query: Query, who: CheckedSubject) {
    this.#graph = query.graph;
    this.#check = query.check(who, RELATION_LIMITS.listStepsMax);
    this.#conditions = new Conditions(
      { graph: query.graph, model: query.scope.bound, context: query.context },
      this.#check,
    );
    this.#asked = new AskedSubject(query.graph, this.#conditions, who);
  }

  prove(plan: Plan, node: number, depth: number): Path | undefined {
    if (this.#asked.is(node, plan.relation)) return NOTHING_NEEDED;
    const key = plan.index * 0x8000_0000 + node;
    if (depth > PATH_DEPTH_MAX || this.#underWay.has(key) || !this.#holds(plan, node)) return undefined;
    this.#underWay.add(key);
    const path = this.#step(plan.step, node, depth);
    this.#underWay.delete(key);
    return path;
  }

  /** What hangs on a condition that can't be evaluated proves nothing; another way may do without it. */
  #holds(plan: Plan, node: number): boolean {
    try {
      return this.#check.allowed(plan, node);
    } catch (cause) {
      if (cause instanceof GatehouseError && cause.code === 'validation_error') return false;
      throw cause;
    }
  }

  #step(step: Step, node: number, depth: number): Path | undefined {
    switch (step.kind) {
      case 'direct':
        return this.#direct(step.direct, node, depth);
      case 'computed':
        return this.prove(step.plan, node, depth + 1);
      case 'from':
        return this.#from(step.from, node, depth);
      case 'union':
        return firstOf(step.children, (child) => this.#step(child, node, depth));
      case 'intersection':
        return this.#all(step.children, node, depth);
      case 'difference':
        // Whether the exclusion holds was checked for the relation as a whole; inside a union it is asked again.
        return this.#step(step.subtract, node, depth) === undefined ? this.#step(step.base, node, depth) : undefined;
    }
  }

  #all(children: readonly Step[], node: number, depth: number): Path | undefined {
    const whole: number[] = [];
    for (const child of children) {
      const path = this.#step(child, node, depth);
      if (path === undefined) return undefined;
      for (const edge of path) if (!whole.includes(edge)) whole.push(edge);
    }
    return whole;
  }

  #direct(direct: DirectStep, node: number, depth: number): Path | undefined {
    const graph = this.#graph;
    const set = graph.findSet(node, direct.relation);
    if (set === -1) return undefined;
    const named = this.#asked.namingEdge(direct, set);
    if (named !== -1) return [named];
    return firstOf(this.#edges(graph.firstUsersetEdge(set)), (edge) => {
      const other = indexOfSubject(graph.subjectOf(edge));
      const inside = graph.nodeOfSet(other);
      const type = graph.typeOf(inside);
      const allowed = direct.usersets.get(kindOf(type, graph.relationOfSet(other)));
      if (allowed === undefined) return undefined;
      if (this.#conditions.ofEdge(direct, edge, type, allowed.unconditional) !== YES) return undefined;
      return after(edge, this.prove(allowed.plan, inside, depth + 1));
    });
  }

  #from({ direct, parents }: FromStep, node: number, depth: number): Path | undefined {
    const graph = this.#graph;
    const set = graph.findSet(node, direct.relation);
    if (set === -1) return undefined;
    return firstOf(this.#edges(graph.firstObjectEdge(set)), (edge) => {
      const parent = indexOfSubject(graph.subjectOf(edge));
      const type = graph.typeOf(parent);
      const plan = parents[type];
      const unconditional = ((direct.subjects[type] ?? 0) & OBJECT_UNCONDITIONAL) !== 0;
      if (plan === undefined || this.#conditions.ofEdge(direct, edge, type, unconditional) !== YES) return undefined;
      return after(edge, this.prove(plan, parent, depth + 1));
    });
  }

  *#edges(first: number): Generator<number> {
    for (let edge = first; edge !== -1; edge = this.#graph.nextEdge(edge)) {
      this.#check.spend();
      yield edge;
    }
  }
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => Path | undefined): Path | undefined {
  for (const item of items) {
    const path = find(item);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** Each tuple once: one that leads back to its own object serves several relations in turn. */
function after(edge: number, rest: Path | undefined): Path | undefined {
  return rest === undefined ? undefined : [edge, ...rest.filter((other) => other !== edge)];
}

function tupleOf(graph: GraphView, edge: number): TupleKey {
  const [object = '', relation = ''] = describeSet(graph, graph.setOf(edge)).split('#');
  const user = describeSubject(graph, graph.subjectOf(edge));
  const condition = graph.conditionOf(edge);
  return { user, relation, object, ...(condition === undefined ? {} : { condition: { name: condition.name } }) };
}
