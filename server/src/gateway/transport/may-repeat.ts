import type { Forward } from '../exchange.ts';
import { isHarmlessTwice } from './harmless-twice.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import type { ResponseRelay } from './response-relay.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/**
 * A kept connection may be closed by its upstream just as we write to it (RFC 9112 §9.3.1). The request is sent again on a
 * fresh one when that can do no harm, and nothing of the response has come.
 */
export function mayRepeat(
  request: ParsedRequest,
  forward: Forward,
  connection: UpstreamConnection | undefined,
  response: ResponseRelay,
): boolean {
  const wasKept = connection !== undefined && connection.uses > 0;
  return wasKept && !response.anyBytes && isHarmlessTwice(request, forward);
}
