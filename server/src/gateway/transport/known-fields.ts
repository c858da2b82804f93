import type { KnownLines, LinesOf, LinesOfPeers } from './lines-of-peers.ts';
import type { RequestFields } from './request-fields.ts';

/** Longer ones are read each time: what is kept stays as long as the connection does. */
const LENGTH_MAX = 2048;
/** A caller whose fields were others so many times in a row has a number in each of them, and is not asked again. */
const MISSES_MAX = 8;

/**
 * The field lines of the last request on one connection, and what was read from them. Programs send the same lines again
 * and again, with another path: comparing them costs a tenth of reading them, and whatever is made of a header later
 * (its name looked up, its value checked) meets the same strings.
 *
 * Only lines that are the same byte for byte, to the empty line that ends them, are taken for the same. Nothing is kept
 * before the second request, since most connections of browsers never see a third.
 */
export class KnownFields {
  readonly #shared: LinesOfPeers;
  readonly #peer: Omit<LinesOf, 'http11'>;
  #lines: KnownLines | undefined;
  #http11 = true;
  #misses = -1;

  constructor(shared: LinesOfPeers, peer: Omit<LinesOf, 'http11'>) {
    this.#shared = shared;
    this.#peer = peer;
  }

  /** What was read from the lines that begin at `at`, if they are the known ones. */
  find(bytes: Buffer, at: number, end: number, http11: boolean): KnownLines | undefined {
    const lines = this.#lines;
    if (lines === undefined || http11 !== this.#http11) return undefined;
    const { length } = lines.bytes;
    if (at + length > end || bytes.compare(lines.bytes, 0, length, at, at + length) !== 0) return undefined;
    this.#misses = 0;
    return lines;
  }

  /** `bytes[from, to)` was read anew. */
  keep(bytes: Buffer, from: number, to: number, http11: boolean, fields: RequestFields): void {
    if (this.#misses > MISSES_MAX) return;
    this.#misses += 1;
    if (this.#misses === 0) return;
    this.end();
    if (to - from > LENGTH_MAX || this.#misses > MISSES_MAX) return;
    const { remoteAddress, encrypted } = this.#peer;
    this.#lines = this.#shared.take(bytes, from, to, fields, { remoteAddress, encrypted, http11 });
    this.#http11 = http11;
  }

  /** The connection is closed, or sends other lines. */
  end(): void {
    if (this.#lines !== undefined) this.#shared.giveBack(this.#lines);
    this.#lines = undefined;
  }
}
