const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LENGTH = 10;

/** When an identifier was made, in milliseconds: its first ten characters say so, in Crockford's base 32. */
export function timeOfUlid(id: string): number {
  return [...id.slice(0, TIME_LENGTH)].reduce((sum, digit) => sum * 32 + DIGITS.indexOf(digit), 0);
}
