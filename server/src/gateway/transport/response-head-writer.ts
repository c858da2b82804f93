import type { ResponseHeadParser } from './response-head-parser.ts';
import type { SendBuffer } from './send-buffer.ts';
import { statusLine } from './status-lines.ts';

/**
 * Writes the head of an upstream's response for the caller: our lines first, then what is kept of the upstream's as it
 * stands in `bytes`, run by run.
 * @param ownLines field lines with their CRLFs: framing, Connection, Date, and the pipeline's headers.
 * @param ownNames of the pipeline's headers: they win over the upstream's of the same name.
 */
export function writeResponseHead(
  out: SendBuffer,
  bytes: Buffer,
  response: ResponseHeadParser,
  ownLines: string,
  ownNames: readonly string[],
): void {
  const { fields, kept } = response;
  const { count, nameStarts } = fields;
  for (const name of ownNames) dropNamed(bytes, response, name);
  out.text(statusLine(response.status) + ownLines);
  let runStart = -1;
  for (let index = 0; index < count; index += 1) {
    const lineStart = nameStarts[index] ?? 0;
    if (kept[index] === 1) {
      if (runStart === -1) runStart = lineStart;
    } else if (runStart !== -1) {
      out.bytes(bytes, runStart, lineStart);
      runStart = -1;
    }
  }
  // The last run carries the empty line along.
  out.bytes(bytes, runStart === -1 ? (nameStarts[count] ?? 0) : runStart, response.headEnd);
}

export function dropNamed(bytes: Buffer, { fields, kept }: ResponseHeadParser, name: string): void {
  const { count, nameStarts, nameEnds } = fields;
  for (let index = 0; index < count; index += 1) {
    const start = nameStarts[index] ?? 0;
    if ((nameEnds[index] ?? 0) - start === name.length && spells(bytes, start, name)) kept[index] = 0;
  }
}

export function spells(bytes: Buffer, start: number, lower: string): boolean {
  for (let index = 0; index < lower.length; index += 1) {
    if (((bytes[start + index] ?? 0) | 0x20) !== lower.charCodeAt(index)) return false;
  }
  return true;
}
