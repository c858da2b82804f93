import { compileExpression } from './compile-expression.ts';
import { type Environment, isWithin } from './environment.ts';
import type { Evaluate } from './expression.ts';
import { asBoolean } from './operators.ts';
import type { Statement } from './parse-policies.ts';
import type { EntityJson, ScopeConstraint } from './policy-json.ts';
import type { Entity } from './values.ts';

/** A policy ready to run. Immutable but for what the index puts down, and the mark that keeps it from running twice. */
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
  readonly isSatisfied: Test;
  /** The same, for requests that are known to match this part of the scope. */
  readonly isSatisfiedGiven: (part: Part) => Test;
  /** The same, for requests for which the index found it. Set by the index. */
  isSatisfiedWhenFound: Test;
  lastRun: number;
}

export interface PolicyScope {
  readonly principal: ScopeConstraint;
  readonly action: ScopeConstraint;
  readonly resource: ScopeConstraint;
}

export type Test = (environment: Environment) => boolean;
export type Part = keyof PolicyScope;

const PARTS = ['principal', 'action', 'resource'] as const satisfies Part[];

/** @throws UnsupportedExpression */
export function compilePolicy(name: string, place: number, statement: Statement): CompiledPolicy {
  const { json } = statement;
  const { principal, action, resource } = json;
  // The order is the language's: a policy whose scope does not match can't fail, and `when`/`unless` stop at the first
  // that does not hold.
  const scope = { principal, action, resource };
  const scopeTests = {
    principal: compileScope('principal', principal),
    action: compileScope('action', action),
    resource: compileScope('resource', resource),
  };
  const conditions = json.conditions.map(({ kind, body }) => {
    const { evaluate } = compileExpression(body, statement.readCarried);
    return compileCondition(evaluate, kind === 'when');
  });
  const testsWithout = (known?: Part): Test =>
    allOf([...PARTS.flatMap((part) => (part === known ? [] : scopeTests[part])), ...conditions]);
  const isSatisfied = testsWithout();
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
    isSatisfied,
    isSatisfiedGiven: (part) => testsWithout(part),
    isSatisfiedWhenFound: isSatisfied,
    lastRun: 0,
  };
}

function compileCondition(evaluate: Evaluate, expected: boolean): Test {
  return (environment) => asBoolean(evaluate(environment)) === expected;
}

function allOf(tests: readonly Test[]): Test {
  const [first, second, third, ...others] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (third === undefined) return (environment) => first(environment) && second(environment);
  if (others.length === 0) return (environment) => first(environment) && second(environment) && third(environment);
  return (environment) => {
    for (const test of tests) if (!test(environment)) return false;
    return true;
  };
}

/** One part of the scope, as tests to be passed in turn. */
export function compileScope(part: Part, constraint: ScopeConstraint): Test[] {
  switch (constraint.op) {
    case 'All':
      return [];
    case '==': {
      const { type, id } = constraint.entity;
      const isEqual = (entity: Entity) => entity.id === id && entity.type === type;
      return [TEST_OF[part](isEqual)];
    }
    case 'is': {
      const type = constraint.entity_type;
      const isType = TEST_OF[part]((entity) => entity.type === type);
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
  return [TEST_OF[part]((entity, environment) => within(environment, entity))];
}

type EntityTest = (entity: Entity, environment: Environment) => boolean;

/** Written out for each part: a name that is only known when it runs is looked up anew each time. */
const TEST_OF: Readonly<Record<Part, (test: EntityTest) => Test>> = {
  principal: (test) => (environment) => test(environment.principal, environment),
  action: (test) => (environment) => test(environment.action, environment),
  resource: (test) => (environment) => test(environment.resource, environment),
};
