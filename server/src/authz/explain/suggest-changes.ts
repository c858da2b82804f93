import { type Decision, type DecisionRequest, GatehouseError } from '#base';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import type { Entity } from '../cedar/values.ts';
import { decide } from '../decide.ts';
import { RequestEnvironment } from '../decision-environment.ts';
import type { TenantFacts } from '../facts/request-facts.ts';
import { type FactPlace, nameOf, tenantFacts } from '../facts/tenant-facts.ts';
import type { PolicySet } from '../policy-set.ts';
import { answerCheck } from '../relations/evaluate/answer-check.ts';
import { type TupleKey, writeObject } from '../relations/tuple.ts';
import { applyChanges, type Change, tuplesOf } from './change.ts';
import { changesFor, joining } from './changes-for-clause.ts';
import { firstUnmet, type PolicyWalk, walkPolicy } from './walk-policy.ts';

export interface SuggestInput {
  set: PolicySet;
  request: DecisionRequest;
  places: ReadonlyMap<string, FactPlace>;
  /** As if they stood in the graph already. */
  tuples?: readonly TupleKey[];
}

/** Changes that are enough together. Fewer or others may be enough as well; these were tried. */
export type Suggestion = readonly Change[];

/** Decisions that looking for changes may take: some 20 ms. */
const TRIES_MAX = 400;
const CHANGES_MAX = 4;
const SUGGESTIONS_MAX = 5;

/**
 * The smallest sets of changes that would turn a denial into an allow. Each step changes one thing that the decision,
 * as it then stands, fails for; what comes out was decided anew with all changes made, and none of them could be left out.
 */
export function suggestChanges(input: SuggestInput): Suggestion[] {
  const found: Suggestion[] = [];
  const seen = new Set<string>();
  let tries = 0;
  const allowedWith = (changes: readonly Change[]): Decision => {
    tries += 1;
    return decideWith(input, changes);
  };
  let level: (readonly Change[])[] = [[]];
  for (let size = 0; size < CHANGES_MAX && found.length === 0; size += 1) {
    const next: (readonly Change[])[] = [];
    for (const changes of level) {
      if (tries >= TRIES_MAX) return found;
      const decision = allowedWith(changes);
      if (decision.allowed) continue;
      for (const change of stepsFrom(input, changes, decision)) {
        const more = [...changes, change];
        const key = more
          .map((each) => JSON.stringify(each, bigintText))
          .sort()
          .join();
        if (seen.has(key) || tries >= TRIES_MAX) continue;
        seen.add(key);
        if (!allowedWith(more).allowed) next.push(more);
        else if (isNecessary(more, allowedWith)) found.push(more);
        if (found.length >= SUGGESTIONS_MAX) return found;
      }
    }
    level = next;
  }
  return found;
}

function isNecessary(changes: readonly Change[], allowedWith: (changes: readonly Change[]) => Decision): boolean {
  if (changes.length === 1) return true;
  return changes.every((_, left) => !allowedWith(changes.filter((__, index) => index !== left)).allowed);
}

/** Decides anew, with the changes made in a copy. */
export function decideWith(input: SuggestInput, changes: readonly Change[]): Decision {
  return decide(input.set, applyChanges(input.request, changes), factsWith(input, changes));
}

function factsWith({ places, tuples = [] }: SuggestInput, changes: readonly Change[]): TenantFacts {
  return tenantFacts(places, [...tuples, ...tuplesOf(changes)]);
}

function stepsFrom(input: SuggestInput, changes: readonly Change[], decision: Decision): Change[] {
  const { set } = input;
  switch (decision.reason) {
    case 'missing_scope':
      return (decision.missingScopes ?? []).slice(0, 1).map((name) => ({ kind: 'scope', name }));
    case 'missing_role':
      return (decision.missingRoles ?? []).map((name) => ({ kind: 'role', name }));
    case 'no_policy_permits':
      return stepsOver(
        input,
        changes,
        set.compiled.policies.filter(({ effect }) => effect === 'permit'),
        true,
      );
    case 'forbidden_by_policy': {
      const fired = new Set(decision.policies);
      return stepsOver(
        input,
        changes,
        set.compiled.policies.filter(({ name }) => fired.has(name)),
        false,
      );
    }
    default:
      return [];
  }
}

/** What would make the first clause that stands in the way come out otherwise; of a forbid, any of its clauses. */
function stepsOver(
  input: SuggestInput,
  changes: readonly Change[],
  policies: PolicySet['compiled']['policies'],
  permit: boolean,
): Change[] {
  const { request, places } = input;
  const environment = new RequestEnvironment(applyChanges(request, changes), factsWith(input, changes));
  const tuples = [...(input.tuples ?? []), ...tuplesOf(changes)];
  const steps: Change[] = [];
  const walks = policies.map((policy) => walkPolicy(policy, environment));
  for (const walk of walks.sort((left, right) => right.passed - left.passed)) {
    const context = {
      environment,
      readCarried: walk.policy.statement.readCarried,
      tuplesFor: (object: { type: string; id: string }, relation: string, subject: Entity) =>
        tuplesFor(places, { object, relation, subject }, request, tuples),
    };
    const clauses = permit ? [firstUnmet(walk)].filter((clause) => clause !== undefined) : walk.clauses;
    for (const clause of clauses) {
      if (clause.part === 'principal') steps.push(...scopeSteps(walk, permit));
      else if (clause.part === 'when') steps.push(...changesFor(clause.expression, permit, context));
      else if (clause.part === 'unless') steps.push(...changesFor(clause.expression, !permit, context));
    }
  }
  return steps;
}

/** Who somebody is can't be changed; what he is in can. */
function scopeSteps({ policy }: PolicyWalk, want: boolean): Change[] {
  const { principal } = policy.scope;
  if (principal.op === 'in' && 'entity' in principal) return joining(principal.entity, want);
  return principal.op === 'is' && principal.in !== undefined ? joining(principal.in.entity, want) : [];
}

/** The single tuples, on the object itself, with which the subject would have the relation. */
function tuplesFor(
  places: ReadonlyMap<string, FactPlace>,
  { object, relation, subject }: { object: { type: string; id: string }; relation: string; subject: Entity },
  { context }: DecisionRequest,
  before: readonly TupleKey[],
): Change[] {
  const place = places.get(object.type);
  const subjectPlace = places.get(subject.type);
  const scope = place?.scope();
  if (place === undefined || scope === undefined || subjectPlace?.source !== place.source) return [];
  try {
    const key = {
      object: writeObject(nameOf(place.type, object.id)),
      relation,
      user: writeObject(nameOf(subjectPlace.type, subject.id)),
    };
    const names = [...(scope.model.types.get(place.type)?.keys() ?? [])];
    // The relation itself first: it is what the policy asks for.
    return names
      .sort((left, right) => Number(right === relation) - Number(left === relation))
      .flatMap((name): Change[] => {
        const tuple = { ...key, relation: name };
        return helps(() => answerCheck(scope, key, { contextualTuples: [...before, tuple], context: context as never }))
          ? [{ kind: 'relationship', tuple }]
          : [];
      });
  } catch (failure) {
    if (failure instanceof EvaluationFailure) return [];
    throw failure;
  }
}

/** A tuple that the model does not allow helps nobody. */
function helps(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof GatehouseError) return false;
    throw error;
  }
}

function bigintText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
