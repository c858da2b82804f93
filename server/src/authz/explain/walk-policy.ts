import { compileExpression } from '../cedar/compile-expression.ts';
import { type CompiledPolicy, compileScope } from '../cedar/compile-policy.ts';
import { describeExpression, describeScope } from '../cedar/describe-expression.ts';
import type { Environment } from '../cedar/environment.ts';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import type { ExpressionJson } from '../cedar/policy-json.ts';

/** One thing that must hold for a policy to be satisfied. */
export interface Clause {
  part: 'principal' | 'action' | 'resource' | 'when' | 'unless';
  expression: ExpressionJson;
  text: () => string;
  holds: (environment: Environment) => boolean;
}

/** A policy, as far as it got with a request. */
export interface PolicyWalk {
  policy: CompiledPolicy;
  clauses: readonly Clause[];
  /** Share of the clauses that held before the first that did not. */
  passed: number;
  failed?: { clause: Clause; failure?: string };
}

export function walkPolicy(policy: CompiledPolicy, environment: Environment): PolicyWalk {
  const clauses = clausesOf(policy);
  for (const [index, clause] of clauses.entries()) {
    const passed = index / clauses.length;
    try {
      if (!clause.holds(environment)) return { policy, clauses, passed, failed: { clause } };
    } catch (cause) {
      const failure = cause instanceof EvaluationFailure ? cause.message : 'the clause could not be evaluated';
      return { policy, clauses, passed, failed: { clause, failure } };
    }
  }
  return { policy, clauses, passed: 1 };
}

/** The action first, so that policies for other actions are told apart; `when` is split at its `&&`. */
export function clausesOf({ scope, statement }: CompiledPolicy): Clause[] {
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

export function firstUnmet({ failed }: PolicyWalk): Clause | undefined {
  return failed?.clause;
}
