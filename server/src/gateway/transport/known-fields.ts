import type { RequestFields } from './request-fields.ts';

/** Longer ones are read each time: what is kept stays as long as the connection does. */
const LENGTH_MAX = 2048;
/** A caller whose fields were others so many times in a row has a number in each of them, and is not asked again. */
const MISSES_MAX = 8;

const NOTHING = Buffer.alloc(0);

/**
 * The field lines of the last request on one connection, and what was read from them. Programs send the same lines again
 * and again, with another path: comparing them costs a tenth of reading them, and whatever is made of a header later
 * (its name looked up, its value checked) meets the same strings.
 *
 * Only lines that are the same byte for byte, to the empty line that ends them, are taken for the same. Nothing is kept
 * before the second request, since most connections of browsers never see a third.
 */
export class KnownFields {
  #bytes = NOTHING;
  #length = 0;
  #http11 = true;
  #fields: RequestFields | undefined;
  #misses = -1;

  /** What was read from the lines that begin at `at`, if they are the known ones. */
  find(bytes: Buffer, at: number, end: number, http11: boolean): RequestFields | undefined {
    const length = this.#length;
    if (length === 0 || at + length > end || http11 !== this.#http11) return undefined;
    if (bytes.compare(this.#bytes, 0, length, at, at + length) !== 0) return undefined;
    this.#misses = 0;
    return this.#fields;
  }

  get length(): number {
    return this.#length;
  }

  /** `bytes[from, to)` was read anew. */
  keep(bytes: Buffer, from: number, to: number, http11: boolean, fields: RequestFields): void {
    if (this.#misses > MISSES_MAX) return;
    this.#misses += 1;
    if (this.#misses === 0) return;
    const length = to - from;
    if (length > LENGTH_MAX || this.#misses > MISSES_MAX) {
      this.#length = 0;
      this.#bytes = NOTHING;
      this.#fields = undefined;
      return;
    }
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow(length);
    bytes.copy(this.#bytes, 0, from, to);
    this.#length = length;
    this.#http11 = http11;
    this.#fields = fields;
  }
}
