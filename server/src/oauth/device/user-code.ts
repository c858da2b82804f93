import type { Random } from '#base';

/** RFC 8628 §6.1: consonants alone, so that no code is a word, and none that is taken for another. */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
/** 20^8, 34.5 bits: with the bound on attempts and ten minutes to live, a guess succeeds less than once in 10^7 tries. */
const LENGTH = 8;
/** The largest multiple of the alphabet below 256: bytes above would make some letters likelier. */
const BYTE_LIMIT = 240;

/** A new code: eight letters. */
export function newUserCode(random: Random): string {
  let code = '';
  while (code.length < LENGTH) {
    for (const byte of random.bytes(LENGTH)) {
      if (byte < BYTE_LIMIT && code.length < LENGTH) code += ALPHABET[byte % ALPHABET.length];
    }
  }
  return code;
}

/** As people see it: `WDJB-MJHT`. */
export const showUserCode = (code: string): string => `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;

/** What a person typed: case, blanks and dashes don't matter. Undefined when it can't be a code. */
export function readUserCode(typed: string): string | undefined {
  const code = typed
    .slice(0, 64)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '');
  return code.length === LENGTH && [...code].every((letter) => ALPHABET.includes(letter)) ? code : undefined;
}
