import type { Forward } from '../exchange.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import type { SendBuffer } from './send-buffer.ts';
import { UPGRADE_LINES } from './web-socket.ts';

/** The request line may hold no space but its two. */
const SAFE_IN_REQUEST_LINE = /^[\x21-\x7e]+$/;

/**
 * Writes the head that goes to the upstream. Keep-alive is HTTP/1.1's default and needs no Connection header; framing is
 * stated anew from what was parsed.
 * @returns false when the verdict holds something that can't be written as a head: a defect of the pipeline, which must not
 *   become a second request on the upstream's connection. What was put together is to be dropped.
 */
export function writeRequestHead(out: SendBuffer, forward: Forward, request: ParsedRequest): boolean {
  const { method, path, upstream } = forward;
  // What is still as the caller sent it was checked when it was parsed.
  if (method !== request.method && !isSafeInRequestLine(method)) return false;
  if (path !== request.target && !isSafeInRequestLine(path)) return false;
  out.text(method);
  out.text(' ');
  out.text(path);
  out.text(' HTTP/1.1\r\nhost: ');
  out.text(upstream.hostHeader);
  out.text('\r\n');
  if (forward.webSocket !== undefined) out.text(UPGRADE_LINES);
  if (!out.fields(forward.headers, request.expectsContinue ? 'expect' : undefined)) return false;
  if (forward.webSocket === undefined) {
    if (request.contentLength !== undefined) out.text(`content-length: ${request.contentLength}\r\n`);
    else if (request.hasBody) out.text('transfer-encoding: chunked\r\n');
  }
  out.text('\r\n');
  return true;
}

function isSafeInRequestLine(text: string): boolean {
  return SAFE_IN_REQUEST_LINE.test(text);
}
