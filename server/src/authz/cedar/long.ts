import { EvaluationFailure } from './evaluation-failure.ts';

/**
 * Cedar's 64-bit signed integer. A `number` wherever it is exact (at most 2^53 - 1 away from zero), a `bigint` beyond:
 * each value has one representation, so `===` compares values and everyday arithmetic allocates nothing.
 */
export type Long = number | bigint;

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

export function isLong(value: unknown): value is Long {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** The one representation of `value`, or undefined when it does not fit 64 bits. */
export function longFromBigint(value: bigint): Long | undefined {
  if (value < LONG_MIN || value > LONG_MAX) return undefined;
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : value;
}

export function addLongs(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return checked('add', left, right, BigInt(left) + BigInt(right));
}

export function subtractLongs(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const difference = left - right;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return checked('subtract', left, right, BigInt(left) - BigInt(right));
}

export function multiplyLongs(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right;
    // A product that rounds to a safe integer is exact: 2^53 is representable and rounding is monotone.
    // `+ 0` turns -0 into 0.
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return checked('multiply', left, right, BigInt(left) * BigInt(right));
}

export function negateLong(value: Long): Long {
  if (typeof value === 'number') return 0 - value;
  const negated = longFromBigint(-value);
  if (negated !== undefined) return negated;
  throw new EvaluationFailure(`integer overflow while attempting to negate the value \`${value}\``);
}

/** Division that drops the remainder, towards zero, as 64-bit machines do it. */
export function truncateLong(value: Long, divisor: number): Long {
  if (typeof value === 'number') return (value - (value % divisor)) / divisor + 0;
  // The quotient of a 64-bit integer by 1000 or more, or of a smaller one, is in range again.
  return longFromBigint(value / BigInt(divisor)) ?? value;
}

/** The remainder that is never negative. */
export function remainderOfLong(value: Long, divisor: number): number {
  const remainder = typeof value === 'number' ? value % divisor : Number(value % BigInt(divisor));
  return remainder < 0 ? remainder + divisor : remainder + 0;
}

function checked(verb: string, left: Long, right: Long, exact: bigint): Long {
  const result = longFromBigint(exact);
  if (result !== undefined) return result;
  throw new EvaluationFailure(`integer overflow while attempting to ${verb} the values \`${left}\` and \`${right}\``);
}
