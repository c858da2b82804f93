import type { Decision, DecisionRequest } from '#base';
import { compileExpression } from './cedar/compile-expression.ts';
import { type CompiledPolicy, compileScope } from './cedar/compile-policy.ts';
import { describeEntity, describeExpression, describeScope } from './cedar/describe-expression.ts';
import { describeValue } from './cedar/describe-value.ts';
import type { Environment } from './cedar/environment.ts';
import { EvaluationFailure } from './cedar/evaluation-failure.ts';
import { findPaths } from './cedar/find-paths.ts';
import type { ExpressionJson } from './cedar/policy-json.ts';
import { decide } from './decide.ts';
import { RequestEnvironment } from './decision-environment.ts';
import type { PolicySet } from './policy-set.ts';

/** Why a decision came out as it did. For operators: it shows values of the request. */
export interface Explanation {
  decision: Decision;
  /** The nearest policies first: those that failed latest on their way. At most {@link POLICIES_MAX}. */
  policies: readonly PolicyExplanation[];
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

/** Evaluates every policy again, clause by clause. Slow, and meant to be asked for; pure. */
export function explainDecision(set: PolicySet, request: DecisionRequest): Explanation {
  const environment = new RequestEnvironment(request);
  const walks = set.compiled.policies
    .map((policy) => ({ policy, ...walkClauses(policy, environment) }))
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
  return { decision: decide(set, request), policies };
}

interface Clause {
  part: ClauseExplanation['part'];
  expression: ExpressionJson;
  text: () => string;
  holds: (environment: Environment) => boolean;
}

interface Walk {
  /** Share of the clauses that held before the first that did not. */
  passed: number;
  failed?: { clause: Clause; failure?: string };
}

function walkClauses(policy: CompiledPolicy, environment: Environment): Walk {
  const clauses = clausesOf(policy);
  for (const [index, clause] of clauses.entries()) {
    const passed = index / clauses.length;
    try {
      if (!clause.holds(environment)) return { passed, failed: { clause } };
    } catch (cause) {
      const failure = cause instanceof EvaluationFailure ? cause.message : 'the clause could not be evaluated';
      return { passed, failed: { clause, failure } };
    }
  }
  return { passed: 1 };
}

/** The action first, so that policies for other actions are told apart; `when` is split at its `&&`. */
function clausesOf({ scope, statement }: CompiledPolicy): Clause[] {
  const parts = (['action', 'principal', 'resource'] as const).map((part): Clause => {
    const tests = compileScope(part, scope[part]);
    return {
      part,
      expression: { Var: part },
      text: () => describeScope(part, scope[part]),
      holds: (environment) => tests.every((test) => test(environment)),
    };
  });
  const conditions = statement.json.conditions.flatMap(({ kind, body }) =>
    (kind === 'when' ? conjunctsOf(body) : [body]).map((expression): Clause => {
      const { evaluate } = compileExpression(expression, statement.readCarried);
      return {
        part: kind,
        expression,
        text: () => describeExpression(expression, statement),
        holds: (environment) => {
          const value = evaluate(environment);
          if (typeof value !== 'boolean') throw new EvaluationFailure('the clause is neither true nor false');
          return value === (kind === 'when');
        },
      };
    }),
  );
  return [...parts, ...conditions];
}

function conjunctsOf(expression: ExpressionJson): ExpressionJson[] {
  const conjuncts: ExpressionJson[] = [];
  let rest = expression;
  while ('&&' in rest) {
    const { left, right } = rest['&&'] as { left: ExpressionJson; right: ExpressionJson };
    conjuncts.unshift(...conjunctsOf(right));
    rest = left;
  }
  return [rest, ...conjuncts];
}

function explainClause(
  { statement }: CompiledPolicy,
  { clause, failure }: NonNullable<Walk['failed']>,
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
