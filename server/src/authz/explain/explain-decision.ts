import type { Decision, DecisionRequest } from '#base';
import { compileExpression } from '../cedar/compile-expression.ts';
import type { CompiledPolicy } from '../cedar/compile-policy.ts';
import { describeEntity, describeExpression } from '../cedar/describe-expression.ts';
import { describeValue } from '../cedar/describe-value.ts';
import { findPaths } from '../cedar/find-paths.ts';
import { decide } from '../decide.ts';
import { RequestEnvironment } from '../decision-environment.ts';
import type { AskedFact } from '../facts/request-facts.ts';
import { type FactPlace, pathOfFact, tenantFacts } from '../facts/tenant-facts.ts';
import type { PolicySet } from '../policy-set.ts';
import type { TupleKey } from '../relations/tuple.ts';
import { describeChange } from './change.ts';
import { type Suggestion, suggestChanges } from './suggest-changes.ts';
import { type PolicyWalk, walkPolicy } from './walk-policy.ts';

/** Why a decision came out as it did. For operators: it shows values of the request. */
export interface Explanation {
  decision: Decision;
  /** The nearest policies first: those that failed latest on their way. At most {@link POLICIES_MAX}. */
  policies: readonly PolicyExplanation[];
  /** Relationships that were asked about, with the answers. */
  relationships: readonly ExplainedFact[];
  /** For a denial: sets of changes, each of which would make it an allow. Each was tried. */
  changes: readonly (readonly string[])[];
  /** The same, to be tried again. */
  suggestions: readonly Suggestion[];
}

export interface ExplainedFact extends AskedFact {
  /** Where it holds: the tuples that make it so, from the object to the subject. */
  path?: readonly TupleKey[];
}

export interface PolicyExplanation {
  policy: string;
  effect: 'permit' | 'forbid';
  outcome: 'satisfied' | 'not_satisfied' | 'failed';
  /** The first clause that did not hold, or failed. */
  clause?: ClauseExplanation;
}

export interface ClauseExplanation {
  /** Part of the scope, or kind of condition, that the clause belongs to. */
  part: 'principal' | 'action' | 'resource' | 'when' | 'unless';
  text: string;
  /** What the clause looked at, and what it saw: `context.method` → `"POST"`. */
  values: Readonly<Record<string, string>>;
  /** Why it could not be evaluated. */
  failure?: string;
}

const POLICIES_MAX = 10;

/** Evaluates every policy again, clause by clause, with `tuples` as if they stood in the graph. Slow, and meant to be asked for; pure. */
export function explainDecision(
  set: PolicySet,
  request: DecisionRequest,
  places: ReadonlyMap<string, FactPlace> = new Map(),
  tuples: readonly TupleKey[] = [],
): Explanation {
  const facts = tenantFacts(places, tuples);
  const environment = new RequestEnvironment(request, facts);
  const walks = set.compiled.policies
    .map((policy) => walkPolicy(policy, environment))
    // A policy for another action was never meant for this call.
    .filter(({ failed }) => failed?.clause.part !== 'action')
    .sort((left, right) => right.passed - left.passed)
    .slice(0, POLICIES_MAX);
  const policies = walks.map(({ policy, failed }): PolicyExplanation => {
    const { name, effect } = policy;
    if (failed === undefined) return { policy: name, effect, outcome: 'satisfied' };
    const outcome = failed.failure === undefined ? 'not_satisfied' : 'failed';
    return { policy: name, effect, outcome, clause: explainClause(policy, failed, environment) };
  });
  const decision = decide(set, request, facts);
  const suggestions = decision.allowed ? [] : suggestChanges({ set, request, places, tuples });
  const changes = suggestions.map((each) => each.map(describeChange));
  const relationships = environment.askedFacts().map((fact): ExplainedFact => {
    const path = fact.holds ? pathOfFact(places, fact, environment.context, tuples) : undefined;
    return path === undefined ? fact : { ...fact, path };
  });
  return { decision, policies, relationships, changes, suggestions };
}

function explainClause(
  { statement }: CompiledPolicy,
  { clause, failure }: NonNullable<PolicyWalk['failed']>,
  environment: RequestEnvironment,
): ClauseExplanation {
  const values = findPaths(clause.expression).map((path): [string, string] => {
    const text = describeExpression(path, statement);
    try {
      const value = compileExpression(path, statement.readCarried).evaluate(environment);
      return [text, value === environment.principal ? describePrincipal(environment) : describeValue(value)];
    } catch {
      return [text, 'absent'];
    }
  });
  const explained = { part: clause.part, text: clause.text(), values: Object.fromEntries(values) };
  return failure === undefined ? explained : { ...explained, failure };
}

/** With the roles and the organization: what `principal in` looks at. */
function describePrincipal({ principal }: RequestEnvironment): string {
  const parents = ['Role', 'Organization'].flatMap((type) =>
    [...(principal.data?.ancestorIds(type) ?? [])].map((id) => describeEntity({ type, id })),
  );
  return parents.length === 0 ? describeEntity(principal) : `${describeEntity(principal)} in ${parents.join(', ')}`;
}
