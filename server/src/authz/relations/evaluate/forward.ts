import { type GraphView, indexOfSubject, objectSubject, usersetSubject } from '../graph/graph-view.ts';
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

/** Which subjects are asked for: objects of a type and everybody of it (`user`), or usersets (`group#member`). */
export interface SubjectFilter {
  type: number;
  /** -1 for objects. */
  relation: number;
}

/**
 * Subjects that fit the filter and may have the plan's relation to the node, each once: all that is named in a tuple on
 * any way from the node, whether it gives or takes, leaving conditions aside. So whoever has the relation, and is named at all, is
 * among them; where the plan is `certain`, nobody else is.
 */
export function* reachableSubjects(
  graph: GraphView,
  model: BoundModel,
  plan: Plan,
  node: number,
  filter: SubjectFilter,
  internUserset: (node: number, relation: number) => number,
  spend: () => void,
): Generator<number> {
  const seen = new Set<number>();
  const given = new Set<number>();
  const queue: [Plan, number][] = [];
  const reach = (next: Plan, inside: number): void => {
    const key = next.index * 0x8000_0000 + inside;
    if (seen.has(key)) return;
    seen.add(key);
    queue.push([next, inside]);
  };
  reach(plan, node);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [at, inside] = next;
    spend();
    // Every userset has the relation that it is made of.
    if (at.type === filter.type && at.relation === filter.relation) {
      const subject = usersetSubject(internUserset(inside, at.relation));
      if (!given.has(subject)) yield subject;
      given.add(subject);
    }
    for (const step of namingSteps(at.step)) {
      if (step.kind === 'computed') reach(step.plan, inside);
      const direct = step.kind === 'from' ? step.from.direct : step.kind === 'direct' ? step.direct : undefined;
      const set = direct === undefined ? -1 : graph.findSet(inside, direct.relation);
      if (direct === undefined || set === -1) continue;
      for (let edge = graph.firstObjectEdge(set); edge !== -1; edge = graph.nextEdge(edge)) {
        spend();
        const subject = graph.subjectOf(edge);
        const type = graph.typeOf(indexOfSubject(subject));
        if (step.kind === 'from') {
          const parent = step.from.parents[type];
          if (parent !== undefined) reach(parent, indexOfSubject(subject));
        } else if (filter.relation === -1 && type === filter.type && isNamed(graph, direct, subject, type)) {
          if (!given.has(subject)) yield subject;
          given.add(subject);
        }
      }
      if (step.kind !== 'direct') continue;
      for (let edge = graph.firstUsersetEdge(set); edge !== -1; edge = graph.nextEdge(edge)) {
        spend();
        const other = indexOfSubject(graph.subjectOf(edge));
        const inner = graph.nodeOfSet(other);
        const kind = kindOf(graph.typeOf(inner), graph.relationOfSet(other));
        if (!direct.usersets.has(kind)) continue;
        const found = planFor(model, graph.typeOf(inner), graph.relationOfSet(other));
        if (found !== undefined) reach(found, inner);
      }
    }
  }
}

function isNamed(graph: GraphView, { subjects, conditions }: DirectStep, subject: number, type: number): boolean {
  const everybody = subject === objectSubject(graph.findNode(type, '*'));
  const allowed = ((subjects[type] ?? 0) & (everybody ? WILDCARD_ALLOWED : OBJECT_ALLOWED)) !== 0;
  return allowed || conditions.has(type);
}

/**
 * Somebody may be named on one side of an intersection and be part of everybody on the other; or be the exception from
 * what is subtracted. So all sides are looked at, and the check decides.
 */
function* namingSteps(step: Step): Generator<Step> {
  if (step.kind === 'union' || step.kind === 'intersection') {
    for (const child of step.children) yield* namingSteps(child);
  } else if (step.kind === 'difference') {
    yield* namingSteps(step.base);
    yield* namingSteps(step.subtract);
  } else yield step;
}
