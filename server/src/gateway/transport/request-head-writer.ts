import type { Forward } from '../exchange.ts';
import { writeFields } from '../field-text.ts';
import type { RepeatedHeaders } from '../known-headers.ts';
import { inOnePiece } from '../one-piece.ts';
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
  const fields = request.expectsContinue
    ? writeFields(forward.headers, 'expect')
    : (forward.headerLines ?? writeFields(forward.headers));
  if (fields === undefined) return undefined;
  const start = `${method} ${path} HTTP/1.1\r\nhost: ${upstream.hostHeader}\r\n`;
  if (forward.webSocket !== undefined) return [`${start}${UPGRADE_LINES}${fields}\r\n`];
  const framing =
    request.contentLength !== undefined
      ? `content-length: ${request.contentLength}\r\n\r\n`
      : request.hasBody
        ? 'transfer-encoding: chunked\r\n\r\n'
        : END;
  const { repeatedHeaders } = forward;
  if (repeatedHeaders === undefined) return [`${start}${fields}${framing}`];
  const repeated = linesOf(repeatedHeaders);
  if (repeated === undefined) return undefined;
  // Most requests have no body, and end with what they repeat.
  return framing === END ? [start + fields, repeated.ending] : [start + fields, repeated.lines, framing];
}

const END = '\r\n';

/** Put together the first time. */
function linesOf(repeated: RepeatedHeaders): RepeatedHeaders['written'] {
  if (repeated.written !== undefined) return repeated.written;
  const lines = writeFields(repeated.headers);
  repeated.written = lines === undefined ? undefined : { lines: inOnePiece(lines), ending: inOnePiece(lines + END) };
  return repeated.written;
}

function isSafeInRequestLine(text: string): boolean {
  return SAFE_IN_REQUEST_LINE.test(text);
}
