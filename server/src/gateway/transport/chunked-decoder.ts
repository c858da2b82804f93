import { CR, FIELD_VALUE_BYTES, HEX_VALUES, LF, SEMICOLON } from './character-classes.ts';
import { COMPLETE, FieldLines, REFUSED } from './field-lines.ts';
import { FIXED_LIMITS } from './transport-limits.ts';

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LINE_FEED = 2;
const DATA = 3;
const DATA_RETURN = 4;
const DATA_LINE_FEED = 5;
const TRAILERS = 6;

/**
 * Reads a chunked body (RFC 9112 §7.1) strictly: sizes are plain hexadecimal, lines end in CRLF, extensions and
 * trailers are bounded, checked and dropped.
 */
export class ChunkedDecoder {
  /** After a step: the piece of data it found; empty when start equals end. */
  dataStart = 0;
  dataEnd = 0;
  done = false;
  /** Why the body was refused. */
  problem = '';
  #state = SIZE;
  #digits = 0;
  #remaining = 0;
  #extensionBytes = 0;
  #extensionBytesTotal = 0;
  #trailers: Buffer | undefined;

  /** Reads on from `at`, up to the end of one piece of data at most. @returns where to go on. */
  step(bytes: Buffer, at: number, end: number): number {
    this.dataStart = at;
    this.dataEnd = at;
    let position = at;
    while (position < end) {
      if (this.#state === DATA) {
        this.dataStart = position;
        this.dataEnd = Math.min(end, position + this.#remaining);
        this.#remaining -= this.dataEnd - position;
        if (this.#remaining === 0) this.#state = DATA_RETURN;
        return this.dataEnd;
      }
      if (this.#state === TRAILERS) return this.#readTrailers(bytes, position, end);
      this.#readFraming(bytes[position] ?? 0);
      if (this.problem !== '') return position;
      position += 1;
    }
    return position;
  }

  #readFraming(byte: number): void {
    switch (this.#state) {
      case SIZE:
        this.#readSize(byte);
        return;
      case EXTENSION:
        if (byte === CR) this.#state = SIZE_LINE_FEED;
        else this.#countExtension(byte);
        return;
      case SIZE_LINE_FEED:
        if (byte !== LF) this.problem = 'a chunk size does not end in CRLF';
        else if (this.#remaining > 0) this.#state = DATA;
        else this.#state = TRAILERS;
        return;
      case DATA_RETURN:
        if (byte !== CR) this.problem = 'a chunk is longer than its size';
        this.#state = DATA_LINE_FEED;
        return;
      default:
        if (byte !== LF) this.problem = 'a chunk does not end in CRLF';
        this.#state = SIZE;
        this.#digits = 0;
        this.#remaining = 0;
        this.#extensionBytes = 0;
    }
  }

  #readSize(byte: number): void {
    const value = HEX_VALUES[byte] ?? 255;
    if (value !== 255) {
      this.#digits += 1;
      if (this.#digits > FIXED_LIMITS.chunkSizeDigitsMax) this.problem = 'a chunk size has too many digits';
      // Not a shift: eight digits would not fit a signed 32-bit number.
      this.#remaining = this.#remaining * 16 + value;
    } else if (this.#digits === 0) {
      this.problem = 'a chunk has no size';
    } else if (byte === CR) {
      this.#state = SIZE_LINE_FEED;
    } else if (byte === SEMICOLON) {
      this.#state = EXTENSION;
    } else {
      this.problem = 'a chunk size is not a hexadecimal number';
    }
  }

  #countExtension(byte: number): void {
    this.#extensionBytes += 1;
    this.#extensionBytesTotal += 1;
    if (FIELD_VALUE_BYTES[byte] !== 1) this.problem = 'a chunk extension holds a control character';
    else if (
      this.#extensionBytes > FIXED_LIMITS.chunkExtensionBytesMax ||
      this.#extensionBytesTotal > FIXED_LIMITS.chunkExtensionBytesTotalMax
    ) {
      this.problem = 'the chunk extensions are too long';
    }
  }

  /** Trailers are checked like any field lines, then dropped: merging them would let them pass as checked headers. */
  #readTrailers(bytes: Buffer, at: number, end: number): number {
    const held = this.#trailers;
    // Nearly every body ends without trailers.
    if (held === undefined && at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) {
      this.done = true;
      return at + 2;
    }
    const heldBytes = held === undefined ? 0 : held.length;
    const room = FIXED_LIMITS.trailerBytesMax - heldBytes;
    const piece = bytes.subarray(at, Math.min(end, at + room));
    const section = held === undefined ? piece : Buffer.concat([held, piece]);
    const lines = new FieldLines(FIXED_LIMITS.trailerCountMax);
    const result = lines.scan(section, 0, section.length);
    if (result === COMPLETE) {
      this.done = true;
      this.#trailers = undefined;
      return at + lines.headEnd - heldBytes;
    }
    if (result === REFUSED) this.problem = `in the trailers: ${lines.problem}`;
    else if (piece.length === room) this.problem = 'the trailers are too long';
    else this.#trailers = Buffer.from(section);
    return at + piece.length;
  }
}
