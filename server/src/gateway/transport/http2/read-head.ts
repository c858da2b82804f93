import { randomBytes } from 'node:crypto';
import type { ProtocolErrorStatus, RequestHead } from '../../exchange.ts';
import { isSafeFieldValue, TARGET_BYTES, TOKEN_BYTES } from '../character-classes.ts';
import type { PeerFacts } from '../request-head-parser.ts';
import { normaliseHost } from '../request-target.ts';
import { FIXED_LIMITS, type TransportLimits } from '../transport-limits.ts';

export type ReadHead =
  | { readonly request: RequestHead }
  | { readonly refused: { readonly status: ProtocolErrorStatus; readonly reason: string } };

/** RFC 9113 §8.2.2: of one connection of HTTP/1.1. `te` alone is allowed, and only with `trailers`. */
const CONNECTION_SPECIFIC = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

const PSEUDO = new Set([':method', ':path', ':scheme', ':authority', ':protocol']);

/**
 * The same request head as HTTP/1.1 would have brought, from the fields of a stream (RFC 9113 §8.3), as strictly: one
 * reading, or none. The library has checked frames and compression; it is not relied on for what a field may say.
 */
export function readHead(
  fields: readonly string[],
  { endsHere, facts, limits }: { endsHere: boolean; facts: PeerFacts; limits: TransportLimits },
): ReadHead {
  const pseudo = new Map<string, string>();
  const headers: string[] = [];
  let cookie: string | undefined;
  let bytes = 0;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    const value = fields[index + 1] ?? '';
    bytes += name.length + value.length + 4;
    if (name.startsWith(':')) {
      if (pseudo.has(name)) return refuse(400, `there is more than one ${name}`);
      if (headers.length > 0) return refuse(400, 'a pseudo-header stands behind a field');
      pseudo.set(name, value);
      continue;
    }
    if (!isToken(name) || name !== name.toLowerCase()) return refuse(400, 'a field name is not lower case, or no name');
    if (!isSafeFieldValue(value) || value !== trimmed(value)) return refuse(400, 'a field value holds what it may not');
    if (CONNECTION_SPECIFIC.has(name)) return refuse(400, `${name} has no place in HTTP/2`);
    if (name === 'te' && value.toLowerCase() !== 'trailers') return refuse(400, 'te may say trailers only');
    // RFC 9113 §8.2.3: crumbs of one field.
    if (name === 'cookie') cookie = cookie === undefined ? value : `${cookie}; ${value}`;
    else headers.push(name, value);
  }
  if (cookie !== undefined) headers.push('cookie', cookie);
  if (headers.length / 2 > limits.fieldCountMax) return refuse(431, 'there are too many fields');
  if (bytes > limits.headBytesMax) return refuse(431, `the head is longer than ${limits.headBytesMax} bytes`);
  return build(pseudo, headers, { endsHere, facts, limits });
}

function build(
  pseudo: ReadonlyMap<string, string>,
  headers: string[],
  { endsHere, facts, limits }: { endsHere: boolean; facts: PeerFacts; limits: TransportLimits },
): ReadHead {
  const method = pseudo.get(':method') ?? '';
  const target = pseudo.get(':path') ?? '';
  const protocol = pseudo.get(':protocol');
  for (const name of pseudo.keys()) {
    if (!PSEUDO.has(name)) return refuse(400, `${name} is not known`);
  }
  if (!isToken(method) || method.length > FIXED_LIMITS.methodLengthMax) return refuse(400, 'the method is none');
  if (method !== 'CONNECT' && protocol !== undefined) return refuse(400, ':protocol stands without CONNECT');
  if (method === 'CONNECT' && protocol !== 'websocket') {
    return refuse(501, 'CONNECT is served for WebSockets alone: this is a gateway, not a forward proxy');
  }
  if (pseudo.get(':scheme') !== (facts.encrypted ? 'https' : 'http')) {
    return refuse(400, 'the scheme is not that of the connection');
  }
  if (target.length > limits.targetBytesMax) return refuse(414, 'the request target is too long');
  if (!isTarget(target, method)) return refuse(400, 'the request target is no path');
  const host = hostOf(pseudo.get(':authority'), headers);
  if (host === undefined) return refuse(400, 'the authority is missing, no host, or not what Host says');
  const lengths = headers.filter((_, index) => index % 2 === 1 && headers[index - 1] === 'content-length');
  const [length] = lengths;
  if (lengths.length > 1 || (length !== undefined && !/^\d{1,15}$/.test(length))) {
    return refuse(400, 'Content-Length is not one number');
  }
  if (endsHere && Number(length ?? 0) > 0) return refuse(400, 'a body is announced that does not come');
  if (protocol !== undefined && endsHere) return refuse(400, 'a WebSocket is asked for, and its stream ends');
  if (protocol !== undefined && length !== undefined) return refuse(400, 'a WebSocket has no length');
  const asked = protocol === undefined ? undefined : asUpgrade(headers);
  if (asked !== undefined) return { request: { ...asked, target, host, ...peerOf(facts) } };
  return {
    request: {
      method,
      target,
      host,
      headers: headers.filter((_, index) => !isHost(headers[index - (index % 2)])),
      httpVersion: '2.0',
      ...peerOf(facts),
      hasBody: !endsHere && length !== '0',
      contentLength: length === undefined ? undefined : Number(length),
      receivedAt: performance.now(),
    },
  };
}

function peerOf({ remoteAddress, encrypted, certificate }: PeerFacts) {
  return { remoteAddress, encrypted, certificate };
}

/**
 * An extended CONNECT (RFC 8441 §5) as HTTP/1.1 would have asked for the same, so that one set of rules judges both. The key
 * is ours: over HTTP/2 there is none, and the upstream answers us.
 */
function asUpgrade(headers: readonly string[]) {
  const kept = headers.filter((_, index) => {
    const name = headers[index - (index % 2)];
    return !isHost(name) && name !== 'sec-websocket-key';
  });
  return {
    method: 'GET',
    headers: [...kept, 'sec-websocket-key', randomBytes(16).toString('base64')],
    httpVersion: '2.0',
    hasBody: false,
    contentLength: undefined,
    asksForWebSocket: true,
    onlyWebSocket: true,
    receivedAt: performance.now(),
  } as const;
}

/** RFC 9113 §8.3.1: Host, where it is there besides, must say the same. */
function hostOf(authority: string | undefined, headers: readonly string[]): string | undefined {
  const hosts = headers.filter((_, index) => index % 2 === 1 && isHost(headers[index - 1]));
  if (hosts.length > 1) return undefined;
  const named = authority === undefined ? undefined : normaliseHost(authority);
  if (authority !== undefined && named === undefined) return undefined;
  if (hosts[0] === undefined) return named;
  const other = normaliseHost(hosts[0]);
  return named === undefined || named === other ? other : undefined;
}

function isHost(name: string | undefined): boolean {
  return name === 'host';
}

function isTarget(target: string, method: string): boolean {
  if (target === '*') return method === 'OPTIONS';
  if (!target.startsWith('/')) return false;
  for (let at = 0; at < target.length; at += 1) if (TARGET_BYTES[target.charCodeAt(at)] !== 1) return false;
  return true;
}

function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (TOKEN_BYTES[text.charCodeAt(at)] !== 1) return false;
  return text !== '';
}

function trimmed(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '');
}

function refuse(status: ProtocolErrorStatus, reason: string): ReadHead {
  return { refused: { status, reason } };
}
