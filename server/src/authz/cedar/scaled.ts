import type { Long } from './long.ts';

/**
 * A decimal (in ten-thousandths), a datetime (milliseconds since the epoch) or a duration (milliseconds):
 * a 64-bit integer with a meaning. Values of different kinds are never equal and never compared.
 */
export class Scaled {
  readonly kind: ScaledKind;
  readonly amount: Long;

  constructor(kind: ScaledKind, amount: Long) {
    this.kind = kind;
    this.amount = amount;
  }
}

export type ScaledKind = 'decimal' | 'datetime' | 'duration';

/** Parses decimal digits of any length, without the quadratic cost of a hostile million of them. */
export function digitsToBigint(digits: string): bigint | undefined {
  const significant = digits.replace(/^0+/, '');
  return significant.length > 20 ? undefined : BigInt(significant);
}
