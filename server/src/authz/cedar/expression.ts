import type { Environment } from './environment.ts';
import { EvaluationFailure } from './evaluation-failure.ts';
import type { ExpressionJson } from './policy-json.ts';
import { Entity, type Value } from './values.ts';

/** A compiled expression: a closure, and its value when that does not depend on the request. */
export interface Expression {
  readonly evaluate: Evaluate;
  readonly constant?: Value;
}

export type Evaluate = (environment: Environment) => Value;

export interface Compiler {
  compile(json: ExpressionJson): Expression;
}

/** The text holds something this engine does not evaluate, for example a function of a later version of Cedar. */
export class UnsupportedExpression extends Error {
  override readonly name = 'UnsupportedExpression';
}

export function constantOf(value: Value): Expression {
  return { evaluate: () => value, constant: value };
}

/** Evaluates once, now, what does not depend on the request. What fails must go on to fail at each evaluation. */
export function fold(operands: readonly (Value | undefined)[], evaluate: Evaluate): Expression {
  if (operands.includes(undefined)) return { evaluate };
  try {
    return constantOf(evaluate(NO_ENVIRONMENT));
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure)) throw failure;
    return {
      evaluate: () => {
        throw failure;
      },
    };
  }
}

const NOBODY = new Entity('Nobody', '');
const NO_ENVIRONMENT: Environment = {
  principal: NOBODY,
  action: NOBODY,
  resource: NOBODY,
  context: {},
  entities: { find: () => undefined },
};
