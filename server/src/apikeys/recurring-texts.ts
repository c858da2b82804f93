/** More different ones than this have little in common. */
const KEPT_MAX = 10_000;

/**
 * Texts and lists that many keys have in common, each kept once: every row comes with copies of its own, which of many
 * keys were a third of the memory. Lists are frozen, since others hold them too.
 */
export class RecurringTexts {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();

  text(value: string): string {
    return keep(this.#texts, value, () => value);
  }

  list(values: readonly string[]): readonly string[] {
    return keep(this.#lists, JSON.stringify(values), () => Object.freeze([...values]));
  }
}

function keep<Value>(kept: Map<string, Value>, key: string, make: () => Value): Value {
  let value = kept.get(key);
  if (value === undefined) {
    // Starting over lets the common ones come back.
    if (kept.size >= KEPT_MAX) kept.clear();
    value = make();
    kept.set(key, value);
  }
  return value;
}
