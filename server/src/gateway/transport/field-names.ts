/**
 * The field names that the transport itself reads, recognised in the bytes of a head, in either case, without making a
 * string of every name.
 */
export class FieldNames {
  /** By length: a name is compared with two candidates at most, and most names with none. */
  readonly #byLength: readonly (readonly { bytes: Buffer; meaning: number }[])[];

  /** @param meanings numbers above 0, by name in lower case. */
  constructor(meanings: Readonly<Record<string, number>>) {
    const entries = Object.entries(meanings);
    const longest = Math.max(...entries.map(([name]) => name.length));
    this.#byLength = Array.from({ length: longest + 1 }, (_, length) =>
      entries
        .filter(([name]) => name.length === length)
        .map(([name, meaning]) => ({ bytes: Buffer.from(name, 'latin1'), meaning })),
    );
  }

  /** The meaning of the name at `bytes[start, end)`, or 0. */
  meaningOf(bytes: Uint8Array, start: number, end: number): number {
    const candidates = this.#byLength[end - start];
    if (candidates === undefined) return 0;
    for (let index = 0; index < candidates.length; index += 1) {
      const candidate = candidates[index];
      if (candidate !== undefined && spells(bytes, start, candidate.bytes)) return candidate.meaning;
    }
    return 0;
  }
}

/** Do the bytes from `start` spell `lower`, in either case? Both are tokens: bit 5 only turns upper case into lower. */
function spells(bytes: Uint8Array, start: number, lower: Uint8Array): boolean {
  for (let index = 0; index < lower.length; index += 1) {
    if (((bytes[start + index] ?? 0) | 0x20) !== lower[index]) return false;
  }
  return true;
}
