const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A non-negative number in base 62, padded to `length`: letters and digits only, so that a double click selects it all. */
export function encodeBase62(value: bigint, length: number): string {
  let text = '';
  let rest = value;
  for (let index = 0; index < length; index += 1) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  if (rest !== 0n) throw new RangeError(`the value needs more than ${length} characters`);
  return text;
}

export const BASE62_TEXT = /^[0-9A-Za-z]+$/;
