/** Reads JSON from outside without throwing; undefined for what is none, or not {@link isPlainJson plain}. */
export function readJsonText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Deeper than any member of a protocol: whoever compares, writes or shows it walks down as far. */
const LEVELS_MAX = 10;

/** Nested a few levels at most, and of texts that PostgreSQL can keep: no NUL, no half of a character. */
export function isPlainJson(value: unknown, levels: number = LEVELS_MAX): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  return Object.entries(value).every(([name, each]) => isPlainJson(name) && isPlainJson(each, levels - 1));
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
