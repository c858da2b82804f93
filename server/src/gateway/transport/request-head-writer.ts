import type { Forward, RawHeaders, RepeatedHeaders } from '../exchange.ts';
import { inOnePiece } from '../one-piece.ts';
import { isSafeFieldValue } from './character-classes.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import { UPGRADE_LINES } from './web-socket.ts';

/** The request line may hold no space but its two. */
const SAFE_IN_REQUEST_LINE = /^[\x21-\x7e]+$/;

/**
 * The head that goes to the upstream, in pieces: put together here, they would be copied once more. Keep-alive is HTTP/1.1's
 * default and needs no Connection header; framing is stated anew from what was parsed.
 * @returns `undefined` when the verdict holds something that can't be written as a head: a defect of the pipeline, which
 *   must not become a second request on the upstream's connection.
 */
export function writeRequestHead(forward: Forward, request: ParsedRequest): readonly string[] | undefined {
  const { method, path, upstream } = forward;
  // What is still as the caller sent it was checked when it was parsed.
  if (method !== request.method && !isSafeInRequestLine(method)) return undefined;
  if (path !== request.target && !isSafeInRequestLine(path)) return undefined;
  const repeated = forward.repeatedHeaders === undefined ? '' : repeatedLines(forward.repeatedHeaders);
  const fields = request.expectsContinue
    ? writeFields(forward.headers, 'expect')
    : (forward.headerLines ?? writeFields(forward.headers));
  if (fields === undefined || repeated === undefined) return undefined;
  const start = `${method} ${path} HTTP/1.1\r\nhost: ${upstream.hostHeader}\r\n`;
  if (forward.webSocket !== undefined) return [`${start}${UPGRADE_LINES}${fields}\r\n`];
  const framing =
    request.contentLength !== undefined
      ? `content-length: ${request.contentLength}\r\n\r\n`
      : request.hasBody
        ? 'transfer-encoding: chunked\r\n\r\n'
        : '\r\n';
  return repeated === '' ? [`${start}${fields}${framing}`] : [start + fields, repeated, framing];
}

function repeatedLines(repeated: RepeatedHeaders): string | undefined {
  const lines = repeated.lines ?? writeFields(repeated.headers);
  repeated.lines ??= lines && inOnePiece(lines);
  return repeated.lines;
}

function isSafeInRequestLine(text: string): boolean {
  return SAFE_IN_REQUEST_LINE.test(text);
}

/** Field lines, or `undefined` when one is not safe to write. `except` is left out. */
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
