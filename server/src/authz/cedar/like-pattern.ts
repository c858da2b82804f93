/** The parts of a `like` pattern as the JSON format has them: wildcards and literal characters. */
export type PatternElement = 'Wildcard' | { Literal: string };

/**
 * Compiles `like`: the text between wildcards is looked for from left to right, each piece at its earliest place. That
 * needs no backtracking, so a hostile text costs time in proportion to its length. Matching by UTF-16 unit agrees with
 * matching by character, because a whole character never matches across a surrogate pair.
 */
export function compilePattern(elements: readonly PatternElement[]): (text: string) => boolean {
  const pieces = [''];
  for (const element of elements) {
    if (element === 'Wildcard') pieces.push('');
    else pieces[pieces.length - 1] += element.Literal;
  }
  const [start = '', ...rest] = pieces;
  const end = rest.pop();
  if (end === undefined) return (text) => text === start;
  const middle = rest.filter((piece) => piece !== '');
  return (text) => {
    if (!text.startsWith(start) || !text.endsWith(end)) return false;
    let position = start.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, position);
      if (found === -1) return false;
      position = found + piece.length;
    }
    // Also where there is no middle: `ab*ba` does not match `aba`.
    return position <= text.length - end.length;
  };
}
