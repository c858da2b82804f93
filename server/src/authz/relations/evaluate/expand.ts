import { describeNode, describeSubject, type GraphView, indexOfSubject, isUserset } from '../graph/graph-view.ts';
import type { RelationDefinition, Rewrite } from '../model/model.ts';
import { demandQuestion } from '../validate-tuple.ts';
import { type DirectStep, directsOf, kindOf, OBJECT_ALLOWED, type Plan, type Step, WILDCARD_ALLOWED } from './plan.ts';
import { type Circumstances, Query, type QueryScope } from './query.ts';

/** One level of who has a relation, as OpenFGA's expand answers it. */
export interface ExpandNode {
  name: string;
  leaf?: {
    users?: { users: string[] };
    computed?: { userset: string };
    tupleToUserset?: { tupleset: string; computed: { userset: string }[] };
  };
  union?: { nodes: ExpandNode[] };
  intersection?: { nodes: ExpandNode[] };
  difference?: { base: ExpandNode; subtract: ExpandNode };
}

/** How the relation to the object comes about, one step far: the tuples, and what is to be expanded next. */
export function expandRelation(
  scope: QueryScope,
  { object, relation }: { object: string; relation: string },
  circumstances: Circumstances,
): ExpandNode {
  // Any user will do: only the object and the relation are held against the model.
  const key = { object, relation, user: object };
  const { object: name } = demandQuestion(scope.model, key);
  const query = new Query(scope, circumstances);
  const plan = query.plan(name.type, relation);
  const definition = scope.model.types.get(name.type)?.get(relation);
  const node = query.node(name.type, name.id);
  const expander = new Expander(query.graph, object, node);
  return definition === undefined ? { name: `${object}#${relation}` } : expander.expand(plan, definition);
}

class Expander {
  readonly #graph: GraphView;
  readonly #object: string;
  readonly #node: number;

  constructor(graph: GraphView, object: string, node: number) {
    this.#graph = graph;
    this.#object = object;
    this.#node = node;
  }

  expand(plan: Plan, { name, rewrite }: RelationDefinition): ExpandNode {
    return this.#rewrite(plan.step, rewrite, `${this.#object}#${name}`);
  }

  #rewrite(step: Step, rewrite: Rewrite, name: string): ExpandNode {
    switch (rewrite.kind) {
      case 'this':
        return { name, leaf: { users: { users: this.#users(step) } } };
      case 'computed':
        return { name, leaf: { computed: { userset: `${this.#object}#${rewrite.relation}` } } };
      case 'from': {
        const parents =
          step.kind === 'from' ? this.#subjects(step.from.direct).filter((each) => !each.includes('#')) : [];
        const computed = parents.map((parent) => ({ userset: `${parent}#${rewrite.relation}` }));
        return { name, leaf: { tupleToUserset: { tupleset: `${this.#object}#${rewrite.tupleset}`, computed } } };
      }
      case 'union':
      case 'intersection': {
        const steps = step.kind === rewrite.kind ? step.children : [];
        const nodes = rewrite.children.map((child, index) => this.#rewrite(steps[index] ?? step, child, name));
        return rewrite.kind === 'union' ? { name, union: { nodes } } : { name, intersection: { nodes } };
      }
      case 'difference': {
        const [base, subtract] = step.kind === 'difference' ? [step.base, step.subtract] : [step, step];
        return {
          name,
          difference: {
            base: this.#rewrite(base, rewrite.base, name),
            subtract: this.#rewrite(subtract, rewrite.subtract, name),
          },
        };
      }
    }
  }

  #users(step: Step): string[] {
    return [...directsOf(step)].slice(0, 1).flatMap((direct) => this.#subjects(direct));
  }

  #subjects(direct: DirectStep): string[] {
    const graph = this.#graph;
    const set = this.#node === -1 ? -1 : graph.findSet(this.#node, direct.relation);
    const found = new Set<string>();
    const add = (edge: number): void => {
      if (this.#isAllowed(direct, graph.subjectOf(edge))) found.add(describeSubject(graph, graph.subjectOf(edge)));
    };
    if (set === -1) return [];
    for (let edge = graph.firstObjectEdge(set); edge !== -1; edge = graph.nextEdge(edge)) add(edge);
    for (let edge = graph.firstUsersetEdge(set); edge !== -1; edge = graph.nextEdge(edge)) add(edge);
    return [...found].sort();
  }

  /** Tuples of other models are not there for this one. */
  #isAllowed({ subjects, usersets }: DirectStep, subject: number): boolean {
    const graph = this.#graph;
    const index = indexOfSubject(subject);
    if (isUserset(subject))
      return usersets.has(kindOf(graph.typeOf(graph.nodeOfSet(index)), graph.relationOfSet(index)));
    const everybody = describeNode(graph, index).endsWith(':*');
    return ((subjects[graph.typeOf(index)] ?? 0) & (everybody ? WILDCARD_ALLOWED : OBJECT_ALLOWED)) !== 0;
  }
}
