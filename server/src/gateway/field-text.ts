import type { RawHeaders } from './exchange.ts';
import { isSafeFieldValue } from './transport/character-classes.ts';

/** Field lines, each with its CRLF; `undefined` when a value is not safe to write. `except` is left out. */
export function writeFields(headers: RawHeaders, except?: string): string | undefined {
  let lines = '';
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (name === except) continue;
    if (!isSafeFieldValue(value)) return undefined;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

export function namesOf(headers: RawHeaders): readonly string[] {
  return headers.filter((_, index) => index % 2 === 0);
}

/** What {@link writeFields} wrote: no name has a colon in it, and no value the end of a line. */
export function readFields(lines: string): RawHeaders {
  const headers: string[] = [];
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(': ');
    if (colon !== -1) headers.push(line.slice(0, colon), line.slice(colon + 2));
  }
  return headers;
}
