import { type Environment, isWithin } from './environment.ts';
import { equalValues } from './equal-values.ts';
import { EvaluationFailure } from './evaluation-failure.ts';
import {
  type Compiler,
  constantOf,
  type Evaluate,
  type Expression,
  fold,
  UnsupportedExpression,
} from './expression.ts';
import { EXTENSION_FUNCTIONS } from './extension-functions.ts';
import { asEntity, BINARY_OPERATORS, type BinaryOperator, UNARY_OPERATORS } from './operators.ts';
import { type BinaryJson, type ExpressionJson, operatorOf } from './policy-json.ts';
import { SPECIAL_FORMS } from './special-forms.ts';
import { Entity, type Value } from './values.ts';

/** Reads a literal that the policy text had to carry in another form; see `long-literals.ts`. */
export type ReadCarried = (text: string) => Value | undefined;

/** Turns one of Cedar's JSON expressions into a closure. */
export function compileExpression(json: ExpressionJson, readCarried: ReadCarried): Expression {
  const compiler: Compiler = {
    compile(inner) {
      const { operator, operand } = operatorOf(inner);
      const special = SPECIAL_FORMS.get(operator);
      if (special !== undefined) return special(operand as never, compiler);
      const unary = UNARY_OPERATORS.get(operator);
      if (unary !== undefined) {
        const { evaluate, constant } = compiler.compile((operand as { arg: ExpressionJson }).arg);
        return fold([constant], (environment) => unary(evaluate(environment)));
      }
      const binary = BINARY_OPERATORS.get(operator);
      if (binary !== undefined) return compileBinary(operator, binary, operand as BinaryJson, compiler);
      return compileCall(operator, operand, compiler, readCarried);
    },
  };
  return compiler.compile(json);
}

function compileBinary(operator: string, apply: BinaryOperator, operand: BinaryJson, compiler: Compiler): Expression {
  const left = compiler.compile(operand.left);
  const right = compiler.compile(operand.right);
  const shortcut = SHORTCUTS.get(operator)?.(left, right);
  if (shortcut !== undefined) return { evaluate: shortcut };
  const evaluate: Evaluate = (environment) =>
    apply(left.evaluate(environment), right.evaluate(environment), environment);
  return REQUEST_OPERATORS.has(operator) ? { evaluate } : fold([left.constant, right.constant], evaluate);
}

/** These look at the entities of the request even when both sides are literals. */
const REQUEST_OPERATORS = new Set(['in', 'hasTag', 'getTag']);

function compileCall(name: string, operand: unknown, compiler: Compiler, readCarried: ReadCarried): Expression {
  const call = EXTENSION_FUNCTIONS.get(name);
  if (call === undefined || !Array.isArray(operand)) {
    throw new UnsupportedExpression(`\`${name}\` is not a function or operator that is evaluated here`);
  }
  const operands: readonly ExpressionJson[] = operand;
  const [first] = operands;
  const literal = name === 'decimal' && operands.length === 1 ? first?.Value : undefined;
  const carried = typeof literal === 'string' ? readCarried(literal) : undefined;
  if (carried !== undefined) return constantOf(carried);
  const parts = operands.map((part) => compiler.compile(part));
  const constants = parts.map((part) => part.constant);
  return fold(constants, (environment) => {
    const values = parts.map((part) => part.evaluate(environment));
    if (values.length !== call.length) throw wrongCount(name, call.length, values.length);
    return call(...values);
  });
}

function wrongCount(name: string, expected: number, found: number): EvaluationFailure {
  return new EvaluationFailure(`wrong number of arguments to \`${name}\`: expected ${expected}, got ${found}`);
}

type Shortcut = (left: Expression, right: Expression) => Evaluate | undefined;

/** Faster forms for the shapes that most clauses have: a comparison with a literal, and `in` a literal entity. */
const SHORTCUTS: ReadonlyMap<string, Shortcut> = new Map<string, Shortcut>([
  ['==', (left, right) => compareWithLiteral(left, right, true) ?? compareWithLiteral(right, left, true)],
  ['!=', (left, right) => compareWithLiteral(left, right, false) ?? compareWithLiteral(right, left, false)],
  ['in', inLiteral],
]);

function compareWithLiteral(value: Expression, literal: Expression, equal: boolean): Evaluate | undefined {
  const expected = literal.constant;
  if (value.constant !== undefined || expected === undefined) return undefined;
  const { evaluate } = value;
  if (typeof expected !== 'object') return (environment) => (evaluate(environment) === expected) === equal;
  return (environment) => equalValues(evaluate(environment), expected) === equal;
}

function inLiteral({ evaluate }: Expression, { constant }: Expression): Evaluate | undefined {
  if (!(constant instanceof Entity)) return undefined;
  const { type, id } = constant;
  return (environment: Environment) => isWithin(environment, asEntity(evaluate(environment)), type, id);
}
