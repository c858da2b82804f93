import { type Long, longFromBigint } from './long.ts';

/**
 * The parser hands policies over as JSON, where an integer beyond 2^53 loses its last digits in silence. So each long
 * literal of that size is carried through as a marked `decimal("…")` instead, and read back when compiling.
 */
export interface CarriedLiterals {
  text: string;
  /** The literal that a marked text stands for; undefined when the text is the author's own. */
  read(text: string): Long | undefined;
}

/**
 * Rewrites a policy that the parser has accepted. Only integers outside strings and comments are touched, and only
 * those that are not exact as a JavaScript number.
 */
export function carryLongLiterals(text: string): CarriedLiterals {
  const mark = unusedMark(text);
  let minusAt = -1;
  let copied = 0;
  let rewritten = '';
  for (const token of text.matchAll(TOKEN)) {
    const [lexeme] = token;
    const { index } = token;
    if (SKIPPED.test(lexeme)) continue;
    if (INTEGER.test(lexeme) && !Number.isSafeInteger(Number(lexeme))) {
      // -2^63 is one literal: its digits alone do not fit 64 bits.
      const isMinimum = BigInt(lexeme) === 2n ** 63n;
      const from = isMinimum ? minusAt : index;
      rewritten += `${text.slice(copied, from)}decimal("${mark}${isMinimum ? '-' : ''}${lexeme}")`;
      copied = index + lexeme.length;
    }
    minusAt = lexeme === '-' ? index : -1;
  }
  rewritten += text.slice(copied);
  return {
    text: rewritten,
    read: (carried) => (carried.startsWith(mark) ? longFromBigint(BigInt(carried.slice(mark.length))) : undefined),
  };
}

/** White space, comments, strings, words and numbers; any other character is a token of its own. */
const TOKEN = /\s+|\/\/[^\n\r]*|"(?:[^"\\]|\\.)*"|[A-Za-z0-9_]+|./gs;
const SKIPPED = /^(?:\s|\/\/)/;
const INTEGER = /^[0-9]{16,}$/;

/** Not in the text, so that no string of the author's is taken for a carried literal. */
function unusedMark(text: string): string {
  let mark = 'long:';
  while (text.includes(mark)) mark = `long${mark}`;
  return mark;
}
