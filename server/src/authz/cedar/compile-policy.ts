import { compileExpression } from './compile-expression.ts';
import { type Environment, isWithin } from './environment.ts';
import type { Evaluate } from './expression.ts';
import { asBoolean } from './operators.ts';
import type { Statement } from './parse-policies.ts';
import type { EntityJson, ScopeConstraint } from './policy-json.ts';
import type { Entity } from './values.ts';

/** A policy ready to run. Immutable but for the mark with which the evaluator avoids running it twice. */
export interface CompiledPolicy {
  readonly name: string;
  /** The name as a list of one, so that naming the policy that decided allocates nothing. */
  readonly names: readonly string[];
  /** Place in the set; outcomes are reported in this order. */
  readonly place: number;
  readonly effect: 'permit' | 'forbid';
  readonly scope: PolicyScope;
  readonly statement: Statement;
  /** What the annotation `@obligation("…")` says. */
  readonly obligation: string | undefined;
  /** Is the policy satisfied? Throws an `EvaluationFailure` when that can't be told. */
  readonly isSatisfied: (environment: Environment) => boolean;
  lastRun: number;
}

export interface PolicyScope {
  readonly principal: ScopeConstraint;
  readonly action: ScopeConstraint;
  readonly resource: ScopeConstraint;
}

type Test = (environment: Environment) => boolean;

/** @throws UnsupportedExpression */
export function compilePolicy(name: string, place: number, statement: Statement): CompiledPolicy {
  const { json } = statement;
  const { principal, action, resource } = json;
  // The order is the language's: a policy whose scope does not match can't fail, and `when`/`unless` stop at the first
  // that does not hold.
  const tests: Test[] = [
    ...compileScope('principal', principal),
    ...compileScope('action', action),
    ...compileScope('resource', resource),
    ...json.conditions.map(({ kind, body }) => {
      const { evaluate } = compileExpression(body, statement.readCarried);
      return compileCondition(evaluate, kind === 'when');
    }),
  ];
  const scope = { principal, action, resource };
  const names = Object.freeze([name]);
  const { obligation = undefined } = json.annotations ?? {};
  return {
    name,
    names,
    place,
    effect: json.effect,
    scope,
    statement,
    obligation: obligation ?? undefined,
    isSatisfied: allOf(tests),
    lastRun: 0,
  };
}

function compileCondition(evaluate: Evaluate, expected: boolean): Test {
  return (environment) => asBoolean(evaluate(environment)) === expected;
}

function allOf(tests: readonly Test[]): Test {
  const [first, second, ...others] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (others.length === 0) return (environment) => first(environment) && second(environment);
  return (environment) => {
    for (const test of tests) if (!test(environment)) return false;
    return true;
  };
}

type Part = keyof PolicyScope;

/** One part of the scope, as tests to be passed in turn. */
export function compileScope(part: Part, constraint: ScopeConstraint): Test[] {
  switch (constraint.op) {
    case 'All':
      return [];
    case '==': {
      const { type, id } = constraint.entity;
      return [(environment) => environment[part].id === id && environment[part].type === type];
    }
    case 'is': {
      const type = constraint.entity_type;
      const isType: Test = (environment) => environment[part].type === type;
      return constraint.in === undefined ? [isType] : [isType, ...compileWithin(part, [constraint.in.entity])];
    }
    case 'in':
      return compileWithin(part, 'entities' in constraint ? constraint.entities : [constraint.entity]);
  }
}

function compileWithin(part: Part, targets: readonly EntityJson[]): Test[] {
  const within = (environment: Environment, entity: Entity): boolean => {
    for (const { type, id } of targets) if (isWithin(environment, entity, type, id)) return true;
    return false;
  };
  return [(environment) => within(environment, environment[part])];
}
