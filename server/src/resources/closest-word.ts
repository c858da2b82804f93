/** Longer words are not typing mistakes worth comparing; the bound keeps the work small. */
const WORD_LENGTH_MAX = 64;

/** The candidate that `word` was probably meant to be, or undefined when none is near. */
export function closestWord(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > WORD_LENGTH_MAX) return undefined;
  const near = candidates
    .filter((candidate) => candidate.length <= WORD_LENGTH_MAX)
    .map((candidate) => ({ candidate, distance: editDistance(normal(word), normal(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.round(candidate.length / 3)))
    .sort((left, right) => left.distance - right.distance);
  return near[0]?.candidate;
}

/** `redirect_uris`, `redirect-uris` and `redirectUris` are the same thought. */
function normal(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let best = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, at(before, column - 2) + 1);
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return at(previous, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
