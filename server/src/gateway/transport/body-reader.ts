import { ChunkedDecoder } from './chunked-decoder.ts';

/**
 * Finds where a message body ends, whichever way it is framed (RFC 9112 §6.3), without copying it: each step names one
 * piece of data inside the bytes it was given. Told anew for each message what to expect, so that a connection needs one.
 */
export class BodyReader {
  dataStart = 0;
  dataEnd = 0;
  done = true;
  problem = '';
  #chunked: ChunkedDecoder | undefined;
  #remaining = 0;

  expectLength(bytes: number): void {
    this.#chunked = undefined;
    this.#remaining = bytes;
    this.done = bytes === 0;
    this.problem = '';
  }

  expectChunks(): void {
    this.#chunked = new ChunkedDecoder();
    this.#remaining = 1;
    this.done = false;
    this.problem = '';
  }

  /** Only a response may end with its connection. */
  expectUntilClose(): void {
    this.expectLength(Number.POSITIVE_INFINITY);
  }

  get endsWithConnection(): boolean {
    return this.#remaining === Number.POSITIVE_INFINITY;
  }

  /** Reads on from `at`. @returns where to go on; check `problem`, then `done`. */
  step(bytes: Buffer, at: number, end: number): number {
    const chunked = this.#chunked;
    if (chunked !== undefined) {
      const next = chunked.step(bytes, at, end);
      this.dataStart = chunked.dataStart;
      this.dataEnd = chunked.dataEnd;
      this.done = chunked.done;
      this.problem = chunked.problem;
      return next;
    }
    this.dataStart = at;
    this.dataEnd = Math.min(end, at + this.#remaining);
    this.#remaining -= this.dataEnd - at;
    this.done = this.#remaining === 0;
    return this.dataEnd;
  }
}
