import { setsOurCookie } from '../our-cookies.ts';
import { CR, FIELD_VALUE_BYTES, LF, SP } from './character-classes.ts';
import { COMPLETE, FieldLines, INCOMPLETE, REFUSED, type ScanResult } from './field-lines.ts';
import { FieldNames } from './field-names.ts';
import { hasConnectionOption, parseContentLength, readTransferEncoding } from './message-framing.ts';
import type { TransportLimits } from './transport-limits.ts';

const CONTENT_LENGTH = 1;
const TRANSFER_ENCODING = 2;
const CONNECTION = 3;
const KEEP_ALIVE = 4;
const DATE = 5;
/** Hop by hop (RFC 9110 §7.6.1) and of no interest. */
const DROPPED = 6;
const SET_COOKIE = 7;

const READ_NAMES = new FieldNames({
  'content-length': CONTENT_LENGTH,
  'transfer-encoding': TRANSFER_ENCODING,
  connection: CONNECTION,
  'keep-alive': KEEP_ALIVE,
  date: DATE,
  'set-cookie': SET_COOKIE,
  te: DROPPED,
  trailer: DROPPED,
  upgrade: DROPPED,
  'proxy-connection': DROPPED,
  // RFC 2616 §13.5.1 counted these as hop by hop, and an origin server has no business sending them.
  'proxy-authenticate': DROPPED,
  'proxy-authentication-info': DROPPED,
});

const KEEP_ALIVE_OPTION = new FieldNames({ 'keep-alive': KEEP_ALIVE });

/** `HTTP/1.x ` and three digits. */
const STATUS_LINE_MIN = 12;
const VERSION_PREFIX = Buffer.from('HTTP/1.', 'latin1');

/**
 * Parses an upstream's response head in one pass over the bytes and without making a string of any header: what is kept
 * is copied to the caller as it stands. As strict as for requests: a response that could be read in two ways is refused,
 * since the next response on the connection might go to someone else.
 */
export class ResponseHeadParser {
  status = 0;
  headEnd = 0;
  /** Why it was refused. */
  problem = '';
  contentLength: number | undefined;
  chunked = false;
  hasDate = false;
  /** May the connection carry another exchange, as far as the head tells? */
  keepAlive = true;
  /** Seconds the upstream says it keeps an idle connection, from `Keep-Alive: timeout=5`. */
  keepAliveSeconds: number | undefined;
  readonly fields: FieldLines;
  /** 1 for each field line that goes to the caller. Content-Length is never kept: framing is stated anew. */
  readonly kept: Uint8Array;
  readonly #headBytesMax: number;

  constructor(limits: TransportLimits) {
    this.fields = new FieldLines(limits.fieldCountMax);
    this.kept = new Uint8Array(limits.fieldCountMax);
    this.#headBytesMax = limits.headBytesMax;
  }

  parse(bytes: Buffer, start: number, end: number): ScanResult {
    const headLimit = start + this.#headBytesMax;
    const scanEnd = Math.min(end, headLimit);
    let result = this.#scanStatusLine(bytes, start, scanEnd);
    if (result === COMPLETE) {
      result = this.fields.scan(bytes, this.headEnd, scanEnd);
      if (result === REFUSED) this.problem = this.fields.problem;
    }
    if (result === INCOMPLETE && scanEnd === headLimit) {
      return this.#refuse(`the head is longer than ${this.#headBytesMax} bytes`);
    }
    if (result !== COMPLETE) return result;
    this.headEnd = this.fields.headEnd;
    return this.#readFields(bytes);
  }

  /**
   * HTTP-version SP status-code [SP reason-phrase] CRLF (RFC 9112 §4). The space before an empty reason is required, yet
   * often left out; nothing can be misread without it.
   */
  #scanStatusLine(bytes: Buffer, start: number, end: number): ScanResult {
    for (let index = 0; index < VERSION_PREFIX.length; index += 1) {
      if (start + index >= end) return INCOMPLETE;
      if (bytes[start + index] !== VERSION_PREFIX[index]) return this.#refuse('it is not an HTTP/1.x response');
    }
    if (start + STATUS_LINE_MIN >= end) return INCOMPLETE;
    const minor = bytes[start + 7];
    if ((minor !== 0x30 && minor !== 0x31) || bytes[start + 8] !== SP) {
      return this.#refuse('it is not an HTTP/1.1 or HTTP/1.0 response');
    }
    const hundreds = (bytes[start + 9] ?? 0) - 0x30;
    const tens = (bytes[start + 10] ?? 0) - 0x30;
    const ones = (bytes[start + 11] ?? 0) - 0x30;
    if (hundreds < 1 || hundreds > 5 || tens < 0 || tens > 9 || ones < 0 || ones > 9) {
      return this.#refuse('the status code is not between 100 and 599');
    }
    this.status = hundreds * 100 + tens * 10 + ones;
    this.keepAlive = minor === 0x31;
    let at = start + STATUS_LINE_MIN;
    if (bytes[at] !== SP && bytes[at] !== CR) return this.#refuse('the status code has more than three digits');
    while (at < end && FIELD_VALUE_BYTES[bytes[at] ?? 0] === 1) at += 1;
    if (at >= end) return INCOMPLETE;
    if (bytes[at] !== CR) return this.#refuse('the status line holds a control character');
    if (at + 1 >= end) return INCOMPLETE;
    if (bytes[at + 1] !== LF) return this.#refuse('the status line does not end in CRLF');
    this.headEnd = at + 2;
    return COMPLETE;
  }

  #readFields(bytes: Buffer): ScanResult {
    const { count, nameStarts, nameEnds } = this.fields;
    const http11 = this.keepAlive;
    this.contentLength = undefined;
    this.chunked = false;
    this.hasDate = false;
    this.keepAliveSeconds = undefined;
    let transferEncoding: string | undefined;
    let connection = '';
    for (let index = 0; index < count; index += 1) {
      const meaning = READ_NAMES.meaningOf(bytes, nameStarts[index] ?? 0, nameEnds[index] ?? 0);
      this.kept[index] = meaning === 0 || meaning === DATE ? 1 : 0;
      if (meaning === 0 || meaning === DROPPED) continue;
      if (meaning === DATE) {
        this.hasDate = true;
      } else if (meaning === SET_COOKIE) {
        this.kept[index] = setsOurCookie(this.#value(bytes, index)) ? 0 : 1;
      } else if (meaning === CONTENT_LENGTH) {
        if (this.contentLength !== undefined) return this.#refuse('there is more than one Content-Length');
        this.contentLength = parseContentLength(
          bytes,
          this.fields.valueStarts[index] ?? 0,
          this.fields.valueEnds[index] ?? 0,
        );
        if (this.contentLength === undefined) return this.#refuse('Content-Length is not a number');
      } else if (meaning === TRANSFER_ENCODING) {
        const value = this.#value(bytes, index);
        transferEncoding = transferEncoding === undefined ? value : `${transferEncoding},${value}`;
      } else if (meaning === CONNECTION) {
        const value = this.#isKeepAlive(bytes, index) ? 'keep-alive' : this.#value(bytes, index);
        connection = connection === '' ? value : `${connection},${value}`;
      } else {
        const seconds = /(?:^|[ ,])timeout=([0-9]{1,6})(?:$|[ ,])/.exec(this.#value(bytes, index))?.[1];
        if (seconds !== undefined) this.keepAliveSeconds = Number(seconds);
      }
    }
    if (transferEncoding !== undefined) {
      if (this.contentLength !== undefined) return this.#refuse('there are both Content-Length and Transfer-Encoding');
      if (!http11) return this.#refuse('HTTP/1.0 has no Transfer-Encoding');
      if (readTransferEncoding(transferEncoding) !== 'chunked')
        return this.#refuse('the transfer coding is not chunked');
      this.chunked = true;
    }
    if (connection !== '') this.#readConnection(bytes, connection, http11);
    return COMPLETE;
  }

  #readConnection(bytes: Buffer, connection: string, http11: boolean): void {
    const lower = connection === 'keep-alive' ? connection : connection.toLowerCase();
    this.keepAlive = lower === 'keep-alive';
    if (lower === 'keep-alive' || lower === 'close') return;
    this.keepAlive = (http11 || hasConnectionOption(lower, 'keep-alive')) && !hasConnectionOption(lower, 'close');
    // RFC 9110 §7.6.1: what Connection names concerns this hop alone.
    for (let index = 0; index < this.fields.count; index += 1) {
      const name = bytes.toString('latin1', this.fields.nameStarts[index] ?? 0, this.fields.nameEnds[index] ?? 0);
      if (hasConnectionOption(lower, name.toLowerCase())) this.kept[index] = 0;
    }
  }

  /** What most say, and need not be made a string for. */
  #isKeepAlive(bytes: Buffer, index: number): boolean {
    return (
      KEEP_ALIVE_OPTION.meaningOf(bytes, this.fields.valueStarts[index] ?? 0, this.fields.valueEnds[index] ?? 0) !== 0
    );
  }

  #value(bytes: Buffer, index: number): string {
    return bytes.toString('latin1', this.fields.valueStarts[index] ?? 0, this.fields.valueEnds[index] ?? 0);
  }

  #refuse(problem: string): typeof REFUSED {
    this.problem = problem;
    return REFUSED;
  }
}

/** Can a response with this status, to this method, have a body at all? (RFC 9110 §6.4.1) */
export function responseHasBody(status: number, method: string): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}
