import { isIP } from 'node:net';
import type { Logger } from '#base';
import type { RawHeaders, Reply, RequestHead } from '../exchange.ts';
import { type Problem, problem } from '../problems.ts';
import type { Check } from './check-handler.ts';
import { type CheckRequest, type CheckResponse, type HttpRequest, headerOptions } from './ext-authz-messages.ts';
import { originalHead } from './original-request.ts';
import { headersToRemove } from './removed-headers.ts';

export interface ExtAuthzParts {
  check: Check;
  isProxy: (address: string) => boolean;
  refuse: (found: Problem) => Reply;
  log: Logger;
}

/** Of google.rpc.Code. Envoy reads 0, and anything else. */
const OK = 0;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/**
 * Answers Envoy's Check. Never throws: to an error instead of an answer, Envoy does what its configuration says
 * (`failure_mode_allow`), and that must not be what a caller can provoke.
 * @param isLate asked when the answer is there: nobody waits for it any more, and it is recorded as not given.
 */
export async function answerCheck(
  parts: ExtAuthzParts,
  request: CheckRequest,
  peer: string,
  isLate: () => boolean = () => false,
): Promise<CheckResponse> {
  try {
    return await judge(parts, request, peer, isLate);
  } catch (error) {
    parts.log.error({ err: error }, 'a check could not be answered');
    return denied(parts.refuse(problem('gateway_failed')));
  }
}

async function judge(
  { check, isProxy, refuse }: ExtAuthzParts,
  request: CheckRequest,
  peer: string,
  isLate: () => boolean,
): Promise<CheckResponse> {
  if (!isProxy(peer)) return denied(refuse(problem('proxy_not_trusted')));
  const read = readOriginal(request);
  if ('malformed' in read) {
    const members = { reason: 'original_request_unclear', unclear: read.malformed };
    return denied(refuse(problem('check_malformed', { members })));
  }
  const reply = await check(read.head);
  if (isLate()) {
    const refusal = refuse(problem('decision_unavailable'));
    return denied({ ...refusal, onDone: (outcome) => reply.onDone({ ...outcome, aborted: true }) });
  }
  if (reply.granted === undefined) return denied(reply);
  done(reply, 200);
  return {
    status: { code: OK },
    ok_response: {
      headers: headerOptions([...reply.granted, ...decisionId(reply.headers)]),
      headers_to_remove: headersToRemove(read.head.headers, reply),
      response_headers_to_add: headerOptions(reply.headers),
    },
  };
}

export function denied(reply: Reply): CheckResponse {
  done(reply, reply.status);
  return {
    status: { code: reply.status === 401 ? UNAUTHENTICATED : PERMISSION_DENIED },
    denied_response: {
      status: { code: reply.status },
      headers: headerOptions(reply.headers),
      body: String(reply.body),
    },
  };
}

function done(reply: Reply, status: number): void {
  reply.onDone({ status, bytesIn: 0, bytesOut: 0, durationMilliseconds: 0, aborted: false });
}

function decisionId(headers: RawHeaders): RawHeaders {
  const at = headers.indexOf('gatehouse-decision-id');
  return at === -1 ? [] : headers.slice(at, at + 2);
}

function readOriginal({ attributes }: CheckRequest): { head: RequestHead } | { malformed: string } {
  const http = attributes?.request?.http;
  if (http === undefined) return { malformed: 'the request' };
  const address = attributes?.source?.address?.socket_address?.address ?? '';
  if (isIP(address) === 0) return { malformed: 'the source address' };
  const headers = readHeaders(http);
  if (headers === undefined) return { malformed: 'the headers' };
  const { method = '', path = '', host = '', scheme = '' } = http;
  // Envoy tells these twice. Where they differ, something between has changed one of them.
  const told: Record<string, string> = { ':method': method, ':path': path, ':authority': host, host };
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (Object.hasOwn(told, name) && told[name] !== value) return { malformed: name };
    if (!name.startsWith(':')) kept.push(name, value);
  }
  if (scheme !== 'http' && scheme !== 'https') return { malformed: 'the scheme' };
  const from = { headers: kept, remoteAddress: address, receivedAt: performance.now() };
  return originalHead(from, { method, target: path, host }, scheme === 'https' && !saysHttp(kept));
}

/** Over HTTP/2 callers choose `:scheme` themselves, and Envoy passes it on; X-Forwarded-Proto is its own where it is the edge. */
function saysHttp(headers: RawHeaders): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === 'x-forwarded-proto' && headers[index + 1]?.toLowerCase() !== 'https') return true;
  }
  return false;
}

/** A field name (RFC 9110 §5.1) in lower case, or one of HTTP/2's own; and a value without anything that ends a line. */
const NAME = /^:?[!#$%&'*+.^_`|~0-9a-z-]{1,256}$/;
const VALUE = /^[^\0\r\n]*$/;
const HEADERS_MAX = 256;

/** Raw, one by one, where Envoy is told to send them so; else merged by name. Both at once is none. */
function readHeaders({ headers = {}, header_map }: HttpRequest): RawHeaders | undefined {
  const raw = header_map?.headers ?? [];
  const merged = Object.entries(headers);
  if (raw.length > 0 && merged.length > 0) return undefined;
  const found: string[] = [];
  for (const { key = '', value = '', raw_value } of raw) {
    found.push(key, raw_value === undefined ? value : Buffer.from(raw_value).toString('latin1'));
  }
  for (const [key, value] of merged) found.push(key, value);
  if (found.length === 0 || found.length > HEADERS_MAX * 2) return undefined;
  for (let index = 0; index < found.length; index += 2) {
    if (!NAME.test(found[index] ?? '') || !VALUE.test(found[index + 1] ?? '')) return undefined;
  }
  return found;
}
