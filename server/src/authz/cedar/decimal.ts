import { EvaluationFailure } from './evaluation-failure.ts';
import { longFromBigint } from './long.ts';
import { digitsToBigint, Scaled } from './scaled.ts';

const DECIMAL = /^(-?)([0-9]+)\.([0-9]+)$/;
const FRACTION_DIGITS = 4;

/** `decimal("12.34")`: one to four digits after the point, in the range of a 64-bit integer of ten-thousandths. */
export function parseDecimal(text: string): Scaled {
  const [, sign, whole = '', fraction = ''] = DECIMAL.exec(text) ?? [];
  if (sign === undefined) throw new EvaluationFailure(`\`${text}\` is not a well-formed decimal value`);
  if (fraction.length > FRACTION_DIGITS) {
    throw new EvaluationFailure(`too many digits after the decimal in \`${text}\`; at most 4 are supported`);
  }
  const magnitude = digitsToBigint(whole + fraction.padEnd(FRACTION_DIGITS, '0'));
  const amount = magnitude === undefined ? undefined : longFromBigint(sign === '-' ? -magnitude : magnitude);
  if (amount === undefined) throw new EvaluationFailure('overflow when converting to decimal');
  return new Scaled('decimal', amount);
}

/** The shortest text that {@link parseDecimal} reads as the same value. */
export function formatDecimal(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(FRACTION_DIGITS + 1, '0');
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0{1,3}$/, '');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -FRACTION_DIGITS)}.${fraction}`;
}
