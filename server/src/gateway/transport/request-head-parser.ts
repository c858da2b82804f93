import { performance } from 'node:perf_hooks';
import type { ProtocolErrorStatus, RequestHead } from '../exchange.ts';
import type { KnownHeaders } from '../known-headers.ts';
import type { PeerCertificate } from '../peer-certificate.ts';
import { CR, LF, SP, TARGET_BYTES, TOKEN_BYTES } from './character-classes.ts';
import { COMPLETE, FieldLines, INCOMPLETE, REFUSED, type ScanResult } from './field-lines.ts';
import type { KnownFields } from './known-fields.ts';
import { methodName } from './method-name.ts';
import { type Refusal, type RequestFields, RequestFieldsReader } from './request-fields.ts';
import { reduceAbsoluteForm } from './request-target.ts';
import { FIXED_LIMITS, type TransportLimits } from './transport-limits.ts';

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
  /** Of the request before on the same connection. */
  readonly knownFields?: KnownFields;
}

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
  refusal: Refusal = { status: 400, reason: '' };
  readonly #limits: TransportLimits;
  readonly #lines: FieldLines;
  readonly #reader = new RequestFieldsReader();
  #targetStart = 0;
  #targetEnd = 0;
  #minorVersion = 1;

  constructor(limits: TransportLimits) {
    this.#limits = limits;
    this.#lines = new FieldLines(limits.fieldCountMax);
  }

  /** Parses `bytes` from `start`; when incomplete, call again with the same start and more bytes. */
  parse(bytes: Buffer, start: number, end: number, peer: PeerFacts): ScanResult {
    const headLimit = start + this.#limits.headBytesMax;
    const scanEnd = Math.min(end, headLimit);
    const result = this.#scanRequestLine(bytes, start, scanEnd);
    if (result !== COMPLETE) return result === INCOMPLETE ? this.#unlessTooLong(scanEnd === headLimit) : result;
    const linesStart = this.headEnd;
    const http11 = this.#minorVersion === 1;
    const known = peer.knownFields?.find(bytes, linesStart, scanEnd, http11);
    if (known !== undefined) {
      this.headEnd += known.bytes.length;
      return this.#build(bytes, start, known.fields, peer, known.found);
    }
    const scanned = this.#lines.scan(bytes, linesStart, scanEnd);
    if (scanned === REFUSED) return this.#refuse(this.#lines.tooMany ? 431 : 400, this.#lines.problem);
    if (scanned === INCOMPLETE) return this.#unlessTooLong(scanEnd === headLimit);
    this.headEnd = this.#lines.headEnd;
    const fields = this.#reader.read(bytes, linesStart, this.#lines, http11);
    if (fields === undefined) return this.#refuse(this.#reader.refusal.status, this.#reader.refusal.reason);
    peer.knownFields?.keep(bytes, linesStart, this.headEnd, http11, fields);
    return this.#build(bytes, start, fields, peer);
  }

  #unlessTooLong(full: boolean): ScanResult {
    return full ? this.#refuse(431, `the head is longer than ${this.#limits.headBytesMax} bytes`) : INCOMPLETE;
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

  #build(bytes: Buffer, start: number, fields: RequestFields, peer: PeerFacts, known?: KnownHeaders): ScanResult {
    const method = methodName(bytes, start, this.#targetStart - 1);
    if (method === 'CONNECT') return this.#refuse(501, 'CONNECT is not served: this is a gateway, not a forward proxy');
    let target = bytes.toString('latin1', this.#targetStart, this.#targetEnd);
    let { host } = fields;
    if (target.charCodeAt(0) !== SLASH && !(target === '*' && method === 'OPTIONS')) {
      const reduced = reduceAbsoluteForm(target, method);
      if (reduced === undefined) return this.#refuse(400, 'the request target is neither a path nor an http URI');
      // RFC 9112 §3.2.2 lets the URI's authority win; two names for one request are refused here instead.
      if (fields.hostGiven && reduced.host !== host) {
        return this.#refuse(400, 'Host and the host of the request target differ');
      }
      ({ host, target } = reduced);
    }
    this.request = {
      method,
      target,
      host,
      headers: fields.headers,
      known,
      httpVersion: this.#minorVersion === 1 ? '1.1' : '1.0',
      remoteAddress: peer.remoteAddress,
      encrypted: peer.encrypted,
      certificate: peer.certificate,
      hasBody: fields.hasBody,
      contentLength: fields.contentLength,
      asksForWebSocket: fields.webSocket && method === 'GET',
      receivedAt: performance.now(),
      keepAlive: fields.keepAlive,
      expectsContinue: fields.expectsContinue,
    };
    return COMPLETE;
  }

  #refuse(status: ProtocolErrorStatus, reason: string): typeof REFUSED {
    this.refusal = { status, reason };
    return REFUSED;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
