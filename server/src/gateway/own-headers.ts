import { isSafeFieldValue } from './transport/character-classes.ts';

declare const made: unique symbol;

/** What each line of a header of our own begins with: spelled once, not for each request. */
const LINE_STARTS = {
  'gatehouse-decision-id': 'gatehouse-decision-id: ',
  'ratelimit-policy': 'ratelimit-policy: ',
  ratelimit: 'ratelimit: ',
  traceparent: 'traceparent: ',
} as const;

/**
 * A value that may stand in a head as it is, by the way it was made: of hexadecimal digits, numbers, and words of our own.
 * Whoever says so of a text, by a cast, names what it is made of. What came from anybody else is never one.
 */
export type MadeValue = string & { readonly [made]: true };

/**
 * Headers that the gateway adds, and the same as field lines, ready to be written. A value with a line feed in it would be
 * a second header, or a second request: each is read through, but for those that we made a moment ago ({@link MadeValue}),
 * since reading them through again, four in each exchange, cost more than making them.
 */
export class OwnHeaders {
  /** Flat, like `RawHeaders`. */
  readonly list: string[] = [];
  /** Undefined when a value may not be written: whoever writes the list finds it, and refuses. */
  lines: string | undefined = '';

  constructor(headers: readonly string[] = []) {
    this.addAll(headers);
  }

  add(name: string, value: string): void {
    this.list.push(name, value);
    this.lines = this.lines !== undefined && isSafeFieldValue(value) ? `${this.lines}${name}: ${value}\r\n` : undefined;
  }

  addMade(name: keyof typeof LINE_STARTS, value: MadeValue): void {
    this.list.push(name, value);
    if (this.lines !== undefined) this.lines = `${this.lines}${LINE_STARTS[name]}${value}\r\n`;
  }

  /** Flat, like {@link list}. */
  addAll(headers: readonly string[]): void {
    for (let index = 0; index < headers.length; index += 2) this.add(headers[index] ?? '', headers[index + 1] ?? '');
  }
}
