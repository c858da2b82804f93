import type { Forward } from '../exchange.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import type { ResponseRelay } from './response-relay.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** RFC 9110 §9.2.2: may be sent again when it can't be known whether they arrived. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/**
 * A kept connection may be closed by its upstream just as we write to it (RFC 9112 §9.3.1). The request is sent again on a
 * fresh one when that can do no harm: it is idempotent, nothing of the response has come, and there is no body, of which
 * a part would be gone.
 */
export function mayRepeat(
  request: ParsedRequest,
  forward: Forward,
  connection: UpstreamConnection | undefined,
  response: ResponseRelay,
): boolean {
  const wasKept = connection !== undefined && connection.uses > 0;
  return wasKept && !response.anyBytes && !request.hasBody && IDEMPOTENT.has(forward.method);
}
