import { editDistance } from './closest-word.ts';

/** Among shorter words, one letter is what makes them different. */
const WORD_LENGTH_MIN = 4;
const WORD_LENGTH_MAX = 64;

/**
 * Finds the word that was almost surely meant: one letter more, less or other, two neighbours swapped, or the same but for
 * capitals. Unlike `closestWord` it is for places where any word may stand, and so must hardly ever be wrong; and it looks
 * words up instead of comparing each with each.
 */
export function nearMisses(words: Iterable<string>): (word: string) => string | undefined {
  const exact = new Set(words);
  // Mostly nothing is mistyped, and nothing needs to be looked up.
  let byPart: ReadonlyMap<string, readonly string[]> | undefined;
  return (word) => {
    if (exact.has(word) || word.length > WORD_LENGTH_MAX) return undefined;
    byPart ??= indexByPart(exact);
    for (const part of partsOf(word)) {
      const near = byPart.get(part)?.find((candidate) => isNear(word, candidate));
      if (near !== undefined) return near;
    }
    return undefined;
  };
}

function indexByPart(words: ReadonlySet<string>): Map<string, string[]> {
  const byPart = new Map<string, string[]>();
  for (const word of words) {
    if (word.length > WORD_LENGTH_MAX) continue;
    for (const part of partsOf(word)) {
      const known = byPart.get(part);
      if (known === undefined) byPart.set(part, [word]);
      else known.push(word);
    }
  }
  return byPart;
}

/** The word without capitals, and with each of its letters left out: words that differ by one letter have one in common. */
function partsOf(word: string): Set<string> {
  const lower = word.toLowerCase();
  const shortened = Array.from(lower, (_, index) => lower.slice(0, index) + lower.slice(index + 1));
  return new Set([lower, ...shortened]);
}

function isNear(word: string, candidate: string): boolean {
  const [left, right] = [word.toLowerCase(), candidate.toLowerCase()];
  if (left === right) return true;
  // Numbers count things: v2 beside v1 is no mistake.
  if (withoutDigits(left) === withoutDigits(right)) return false;
  return Math.min(left.length, right.length) >= WORD_LENGTH_MIN && editDistance(left, right) === 1;
}

const withoutDigits = (word: string): string => word.replaceAll(/\d/g, '');
