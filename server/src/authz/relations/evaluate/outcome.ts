import type { JsonObject } from '#audit';
import { describeEdge, type GraphView } from '../graph/graph-view.ts';
import type { BoundModel, DirectStep } from './plan.ts';

/** No, yes, or: it hangs on a condition that could not be evaluated. */
export type Outcome = typeof NO | typeof YES | typeof UNKNOWN;
export const NO = 0;
export const YES = 1;
export const UNKNOWN = 2;

interface Asked {
  graph: GraphView;
  model: BoundModel;
  context?: JsonObject | undefined;
}

/** Where steps are counted, those of conditions among the others. Refuses by throwing. */
interface Effort {
  spend(steps: number): void;
}

/** Reading the parameters of one small condition takes as long as so many steps of a check. */
const EVALUATION_STEPS = 8;

/** Whether tuples count: does the model still allow them, and is their condition met? Each condition is evaluated once. */
export class Conditions {
  /** The first condition that could not be evaluated, in a sentence. */
  failure: string | undefined;
  readonly #graph: GraphView;
  readonly #model: BoundModel;
  readonly #context: JsonObject | undefined;
  readonly #effort: Effort;
  #known: Map<number, Outcome> | undefined;
  #contextSteps: number | undefined;

  constructor({ graph, model, context }: Asked, effort: Effort) {
    this.#graph = graph;
    this.#model = model;
    this.#context = context;
    this.#effort = effort;
  }

  /** @param unconditional May a tuple of this kind stand without a condition? */
  ofEdge(direct: DirectStep, edge: number, subjectType: number, unconditional: boolean): Outcome {
    const condition = this.#graph.conditionOf(edge);
    if (condition === undefined) return unconditional ? YES : NO;
    if (direct.conditions.get(subjectType)?.has(condition.name) !== true) return NO;
    const known = this.#known?.get(edge);
    if (known !== undefined) return known;
    this.#contextSteps ??= this.#context === undefined ? 0 : JSON.stringify(this.#context).length >> 4;
    this.#effort.spend(EVALUATION_STEPS + this.#contextSteps);
    const rule = this.#model.conditions.get(condition.name);
    const met = rule?.evaluate(this.#context, condition.context) ?? false;
    this.#effort.spend(rule?.stepsOfLast() ?? 0);
    if (typeof met === 'object') {
      this.failure ??= `failed to evaluate relationship condition: '${condition.name}' of tuple '${describeEdge(this.#graph, edge)}': ${met.failure}`;
    }
    const outcome = typeof met === 'object' ? UNKNOWN : met ? YES : NO;
    this.#known ??= new Map();
    this.#known.set(edge, outcome);
    return outcome;
  }
}
