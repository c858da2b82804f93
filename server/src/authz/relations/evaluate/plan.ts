import type { Condition } from '../model/condition.ts';
import type { SearchSpace } from './search-space.ts';

/** A model, tied to the numbers of one graph: what evaluation follows instead of names. */

/** How one relation of one type is worked out. */
export interface Plan {
  readonly index: number;
  readonly type: number;
  readonly relation: number;
  readonly typeName: string;
  readonly relationName: string;
  step: Step;
  /** Neither intersection nor exclusion on any way from here: it is a question of reachability. */
  monotone: boolean;
  /** Monotone, and no condition on any way from here. */
  certain: boolean;
  /** Only tuples of its own, without conditions, of objects and of usersets that are flat too; and it is used as a userset. */
  flat: boolean;
  /** For a monotone plan: everything that is looked at on the object itself. */
  leaves: Leaves;
}

export type Step =
  | { kind: 'direct'; direct: DirectStep }
  | { kind: 'computed'; plan: Plan }
  | { kind: 'from'; from: FromStep }
  | { kind: 'union' | 'intersection'; children: readonly Step[] }
  | { kind: 'difference'; base: Step; subtract: Step };

export interface Leaves {
  /** Relations that are one and the same here, the plan's own first: `viewer: editor` looks at the tuples of both. */
  relations: number[];
  directs: DirectStep[];
  froms: FromStep[];
}

/** Tuples of a relation, and which of them the model allows: others were written under another model and don't count. */
export interface DirectStep {
  /** Its place in {@link BoundModel.directs}. */
  readonly index: number;
  readonly relation: number;
  /** For each type, {@link OBJECT_ALLOWED} and so on. */
  readonly subjects: Uint8Array;
  /** By {@link kindOf}. */
  readonly usersets: ReadonlyMap<number, { plan: Plan; unconditional: boolean }>;
  /** For each type, the conditions that its tuples may carry. Empty when no tuple of the relation may carry one. */
  readonly conditions: ReadonlyMap<number, ReadonlySet<string>>;
}

/** `viewer from parent`: tuples of `parent`, and the plan for `viewer` on each type they may lead to. */
export interface FromStep {
  readonly direct: DirectStep;
  readonly parents: readonly (Plan | undefined)[];
  /** The plan, when there is one only. */
  readonly only: Plan | undefined;
}

export const OBJECT_ALLOWED = 1;
export const OBJECT_UNCONDITIONAL = 2;
export const WILDCARD_ALLOWED = 4;
export const WILDCARD_UNCONDITIONAL = 8;

/** A type and a relation in one number. */
export function kindOf(type: number, relation: number): number {
  return type * 65_536 + relation;
}

export interface BoundModel {
  readonly plans: readonly Plan[];
  readonly byKind: ReadonlyMap<number, Plan>;
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly directs: readonly DirectStep[];
  /** Whose tuples decide about the memberships of {@link Plan.flat} plans, by {@link kindOf}. */
  readonly flatKinds: readonly number[];
  /** Whose tuples decide about what lies behind an object that others follow, by {@link kindOf}. */
  readonly hierarchyKinds: readonly number[];
  /** Types of which everybody may be named in some tuple. */
  readonly wildcardTypes: ReadonlySet<number>;
  readonly space: SearchSpace<Plan>;
  /** For what is gathered in the midst of a search. */
  readonly gathering: SearchSpace<Plan>;
}

/** Plans that a step may go on to. */
export function* followers(step: Step): Generator<Plan> {
  if (step.kind === 'direct') for (const { plan } of step.direct.usersets.values()) yield plan;
  else if (step.kind === 'computed') yield step.plan;
  else if (step.kind === 'from') {
    for (const plan of step.from.parents) if (plan !== undefined) yield plan;
  } else if (step.kind === 'difference') {
    yield* followers(step.base);
    yield* followers(step.subtract);
  } else for (const child of step.children) yield* followers(child);
}

export function planFor(model: BoundModel, type: number, relation: number): Plan | undefined {
  return model.byKind.get(kindOf(type, relation));
}

/** Every direct step of a rewrite: a relation has one, but a rewrite may name it twice. */
export function* directsOf(step: Step): Generator<DirectStep> {
  if (step.kind === 'direct') yield step.direct;
  else if (step.kind === 'union' || step.kind === 'intersection') {
    for (const child of step.children) yield* directsOf(child);
  } else if (step.kind === 'difference') {
    yield* directsOf(step.base);
    yield* directsOf(step.subtract);
  }
}
