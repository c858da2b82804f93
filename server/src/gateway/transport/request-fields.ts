import type { ProtocolErrorStatus, RawHeaders } from '../exchange.ts';
import type { FieldLines } from './field-lines.ts';
import { FieldNames } from './field-names.ts';
import { hasConnectionOption, parseContentLength, readTransferEncoding } from './message-framing.ts';
import { normaliseHost } from './request-target.ts';
import { asksForWebSocket } from './web-socket.ts';

/** What the field lines of a request say. It follows from their bytes and the version alone, so it may be kept with them. */
export interface RequestFields {
  readonly headers: RawHeaders;
  /** Lower case; empty without Host. */
  readonly host: string;
  readonly hostGiven: boolean;
  readonly hasBody: boolean;
  readonly contentLength: number | undefined;
  /** They ask for a WebSocket, as far as they go: its method is GET as well. */
  readonly webSocket: boolean;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
}

export interface Refusal {
  readonly status: ProtocolErrorStatus;
  readonly reason: string;
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

/** Reads what was scanned: the lines of `bytes` between `start` and `lines.headEnd`. */
export class RequestFieldsReader {
  /** Why nothing was read. */
  refusal: Refusal = { status: 400, reason: '' };
  /** The last Host seen: nearly always the next one too. */
  #hostSpelled = '';
  #hostNormal = '';

  read(bytes: Buffer, start: number, lines: FieldLines, http11: boolean): RequestFields | undefined {
    const { count, nameStarts, nameEnds, valueStarts, valueEnds } = lines;
    const text = bytes.toString('latin1', start, lines.headEnd);
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

    const hasBody = transferEncoding !== undefined || (contentLength !== undefined && contentLength > 0);
    return {
      headers,
      host,
      hostGiven: hostValue !== undefined,
      hasBody,
      contentLength,
      // RFC 9110 §7.8: Upgrade counts only where Connection names it, and not in HTTP/1.0.
      webSocket:
        connection !== '' &&
        http11 &&
        !hasBody &&
        hasConnectionOption(connection, 'upgrade') &&
        asksForWebSocket(headers),
      keepAlive:
        connection === ''
          ? http11
          : !hasConnectionOption(connection, 'close') && (http11 || hasConnectionOption(connection, 'keep-alive')),
      expectsContinue,
    };
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

  #refuse(status: ProtocolErrorStatus, reason: string): undefined {
    this.refusal = { status, reason };
    return undefined;
  }
}
