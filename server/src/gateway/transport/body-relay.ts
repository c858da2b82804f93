import type { BodyReader } from './body-reader.ts';
import type { SendBuffer } from './send-buffer.ts';

/** The last chunk, and an empty trailer section. */
export const LAST_CHUNK = '0\r\n\r\n';

/** Copies bodies from one framing into another, and counts what it copied. One for each direction of a connection. */
export class BodyRelay {
  /** Bytes of data relayed of the present body. */
  relayed = 0;
  /** Is the outgoing body chunked? */
  chunkedOut = false;
  readonly #out: SendBuffer;

  constructor(out: SendBuffer) {
    this.#out = out;
  }

  begin(chunkedOut: boolean): void {
    this.relayed = 0;
    this.chunkedOut = chunkedOut;
  }

  /**
   * Relays the data that lies in `bytes[at, end)`. Chunks are never passed on as they came: their sizes are stated anew,
   * their extensions and the trailers dropped.
   * @returns where it stopped: at the end of the body, at a framing error (`body.problem`), or at `end`.
   */
  relay(body: BodyReader, bytes: Buffer, at: number, end: number): number {
    let next = at;
    while (next < end && !body.done) {
      next = body.step(bytes, next, end);
      if (body.problem !== '') return next;
      const size = body.dataEnd - body.dataStart;
      if (size === 0) continue;
      this.relayed += size;
      this.write(bytes, body.dataStart, body.dataEnd);
    }
    if (body.done && this.chunkedOut) this.#out.text(LAST_CHUNK);
    return next;
  }

  /** Writes one piece of data in the outgoing framing. */
  write(bytes: Buffer, start: number, end: number): void {
    const out = this.#out;
    if (this.chunkedOut) out.text(`${(end - start).toString(16)}\r\n`);
    out.bytes(bytes, start, end);
    if (this.chunkedOut) out.text('\r\n');
  }
}
