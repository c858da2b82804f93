import type { Forward } from '../exchange.ts';
import type { ParsedRequest } from './request-head-parser.ts';

/** RFC 9110 §9.2.2: may be sent again when it can't be known whether they arrived. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** May it be sent again after it was sent? It is idempotent, and has no body, of which a part would be gone. */
export function isHarmlessTwice({ hasBody }: ParsedRequest, { method }: Forward): boolean {
  return !hasBody && IDEMPOTENT.has(method);
}
