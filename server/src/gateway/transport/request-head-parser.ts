import type { ProtocolErrorStatus, RequestHead } from '../exchange.ts';
import type { PeerCertificate } from '../peer-certificate.ts';
import { CR, LF, SP, TARGET_BYTES, TOKEN_BYTES } from './character-classes.ts';
import { COMPLETE, FieldLines, INCOMPLETE, REFUSED, type ScanResult } from './field-lines.ts';
import { FieldNames } from './field-names.ts';
import { hasConnectionOption, parseContentLength, readTransferEncoding } from './message-framing.ts';
import { normaliseHost, reduceAbsoluteForm } from './request-target.ts';
import { FIXED_LIMITS, type TransportLimits } from './transport-limits.ts';
import { asksForWebSocket } from './web-socket.ts';

/** A request head as the seam shows it, and what the transport needs to know besides. */
export interface ParsedRequest extends RequestHead {
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
}

/** What the peer is, as opposed to what it says. */
export interface PeerFacts {
  readonly remoteAddress: string;
  readonly encrypted: boolean;
  readonly certificate?: PeerCertificate | undefined;
}

const HOST = 1;
const CONTENT_LENGTH = 2;
const TRANSFER_ENCODING = 3;
const CONNECTION = 4;
const EXPECT = 5;

const READ_NAMES = new FieldNames({
  host: HOST,
  'content-length': CONTENT_LENGTH,
  'transfer-encoding': TRANSFER_ENCODING,
  connection: CONNECTION,
  expect: EXPECT,
});

/** How an HTTP version begins, byte by byte. */
const VERSION_PREFIX = Buffer.from('HTTP/', 'latin1');
const DOT = 0x2e;
const SLASH = 0x2f;

/**
 * Parses one request head (RFC 9112 §2 to §6) in one pass over the bytes, strictly: what is not plainly well-formed is
 * refused rather than repaired, because a repair is where two parsers begin to disagree. One instance serves all
 * connections, since parsing is synchronous; after `parse` the result stands in its fields.
 */
export class RequestHeadParser {
  request: ParsedRequest | undefined;
  /** Just after the head, when complete. */
  headEnd = 0;
  refusal: { status: ProtocolErrorStatus; reason: string } = { status: 400, reason: '' };
  readonly #limits: TransportLimits;
  readonly #fields: FieldLines;
  #targetStart = 0;
  #targetEnd = 0;
  #minorVersion = 1;
  /** The last Host seen: nearly always the next one too. */
  #hostSpelled = '';
  #hostNormal = '';

  constructor(limits: TransportLimits) {
    this.#limits = limits;
    this.#fields = new FieldLines(limits.fieldCountMax);
  }

  /** Parses `bytes` from `start`; when incomplete, call again with the same start and more bytes. */
  parse(bytes: Buffer, start: number, end: number, peer: PeerFacts): ScanResult {
    const headLimit = start + this.#limits.headBytesMax;
    const scanEnd = Math.min(end, headLimit);
    let result = this.#scanRequestLine(bytes, start, scanEnd);
    if (result === COMPLETE) {
      result = this.#fields.scan(bytes, this.headEnd, scanEnd);
      if (result === REFUSED) this.#refuse(this.#fields.tooMany ? 431 : 400, this.#fields.problem);
    }
    if (result === INCOMPLETE && scanEnd === headLimit) {
      return this.#refuse(431, `the head is longer than ${this.#limits.headBytesMax} bytes`);
    }
    if (result !== COMPLETE) return result;
    this.headEnd = this.#fields.headEnd;
    return this.#build(bytes, bytes.toString('latin1', start, this.headEnd), start, peer);
  }

  /** method SP request-target SP HTTP-version CRLF (RFC 9112 §3), with single spaces and nothing else between. */
  #scanRequestLine(bytes: Buffer, start: number, end: number): ScanResult {
    let at = start;
    while (at < end && TOKEN_BYTES[bytes[at] ?? 0] === 1) at += 1;
    if (at - start > FIXED_LIMITS.methodLengthMax) return this.#refuse(501, 'the method is not known');
    if (at >= end) return INCOMPLETE;
    if (at === start || bytes[at] !== SP) return this.#refuse(400, 'the request does not begin with a method');
    this.#targetStart = at + 1;
    at += 1;
    while (at < end && TARGET_BYTES[bytes[at] ?? 0] === 1) at += 1;
    if (at - this.#targetStart > this.#limits.targetBytesMax) {
      return this.#refuse(414, `the request target is longer than ${this.#limits.targetBytesMax} bytes`);
    }
    if (at >= end) return INCOMPLETE;
    if (bytes[at] !== SP) return this.#refuse(400, 'the request line holds a character that is not allowed');
    if (at === this.#targetStart) return this.#refuse(400, 'the request line has no target');
    this.#targetEnd = at;
    at += 1;
    for (let index = 0; index < VERSION_PREFIX.length; index += 1) {
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== VERSION_PREFIX[index])
        return this.#refuse(400, 'the request line does not end with an HTTP version');
      at += 1;
    }
    if (at + 5 > end) return INCOMPLETE;
    const major = bytes[at] ?? 0;
    const minor = bytes[at + 2] ?? 0;
    if (!isDigit(major) || bytes[at + 1] !== DOT || !isDigit(minor) || bytes[at + 3] !== CR || bytes[at + 4] !== LF) {
      return this.#refuse(400, 'the request line does not end with an HTTP version');
    }
    if (major !== 0x31 || minor > 0x31) {
      return this.#refuse(505, 'only HTTP/1.1 and HTTP/1.0 are spoken here; HTTP/2 is not, not even with its preface');
    }
    this.#minorVersion = minor - 0x30;
    this.headEnd = at + 5;
    return COMPLETE;
  }

  #build(bytes: Buffer, text: string, start: number, peer: PeerFacts): ScanResult {
    const { count, nameStarts, nameEnds, valueStarts, valueEnds } = this.#fields;
    const method = text.slice(0, this.#targetStart - start - 1);
    const http11 = this.#minorVersion === 1;
    const headers = new Array<string>(count * 2);
    let hostValue: string | undefined;
    let contentLength: number | undefined;
    let transferEncoding: string | undefined;
    let connection = '';
    let expectsContinue = false;
    for (let index = 0; index < count; index += 1) {
      const nameStart = nameStarts[index] ?? 0;
      const nameEnd = nameEnds[index] ?? 0;
      const value = text.slice((valueStarts[index] ?? 0) - start, (valueEnds[index] ?? 0) - start);
      headers[index * 2] = text.slice(nameStart - start, nameEnd - start).toLowerCase();
      headers[index * 2 + 1] = value;
      const meaning = READ_NAMES.meaningOf(bytes, nameStart, nameEnd);
      if (meaning === 0) continue;
      if (meaning === HOST) {
        // RFC 9112 §3.2: more than one Host is refused, also when they agree.
        if (hostValue !== undefined) return this.#refuse(400, 'there is more than one Host');
        hostValue = value;
      } else if (meaning === CONTENT_LENGTH) {
        if (contentLength !== undefined) return this.#refuse(400, 'there is more than one Content-Length');
        contentLength = parseContentLength(bytes, valueStarts[index] ?? 0, valueEnds[index] ?? 0);
        if (contentLength === undefined) return this.#refuse(400, 'Content-Length is not a number');
      } else if (meaning === TRANSFER_ENCODING) {
        transferEncoding = transferEncoding === undefined ? value : `${transferEncoding},${value}`;
      } else if (meaning === CONNECTION) {
        connection = connection === '' ? value : `${connection},${value}`;
      } else {
        // RFC 9110 §10.1.1: an HTTP/1.0 request can't expect an interim response; other expectations are not ours.
        expectsContinue ||= http11 && value.toLowerCase() === '100-continue';
      }
    }

    if (transferEncoding !== undefined) {
      // RFC 9112 §6.1 and §6.3: either of these two is how requests are smuggled.
      if (contentLength !== undefined) return this.#refuse(400, 'there are both Content-Length and Transfer-Encoding');
      if (!http11) return this.#refuse(400, 'HTTP/1.0 has no Transfer-Encoding');
      const coding = readTransferEncoding(transferEncoding);
      if (coding === 'invalid') return this.#refuse(400, 'Transfer-Encoding does not end in a single chunked');
      if (coding === 'unknown') return this.#refuse(501, 'the only transfer coding known here is chunked');
    }

    let host = '';
    if (hostValue !== undefined) {
      const normal = this.#normaliseHost(hostValue);
      if (normal === undefined) return this.#refuse(400, 'Host is not a host name or address with an optional port');
      host = normal;
    } else if (http11) {
      return this.#refuse(400, 'there is no Host');
    }

    if (method === 'CONNECT') return this.#refuse(501, 'CONNECT is not served: this is a gateway, not a forward proxy');
    let target = text.slice(this.#targetStart - start, this.#targetEnd - start);
    if (target.charCodeAt(0) !== SLASH && !(target === '*' && method === 'OPTIONS')) {
      const reduced = reduceAbsoluteForm(target, method);
      if (reduced === undefined) return this.#refuse(400, 'the request target is neither a path nor an http URI');
      // RFC 9112 §3.2.2 lets the URI's authority win; two names for one request are refused here instead.
      if (hostValue !== undefined && reduced.host !== host) {
        return this.#refuse(400, 'Host and the host of the request target differ');
      }
      ({ host, target } = reduced);
    }

    const hasBody = transferEncoding !== undefined || (contentLength !== undefined && contentLength > 0);
    this.request = {
      method,
      target,
      host,
      headers,
      httpVersion: http11 ? '1.1' : '1.0',
      remoteAddress: peer.remoteAddress,
      encrypted: peer.encrypted,
      certificate: peer.certificate,
      hasBody,
      contentLength,
      // RFC 9110 §7.8: Upgrade counts only where Connection names it, and not in HTTP/1.0.
      asksForWebSocket:
        connection !== '' &&
        http11 &&
        !hasBody &&
        method === 'GET' &&
        hasConnectionOption(connection, 'upgrade') &&
        asksForWebSocket(headers),
      receivedAt: performance.now(),
      keepAlive:
        connection === ''
          ? http11
          : !hasConnectionOption(connection, 'close') && (http11 || hasConnectionOption(connection, 'keep-alive')),
      expectsContinue,
    };
    return COMPLETE;
  }

  #normaliseHost(value: string): string | undefined {
    if (value === this.#hostSpelled && value !== '') return this.#hostNormal;
    const normal = normaliseHost(value);
    if (normal !== undefined) {
      this.#hostSpelled = value;
      this.#hostNormal = normal;
    }
    return normal;
  }

  #refuse(status: ProtocolErrorStatus, reason: string): typeof REFUSED {
    this.refusal = { status, reason };
    return REFUSED;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
