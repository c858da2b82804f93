import type { Environment } from './environment.ts';
import {
  type Compiler,
  constantOf,
  type Evaluate,
  type Expression,
  fold,
  UnsupportedExpression,
} from './expression.ts';
import { compilePattern, type PatternElement } from './like-pattern.ts';
import { asBoolean, asEntity, asString, attributeOf, isIn, requireAttribute } from './operators.ts';
import type { BinaryJson, EntityJson, ExpressionJson } from './policy-json.ts';
import { attributeName, type CedarRecord, Entity, readValue, type Value } from './values.ts';

/** The operand's form is given by the operator, and was checked by Cedar's own parser. */
type CompileForm = (operand: never, compiler: Compiler) => Expression;

const VARIABLES = {
  principal: { evaluate: (environment: Environment) => environment.principal },
  action: { evaluate: (environment: Environment) => environment.action },
  resource: { evaluate: (environment: Environment) => environment.resource },
  context: { evaluate: (environment: Environment) => environment.context },
} as const satisfies Record<string, Expression>;

/** Everything but plain operators and functions: literals, variables, and what does not evaluate all its parts. */
export const SPECIAL_FORMS: ReadonlyMap<string, CompileForm> = new Map<string, CompileForm>([
  ['Value', (value: unknown) => constantOf(literalOf(value))],
  ['Var', (name: keyof typeof VARIABLES) => VARIABLES[name]],
  ['&&', (operand: BinaryJson, compiler) => compileChain('&&', operand, compiler)],
  ['||', (operand: BinaryJson, compiler) => compileChain('||', operand, compiler)],
  ['if-then-else', compileConditional],
  ['.', compileAttribute],
  ['has', compileHas],
  ['like', compileLike],
  ['is', compileIs],
  ['Set', compileSet],
  ['Record', compileRecord],
]);

function literalOf(value: unknown): Value {
  if (typeof value === 'object' && value !== null && '__entity' in value) {
    const { type, id } = value.__entity as EntityJson;
    return new Entity(type, id);
  }
  const literal = readValue(value);
  if (literal === undefined || typeof literal === 'object') throw new UnsupportedExpression('unknown form of literal');
  return literal;
}

/**
 * `a && b && c` arrives nested to the left, one level for each clause; it is flattened so that a policy of a thousand
 * clauses costs no depth. Each side that is reached must be boolean.
 */
function compileChain(operator: '&&' | '||', operand: BinaryJson, compiler: Compiler): Expression {
  const clauses: Evaluate[] = [];
  let rest: ExpressionJson = { [operator]: operand };
  while (operator in rest) {
    const { left, right } = rest[operator] as BinaryJson;
    clauses.unshift(compiler.compile(right).evaluate);
    rest = left;
  }
  clauses.unshift(compiler.compile(rest).evaluate);
  const decisive = operator === '||';
  const [first, second] = clauses;
  if (clauses.length === 2 && first !== undefined && second !== undefined) {
    return {
      evaluate: (environment) =>
        asBoolean(first(environment)) === decisive ? decisive : asBoolean(second(environment)),
    };
  }
  return {
    evaluate: (environment) => {
      for (const clause of clauses) if (asBoolean(clause(environment)) === decisive) return decisive;
      return !decisive;
    },
  };
}

function compileConditional(
  operand: { if: ExpressionJson; then: ExpressionJson; else: ExpressionJson },
  compiler: Compiler,
): Expression {
  const test = compiler.compile(operand.if).evaluate;
  const consequent = compiler.compile(operand.then).evaluate;
  const alternative = compiler.compile(operand.else).evaluate;
  return {
    evaluate: (environment) => (asBoolean(test(environment)) ? consequent : alternative)(environment),
  };
}

function compileAttribute({ left, attr }: { left: ExpressionJson; attr: string }, compiler: Compiler) {
  const { evaluate } = compiler.compile(left);
  const name = attributeName(attr);
  return { evaluate: (environment: Environment) => requireAttribute(environment, evaluate(environment), name) };
}

/** `x has a.b` is `x has a && x.a has b`, without evaluating `x` twice. */
function compileHas({ left, attr }: { left: ExpressionJson; attr: string | string[] }, compiler: Compiler) {
  const { evaluate } = compiler.compile(left);
  const path = (typeof attr === 'string' ? [attr] : attr).map(attributeName);
  return {
    evaluate: (environment: Environment) => {
      let value = evaluate(environment);
      for (const name of path) {
        const attribute = attributeOf(environment, value, name);
        if (attribute === undefined) return false;
        value = attribute;
      }
      return true;
    },
  };
}

function compileLike(
  { left, pattern }: { left: ExpressionJson; pattern: readonly PatternElement[] },
  compiler: Compiler,
): Expression {
  const { evaluate, constant } = compiler.compile(left);
  const matches = compilePattern(pattern);
  return fold([constant], (environment) => matches(asString(evaluate(environment))));
}

/** `x is T in y` looks at `y` only when `x` is a `T`. */
function compileIs(
  operand: { left: ExpressionJson; entity_type: string; in?: ExpressionJson },
  compiler: Compiler,
): Expression {
  const { evaluate } = compiler.compile(operand.left);
  const type = operand.entity_type;
  const target = operand.in === undefined ? undefined : compiler.compile(operand.in).evaluate;
  if (target === undefined) return { evaluate: (environment) => asEntity(evaluate(environment)).type === type };
  return {
    evaluate: (environment) => {
      const entity = asEntity(evaluate(environment));
      return entity.type === type && isIn(environment, entity, target(environment));
    },
  };
}

function compileSet(members: readonly ExpressionJson[], compiler: Compiler): Expression {
  const parts = members.map((member) => compiler.compile(member));
  return fold(
    parts.map((part) => part.constant),
    (environment) => parts.map((part) => part.evaluate(environment)),
  );
}

function compileRecord(members: Readonly<Record<string, ExpressionJson>>, compiler: Compiler): Expression {
  const parts = Object.entries(members).map(([name, member]) => [name, compiler.compile(member)] as const);
  return fold(
    parts.map(([, part]) => part.constant),
    (environment): CedarRecord => Object.fromEntries(parts.map(([name, part]) => [name, part.evaluate(environment)])),
  );
}
