import type { RawHeaders } from './exchange.ts';
import { namesOf, readFields, writeFields } from './field-text.ts';

declare const made: unique symbol;

const NOTHING: readonly string[] = [];

/**
 * Field lines, each with its CRLF, that may stand in a head as they are, by the way they were made: of hexadecimal digits,
 * numbers, and words of our own. Whoever says so of a text, by a cast, names what it is made of. What came from anybody else
 * is never part of one.
 */
export type MadeLines = string & { readonly [made]: true };

/** The names of lines that are made together, in lower case and in their order. One for each place that makes some. */
export class MadeNames {
  readonly #names: readonly string[];
  #before: readonly string[] | undefined;
  #together: readonly string[] = NOTHING;

  constructor(...names: readonly string[]) {
    this.#names = names;
  }

  /** Behind `before`. The same names come before nearly always, and need not be put together again. */
  after(before: readonly string[]): readonly string[] {
    if (before.length === 0) return this.#names;
    if (before !== this.#before) {
      this.#before = before;
      this.#together = [...before, ...this.#names];
    }
    return this.#together;
  }
}

/**
 * Headers that the gateway adds, as field lines that are ready to be written. A value with a line feed in it would be a
 * second header, or a second request: each is read through, but for those that we made a moment ago ({@link MadeLines}),
 * since reading them through again, four in each exchange, cost more than making them.
 */
export class OwnHeaders {
  /** Undefined when a value may not be written: the list has it, and whoever writes that finds it, and refuses. */
  lines: string | undefined = '';
  /** In lower case, in their order. */
  names: readonly string[] = NOTHING;
  /** Once there are no lines. */
  #unsafe: RawHeaders = NOTHING;

  constructor(headers: RawHeaders = NOTHING) {
    if (headers.length > 0) this.addAll(headers);
  }

  /** All of them. Read from the lines: on the way of most requests nobody asks for it. */
  get list(): RawHeaders {
    return this.lines === undefined ? this.#unsafe : readFields(this.lines);
  }

  add(name: string, value: string): void {
    this.addAll([name, value]);
  }

  addMade(names: MadeNames, lines: MadeLines): void {
    this.names = names.after(this.names);
    if (this.lines === undefined) this.#unsafe = [...this.#unsafe, ...readFields(lines)];
    else this.lines += lines;
  }

  addAll(headers: RawHeaders): void {
    this.names = [...this.names, ...namesOf(headers)];
    const lines = this.lines === undefined ? undefined : writeFields(headers);
    if (lines !== undefined) {
      this.lines += lines;
    } else {
      this.#unsafe = [...this.list, ...headers];
      this.lines = undefined;
    }
  }
}
