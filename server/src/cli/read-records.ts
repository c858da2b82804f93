import { createReadStream } from 'node:fs';
import { cliErrors } from './errors.ts';

/** A person is a few kilobytes; a file without an end must not fill the memory. */
const RECORD_LENGTH_MAX = 1024 * 1024;

/**
 * The records of a file, one after the other, without holding the file: each line of NDJSON, or each element of the array
 * that a JSON document is, or has under `users`. Malformed ones come as `undefined`, so that they keep their number.
 */
export async function* readRecords(path: string, shape: 'lines' | 'document'): AsyncGenerator<unknown> {
  const chunks = openText(path);
  for await (const text of shape === 'lines' ? splitLines(chunks) : splitArray(chunks)) yield readJson(text);
}

const openText = (path: string) => createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 });

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of everyLine(chunks)) if (line.trim() !== '') yield line;
}

/** At which line of the file a record stands, empty lines counted; for records in rising order. */
export async function findLines(path: string, records: readonly number[]): Promise<Map<number, number>> {
  const wanted = new Set(records);
  const found = new Map<number, number>();
  let [record, number] = [0, 0];
  for await (const line of everyLine(openText(path))) {
    number += 1;
    if (line.trim() === '') continue;
    record += 1;
    if (wanted.has(record)) found.set(record, number);
    if (found.size === wanted.size) break;
  }
  return found;
}

/** Some programs begin a file with a mark that says it is UTF-8, which no JSON begins with. */
const BYTE_ORDER_MARK = '\ufeff';

async function* everyLine(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest: string | undefined;
  for await (const chunk of chunks) {
    const text = rest === undefined && chunk.startsWith(BYTE_ORDER_MARK) ? chunk.slice(1) : chunk;
    const lines: string[] = ((rest ?? '') + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > RECORD_LENGTH_MAX) throw tooLong();
    yield* lines;
  }
  if (rest !== undefined && rest !== '') yield rest;
}

/**
 * Finds the elements by counting brackets outside strings. The array is the document itself, or the value of its member
 * `users`; whatever else is in the document is passed over.
 */
export async function* splitArray(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** The last string at depth 1: a member's name, when an array begins after it. */
  let name = '';
  /** Depth of the array's elements once it was entered. */
  let inside: number | undefined;
  let element: string | undefined;

  for await (const chunk of chunks) {
    for (const character of chunk) {
      const opens = !inString && (character === '{' || character === '[');
      const closes = !inString && (character === '}' || character === ']');
      if (inside !== undefined && element === undefined && opens) element = '';
      if (element !== undefined) {
        element += character;
        if (element.length > RECORD_LENGTH_MAX) throw tooLong();
      }
      if (inString) {
        if (depth === 1 && !escaped && character !== '"') name += character;
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') inString = false;
      } else if (character === '"') {
        inString = true;
        if (depth === 1) name = '';
      } else if (opens) {
        if (inside === undefined && character === '[' && (depth === 0 || (depth === 1 && name === 'users'))) {
          inside = depth + 1;
        }
        depth += 1;
      } else if (closes) {
        depth -= 1;
        if (inside !== undefined && depth < inside) return;
        if (element !== undefined && depth === inside) {
          yield element;
          element = undefined;
        }
      }
    }
  }
}

const tooLong = () => cliErrors.usage({ message: 'A record of the file is longer than 1 MiB. Is it in this format?' });
