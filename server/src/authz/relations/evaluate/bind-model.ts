import type { TupleGraph } from '../graph/tuple-graph.ts';
import type { Condition } from '../model/condition.ts';
import type { Model, RelationDefinition, Rewrite } from '../model/model.ts';
import {
  type BoundModel,
  type DirectStep,
  directsOf,
  type FromStep,
  followers,
  kindOf,
  type Leaves,
  OBJECT_ALLOWED,
  OBJECT_UNCONDITIONAL,
  type Plan,
  type Step,
  WILDCARD_ALLOWED,
  WILDCARD_UNCONDITIONAL,
} from './plan.ts';
import { SearchSpace } from './search-space.ts';

/** Ties a valid model to a graph. */
export function bindModel(
  graph: Pick<TupleGraph, 'types' | 'relations'>,
  model: Model,
  conditions: ReadonlyMap<string, Condition>,
): BoundModel {
  const plans: Plan[] = [];
  const byKind = new Map<number, Plan>();
  for (const [typeName, relations] of model.types) {
    const type = graph.types.intern(typeName);
    for (const relationName of relations.keys()) {
      const relation = graph.relations.intern(relationName);
      const plan = emptyPlan(plans.length, type, relation, typeName, relationName);
      plans.push(plan);
      byKind.set(kindOf(type, relation), plan);
    }
  }
  const binder = new Binder(graph, model, byKind);
  for (const plan of plans) {
    const definition = model.types.get(plan.typeName)?.get(plan.relationName);
    if (definition !== undefined) plan.step = binder.step(plan, definition, definition.rewrite);
  }
  classify(plans);
  for (const plan of plans) if (plan.monotone) gather(plan, plan.step, plan.leaves);
  const directs = plans.flatMap(({ step }) => [...directsOf(step)]);
  const wildcardTypes = new Set(
    directs.flatMap(({ subjects }) =>
      [...subjects.keys()].filter((type) => ((subjects[type] ?? 0) & WILDCARD_ALLOWED) !== 0),
    ),
  );
  return {
    plans,
    byKind,
    conditions,
    directs: binder.directs,
    flatKinds: plans.filter(({ flat }) => flat).map(({ type, relation }) => kindOf(type, relation)),
    hierarchyKinds: hierarchyKinds(plans),
    wildcardTypes,
    space: new SearchSpace(),
    gathering: new SearchSpace(),
  };
}

/** Of all relations that follow from those of another object: the kinds of tuples that they are made of. */
function hierarchyKinds(plans: readonly Plan[]): number[] {
  const parents = new Set(
    plans.flatMap(({ leaves }) => leaves.froms).flatMap((from) => from.parents.filter((plan) => plan !== undefined)),
  );
  const reached = new Set(parents);
  const kinds = new Set<number>();
  for (const plan of reached) {
    // Flat groups are looked up, not followed, but where one is a parent itself.
    if (!plan.certain || (plan.flat && !parents.has(plan))) continue;
    for (const next of followers(plan.step)) reached.add(next);
    for (const { relation } of [...plan.leaves.directs, ...plan.leaves.froms.map(({ direct }) => direct)]) {
      kinds.add(kindOf(plan.type, relation));
    }
  }
  return [...kinds];
}

const NOTHING: Step = { kind: 'union', children: [] };

function emptyPlan(index: number, type: number, relation: number, typeName: string, relationName: string): Plan {
  const leaves = { relations: [relation], directs: [], froms: [] };
  return {
    index,
    type,
    relation,
    typeName,
    relationName,
    step: NOTHING,
    monotone: true,
    certain: true,
    flat: false,
    leaves,
  };
}

class Binder {
  readonly #graph: Pick<TupleGraph, 'types' | 'relations'>;
  readonly #model: Model;
  readonly #byKind: ReadonlyMap<number, Plan>;
  readonly directs: DirectStep[] = [];
  readonly #directs = new Map<RelationDefinition, DirectStep>();

  constructor(graph: Pick<TupleGraph, 'types' | 'relations'>, model: Model, byKind: ReadonlyMap<number, Plan>) {
    this.#graph = graph;
    this.#model = model;
    this.#byKind = byKind;
  }

  step(plan: Plan, definition: RelationDefinition, rewrite: Rewrite): Step {
    switch (rewrite.kind) {
      case 'this':
        return { kind: 'direct', direct: this.#direct(definition) };
      case 'computed': {
        const target = this.#plan(plan.typeName, rewrite.relation);
        return target === undefined ? NOTHING : { kind: 'computed', plan: target };
      }
      case 'from': {
        const tupleset = this.#model.types.get(plan.typeName)?.get(rewrite.tupleset);
        return tupleset === undefined ? NOTHING : { kind: 'from', from: this.#from(tupleset, rewrite.relation) };
      }
      case 'union':
      case 'intersection':
        return { kind: rewrite.kind, children: rewrite.children.map((child) => this.step(plan, definition, child)) };
      case 'difference':
        return {
          kind: 'difference',
          base: this.step(plan, definition, rewrite.base),
          subtract: this.step(plan, definition, rewrite.subtract),
        };
    }
  }

  #from(tupleset: RelationDefinition, relation: string): FromStep {
    const parents: (Plan | undefined)[] = [];
    for (const { type } of tupleset.restrictions) {
      parents[this.#graph.types.intern(type)] = this.#plan(type, relation);
    }
    const plans = parents.filter((plan) => plan !== undefined);
    return { direct: this.#direct(tupleset), parents, only: plans.length === 1 ? plans[0] : undefined };
  }

  #direct(definition: RelationDefinition): DirectStep {
    const known = this.#directs.get(definition);
    if (known !== undefined) return known;
    const numbers = definition.restrictions.map(({ type }) => this.#graph.types.intern(type));
    const subjects = new Uint8Array(Math.max(0, ...numbers) + 1);
    const usersets = new Map<number, { plan: Plan; unconditional: boolean }>();
    const conditions = new Map<number, Set<string>>();
    for (const { type: typeName, relation, wildcard, condition } of definition.restrictions) {
      const type = this.#graph.types.intern(typeName);
      const unconditional = condition === undefined;
      if (!unconditional) conditions.set(type, (conditions.get(type) ?? new Set()).add(condition));
      if (relation !== undefined) {
        const kind = kindOf(type, this.#graph.relations.intern(relation));
        const plan = this.#byKind.get(kind);
        const before = usersets.get(kind)?.unconditional === true;
        if (plan !== undefined) usersets.set(kind, { plan, unconditional: unconditional || before });
      } else {
        const allowed = wildcard ? WILDCARD_ALLOWED : OBJECT_ALLOWED;
        const free = wildcard ? WILDCARD_UNCONDITIONAL : OBJECT_UNCONDITIONAL;
        subjects[type] = (subjects[type] ?? 0) | allowed | (unconditional ? free : 0);
      }
    }
    const relation = this.#graph.relations.intern(definition.name);
    const direct = { index: this.directs.length, relation, subjects, usersets, conditions };
    this.directs.push(direct);
    this.#directs.set(definition, direct);
    return direct;
  }

  #plan(type: string, relation: string): Plan | undefined {
    return this.#byKind.get(kindOf(this.#graph.types.intern(type), this.#graph.relations.intern(relation)));
  }
}

/** Takes properties away from plans until nothing changes: what is left of them is true. */
function classify(plans: readonly Plan[]): void {
  const usedAsUserset = new Set<Plan>();
  for (const { step } of plans) {
    for (const direct of directsOf(step)) for (const { plan } of direct.usersets.values()) usedAsUserset.add(plan);
  }
  for (const plan of plans) plan.flat = plan.step.kind === 'direct' && usedAsUserset.has(plan);
  for (let changed = true; changed; ) {
    changed = false;
    for (const plan of plans) {
      const next = [...followers(plan.step)];
      const directs = [...directsOf(plan.step)];
      const unconditional = directs.every(({ conditions }) => conditions.size === 0) && fromsUnconditional(plan.step);
      const monotone = plan.monotone && isMonotone(plan.step) && next.every((other) => other.monotone);
      const certain = plan.certain && monotone && unconditional && next.every((other) => other.certain);
      const flat = plan.flat && unconditional && next.every((other) => other.flat);
      changed ||= monotone !== plan.monotone || certain !== plan.certain || flat !== plan.flat;
      Object.assign(plan, { monotone, certain, flat });
    }
  }
}

function isMonotone(step: Step): boolean {
  if (step.kind === 'union') return step.children.every(isMonotone);
  return step.kind !== 'intersection' && step.kind !== 'difference';
}

function fromsUnconditional(step: Step): boolean {
  if (step.kind === 'from') return step.from.direct.conditions.size === 0;
  if (step.kind === 'union' || step.kind === 'intersection') return step.children.every(fromsUnconditional);
  return step.kind !== 'difference' || (fromsUnconditional(step.base) && fromsUnconditional(step.subtract));
}

/** Lays out a union flat; relations of the same object are looked at in the same go. A model has no cycle among them. */
function gather(plan: Plan, step: Step, leaves: Leaves): void {
  if (step.kind === 'direct') {
    if (!leaves.directs.includes(step.direct)) leaves.directs.push(step.direct);
  } else if (step.kind === 'from') leaves.froms.push(step.from);
  else if (step.kind === 'union') for (const child of step.children) gather(plan, child, leaves);
  else if (step.kind === 'computed' && !leaves.relations.includes(step.plan.relation)) {
    leaves.relations.push(step.plan.relation);
    gather(step.plan, step.plan.step, leaves);
  }
}
