import type { CelInput } from '@bufbuild/cel';
import type { JsonObject } from '#audit';
import { RELATION_LIMITS } from '../limits.ts';
import { boundExpression, GROW_FUNCTION, STEP_FUNCTION, WALK_FUNCTION } from './bound-expression.ts';
import type { ConditionJson } from './model-json.ts';
import { invalidModel } from './read-model.ts';

/** Met or not; or why that can't be said. */
export type ConditionOutcome = boolean | { failure: string };

export interface Condition {
  readonly name: string;
  /** `context` of the tuple goes before that of the request: who writes a tuple fixes what he names. */
  evaluate(requestContext: JsonObject | undefined, tupleContext: JsonObject | undefined): ConditionOutcome;
  /** Steps that the last evaluation took, for whoever evaluates many. */
  stepsOfLast(): number;
  /** What is wrong with a context that is to be stored with a tuple, if anything. */
  refuseContext(context: JsonObject): string | undefined;
}

/**
 * Makes a condition ready to be evaluated. CEL is loaded when the first model with a condition is.
 * @throws `invalid_authorization_model`
 */
export async function compileCondition({ name, expression, parameters = {} }: ConditionJson): Promise<Condition> {
  const cel = await import('@bufbuild/cel');
  const { ContextMismatch, isInNetwork, normaliseAddress, readParameter } = await import('./condition-parameters.ts');
  const { BOOL, DYN, STRING } = cel.CelScalar;

  let stepsLeft: number = RELATION_LIMITS.conditionStepsMax;
  const countSteps = (steps: number): void => {
    stepsLeft -= steps;
    if (stepsLeft < 0) throw new RangeError('it takes more steps than a condition may take');
  };
  const env = cel.celEnv({
    funcs: [
      cel.celFunc(STEP_FUNCTION, [BOOL], BOOL, (goOn) => {
        countSteps(1);
        return goOn;
      }),
      cel.celFunc(GROW_FUNCTION, [DYN], DYN, (value) => {
        countSteps(sizeOf(value));
        return value;
      }),
      cel.celFunc(WALK_FUNCTION, [DYN], DYN, (value) => {
        walk(value, countSteps);
        return value;
      }),
      cel.celFunc('ipaddress', [STRING], STRING, (text) => {
        const address = normaliseAddress(text);
        if (address === undefined) throw new TypeError(`'${text}' is not an IP address`);
        return address;
      }),
      cel.celMethod('in_cidr', STRING, [STRING], BOOL, function inNetwork(network) {
        const inside = isInNetwork(String(this), network);
        if (inside === undefined) throw new TypeError(`'${network}' is not a network such as 10.0.0.0/8`);
        return inside;
      }),
    ],
  });
  const program = plan();
  function plan() {
    try {
      const parsed = cel.parse(expression);
      boundExpression(parsed.expr, name, Object.keys(parameters));
      return cel.plan(env, parsed);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause) throw cause;
      throw invalidModel(`the condition '${name}' can not be read: ${messageOf(cause)}`);
    }
  }

  const readContext = (context: JsonObject): Record<string, CelInput> => {
    const values: Record<string, CelInput> = {};
    for (const [key, parameter] of Object.entries(parameters)) {
      const value = Object.hasOwn(context, key) ? context[key] : undefined;
      if (value === undefined) continue;
      try {
        values[key] = readParameter(value, parameter);
      } catch (cause) {
        if (!(cause instanceof ContextMismatch)) throw cause;
        throw new ContextMismatch(`failed to convert context parameter '${key}': ${cause.message}`);
      }
    }
    return values;
  };

  return {
    name,
    evaluate(requestContext, tupleContext) {
      stepsLeft = RELATION_LIMITS.conditionStepsMax;
      try {
        const values = readContext({ ...requestContext, ...tupleContext });
        const missing = Object.keys(parameters).filter((key) => !Object.hasOwn(values, key));
        if (missing.length > 0) return { failure: `the context parameters '${missing.join(', ')}' are missing` };
        const result = program(values);
        if (cel.isCelError(result)) return { failure: messageOf(result.cause ?? result) };
        return typeof result === 'boolean' ? result : { failure: 'the expression gives no bool' };
      } catch (cause) {
        return { failure: messageOf(cause) };
      }
    },
    stepsOfLast: () => RELATION_LIMITS.conditionStepsMax - Math.max(stepsLeft, 0),
    refuseContext(context) {
      const unknown = Object.keys(context).find((key) => !Object.hasOwn(parameters, key));
      if (unknown !== undefined) return `found invalid context parameter: ${unknown}`;
      try {
        readContext(context);
        return undefined;
      } catch (cause) {
        return messageOf(cause);
      }
    },
  };
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length >> 4;
  return typeof value === 'object' && value !== null && 'size' in value ? Number(value.size) : 1;
}

/** Counts what there is to look through, with all that lies inside. */
function walk(value: unknown, count: (steps: number) => void): void {
  if (typeof value === 'string') count(value.length >> 4);
  if (typeof value !== 'object' || value === null || !('size' in value)) return;
  count(Math.ceil(Number(value.size) / ELEMENTS_OF_A_STEP));
  for (const item of itemsOf(value)) if (typeof item === 'object' || typeof item === 'string') walk(item, count);
}

function itemsOf(value: object): Iterable<unknown> {
  const iterable = 'get' in value && 'values' in value && typeof value.values === 'function' ? value.values() : [];
  return iterable as Iterable<unknown>;
}

/** Elements of a list are compared faster than a round of a loop is run. */
const ELEMENTS_OF_A_STEP = 16;

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unknown failure';
}
