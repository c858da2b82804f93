import { BodyReader } from './body-reader.ts';
import { type ResponseHeadParser, responseHasBody } from './response-head-parser.ts';

/**
 * Does the response whose head was just parsed end exactly where `bytes[at, end)` does (RFC 9112 §6.3)? Then its connection
 * can carry another exchange, though nobody reads the body.
 */
export function isWhole(head: ResponseHeadParser, method: string, bytes: Buffer, at: number, end: number): boolean {
  const body = new BodyReader();
  if (!responseHasBody(head.status, method)) body.expectLength(0);
  else if (head.contentLength !== undefined) body.expectLength(head.contentLength);
  else if (head.chunked) body.expectChunks();
  else return false;
  let next = at;
  while (next < end && !body.done && body.problem === '') next = body.step(bytes, next, end);
  return body.done && body.problem === '' && next === end;
}
