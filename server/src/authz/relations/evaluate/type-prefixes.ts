import type { TupleGraph } from '../graph/tuple-graph.ts';
import type { Model } from '../model/model.ts';
import { WILDCARD } from '../tuple.ts';
import { type BoundModel, kindOf, type Plan } from './plan.ts';

/** A type that objects of a question have. */
export class AskedType {
  readonly type: number;
  /** `document:` */
  readonly prefix: string;
  readonly #graph: TupleGraph;
  readonly #bound: BoundModel;
  #everybody = -1;
  #nodesSeen = -1;
  #lastRelation: string | undefined;
  #lastPlan: Plan | undefined;

  constructor(graph: TupleGraph, bound: BoundModel, name: string) {
    this.#graph = graph;
    this.#bound = bound;
    this.type = graph.types.intern(name);
    this.prefix = `${name}:`;
  }

  /** Where the id begins. */
  get idFrom(): number {
    return this.prefix.length;
  }

  /** Most questions are about the same relation as the one before. */
  planFor(relation: string): Plan | undefined {
    if (relation === this.#lastRelation) return this.#lastPlan;
    this.#lastPlan = this.#bound.byKind.get(kindOf(this.type, this.#graph.relations.find(relation)));
    this.#lastRelation = relation;
    return this.#lastPlan;
  }

  /** As a subject; -1 while there is no tuple that names it, which is to be looked up only when there are more objects. */
  everybody(): number {
    if (this.#everybody !== -1 || !this.#bound.wildcardTypes.has(this.type)) return this.#everybody;
    const { nodeCount } = this.#graph;
    if (this.#nodesSeen === nodeCount) return -1;
    this.#nodesSeen = nodeCount;
    const node = this.#graph.findNode(this.type, WILDCARD);
    if (node !== -1) this.#everybody = node * 2;
    return this.#everybody;
  }
}

/** Finds the type with which a text begins. */
export class TypePrefixes {
  readonly #types: ReadonlyMap<string, AskedType>;
  #last: AskedType | undefined;

  constructor(graph: TupleGraph, model: Model, bound: BoundModel) {
    this.#types = new Map([...model.types.keys()].map((name) => [name, new AskedType(graph, bound, name)]));
  }

  /** Most questions are about the same type as the one before. Undefined when the model does not know it. */
  of(text: string): AskedType | undefined {
    if (this.#last !== undefined && text.startsWith(this.#last.prefix)) return this.#last;
    const found = this.#types.get(text.slice(0, Math.max(0, text.indexOf(':'))));
    if (found !== undefined) this.#last = found;
    return found;
  }
}
