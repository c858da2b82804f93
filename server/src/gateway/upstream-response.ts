import type { RawHeaders, ResponseRules, UpstreamFailure } from './exchange.ts';
import { setsOurCookie } from './our-cookies.ts';
import { addedHeaders } from './response-rules.ts';

/** Hop by hop (RFC 9110 §7.6.1): for the connection to the upstream, not for the caller's. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The upstream's response headers without the hop-by-hop ones, and `ours`, which win over those of the same name. */
export function withoutHopByHop(received: RawHeaders, ours: RawHeaders, rules?: ResponseRules): string[] {
  const removed = new Set<string>(rules?.removed);
  for (let index = 0; index < received.length; index += 2) {
    if (textOf(received[index]) !== 'connection') continue;
    for (const option of textOf(received[index + 1]).split(',')) removed.add(option.trim());
  }
  for (let index = 0; index < ours.length; index += 2) removed.add(ours[index] ?? '');
  const headers: string[] = [];
  for (let index = 0; index < received.length; index += 2) {
    const name = textOf(received[index]);
    if (HOP_BY_HOP.has(name) || removed.has(name)) continue;
    if (name === 'set-cookie' && setsOurCookie(String(received[index + 1]))) continue;
    headers.push(name, String(received[index + 1]));
  }
  headers.push(...ours);
  if (rules !== undefined) headers.push(...addedHeaders(rules, (name) => sentValue(received, name)));
  return headers;
}

function sentValue(received: RawHeaders, name: string): string | undefined {
  const values = received.filter((_, index) => index % 2 === 1 && textOf(received[index - 1]) === name);
  return values.length === 0 ? undefined : values.join(', ');
}

function textOf(raw: string | undefined): string {
  return String(raw).toLowerCase();
}

const FAILURES: Readonly<Record<string, UpstreamFailure>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  ECONNREFUSED: 'connect',
  ENOTFOUND: 'connect',
  EAI_AGAIN: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EADDRNOTAVAIL: 'connect',
  ETIMEDOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_SOCKET: 'reset',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_HEADERS_OVERFLOW: 'bad_response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'bad_response',
};

/** What kind of failure an error of the client is. TLS failures carry many codes: they too are a missing connection. */
export function upstreamFailureOf(error: unknown): UpstreamFailure {
  const code = codeOf(error);
  if (code.startsWith('HPE_')) return 'bad_response';
  if (TLS_FAILURE.test(code)) return 'connect';
  return FAILURES[code] ?? 'reset';
}

const TLS_FAILURE = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|EPROTO)|SELF_SIGNED/;

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
