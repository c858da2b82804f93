/** How soon would somebody who knows how people choose passwords find this one? zxcvbn's estimate, 0 (at once) to 4. */
export interface PasswordGuesses {
  score(password: string, contextWords: readonly string[]): number;
}

/**
 * The estimate takes longer the longer the text is: 560 ms for 256 characters, 75 ms at worst for 64. What stands
 * after the first 64 only makes a password better.
 */
const LOOKED_AT_MAX = 64;

let loading: Promise<PasswordGuesses> | undefined;

/** Read when the first password comes that no other rule refuses: 100 ms and 32 MB, which other processes do without. */
export function loadPasswordGuesses(): Promise<PasswordGuesses> {
  loading ??= open();
  return loading;
}

async function open(): Promise<PasswordGuesses> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return {
    score(password, contextWords) {
      const words = contextWords.map((word) => word.slice(0, LOOKED_AT_MAX));
      return zxcvbn.check(password.slice(0, LOOKED_AT_MAX), words).score;
    },
  };
}
