import type { RawHeaders } from '../exchange.ts';
import { COMPLETE } from './field-lines.ts';
import { RequestHeadParser } from './request-head-parser.ts';
import { TRANSPORT_LIMITS } from './transport-limits.ts';

/** A request that lies complete in memory. */
export interface WholeRequest {
  method: string;
  /** As sent. */
  target: string;
  headers: RawHeaders;
  /** Where its body stands in the bytes, and where the next request would begin. */
  bodyStart: number;
  end: number;
}

const heads = new RequestHeadParser(TRANSPORT_LIMITS);
const PEER = { remoteAddress: '', encrypted: false };

/**
 * Reads one HTTP/1.1 request whose head and body lie wholly in `bytes` from `start` on, by the gateway's own strict
 * rules. Undefined when it is anything else: not all here yet, not well-formed, chunked, or with something to heed beyond
 * its framing (`Expect`, `Connection: close`, HTTP/1.0). For who answers the plainest requests himself and leaves all
 * others to a complete HTTP server.
 */
export function readWholeRequest(bytes: Buffer, start: number): WholeRequest | undefined {
  if (heads.parse(bytes, start, bytes.length, PEER) !== COMPLETE || heads.request === undefined) return undefined;
  const { method, target, headers, keepAlive, expectsContinue, httpVersion, hasBody, contentLength } = heads.request;
  if (!keepAlive || expectsContinue || httpVersion !== '1.1') return undefined;
  if (hasBody && contentLength === undefined) return undefined;
  const end = heads.headEnd + (contentLength ?? 0);
  return end > bytes.length ? undefined : { method, target, headers, bodyStart: heads.headEnd, end };
}
