import { COLON, CR, FIELD_VALUE_BYTES, HTAB, LF, SP, TOKEN_BYTES } from './character-classes.ts';

/** What became of a scan. Numbers, because a head that is complete in one packet should make no garbage but its strings. */
export const COMPLETE = 0;
export const INCOMPLETE = 1;
export const REFUSED = 2;
export type ScanResult = typeof COMPLETE | typeof INCOMPLETE | typeof REFUSED;

/**
 * Finds the field lines of a head in one pass over its bytes, and refuses whatever two parsers could read differently
 * (RFC 9112 §5): line folding, white space before the colon, a bare CR or LF, control bytes, names that are no tokens.
 * Holds offsets only, and is reused for every head.
 */
export class FieldLines {
  count = 0;
  /** Just after the empty line that ends the head. */
  headEnd = 0;
  /** Why the scan was refused. */
  problem = '';
  tooMany = false;
  readonly nameStarts: Int32Array;
  readonly nameEnds: Int32Array;
  /** Without optional white space around the value. */
  readonly valueStarts: Int32Array;
  readonly valueEnds: Int32Array;
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
    // One more than allowed: the entry after the last holds where the lines end.
    this.nameStarts = new Int32Array(countMax + 1);
    this.nameEnds = new Int32Array(countMax + 1);
    this.valueStarts = new Int32Array(countMax + 1);
    this.valueEnds = new Int32Array(countMax + 1);
  }

  /** Scans from the first field line up to the empty line. */
  scan(bytes: Uint8Array, from: number, end: number): ScanResult {
    let at = from;
    let count = 0;
    this.tooMany = false;
    for (;;) {
      if (at >= end) return INCOMPLETE;
      const nameStart = at;
      while (at < end && TOKEN_BYTES[bytes[at] ?? 0] === 1) at += 1;
      if (at >= end) return INCOMPLETE;
      if (at === nameStart && bytes[at] === CR) {
        if (at + 1 >= end) return INCOMPLETE;
        if (bytes[at + 1] !== LF) return this.#refuse('a carriage return without a line feed stands in the head');
        this.count = count;
        this.nameStarts[count] = nameStart;
        this.headEnd = at + 2;
        return COMPLETE;
      }
      if (bytes[at] !== COLON) return this.#refuse(nameProblem(bytes[at], at === nameStart));
      if (at === nameStart) return this.#refuse('a field line has no name');
      if (count >= this.#countMax) {
        this.tooMany = true;
        return this.#refuse(`there are more than ${this.#countMax} field lines`);
      }
      this.nameStarts[count] = nameStart;
      this.nameEnds[count] = at;
      at += 1;
      while (at < end && (bytes[at] === SP || bytes[at] === HTAB)) at += 1;
      const valueStart = at;
      while (at < end && FIELD_VALUE_BYTES[bytes[at] ?? 0] === 1) at += 1;
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== CR) return this.#refuse(valueProblem(bytes[at]));
      let valueEnd = at;
      while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) valueEnd -= 1;
      this.valueStarts[count] = valueStart;
      this.valueEnds[count] = valueEnd;
      if (at + 1 >= end) return INCOMPLETE;
      if (bytes[at + 1] !== LF) return this.#refuse('a carriage return without a line feed stands in the head');
      at += 2;
      count += 1;
    }
  }

  #refuse(problem: string): typeof REFUSED {
    this.problem = problem;
    return REFUSED;
  }
}

function nameProblem(byte: number | undefined, atStart: boolean): string {
  if (byte === LF) return 'a line ends with a bare line feed';
  if (byte === SP || byte === HTAB) {
    return atStart ? 'a field line is folded' : 'white space stands between a field name and its colon';
  }
  return byte === CR ? 'a field line has no colon' : 'a field name holds a character that is not allowed';
}

function valueProblem(byte: number | undefined): string {
  return byte === LF ? 'a line ends with a bare line feed' : 'a field value holds a control character';
}
