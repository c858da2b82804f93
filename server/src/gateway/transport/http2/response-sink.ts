import { constants, type ServerHttp2Stream } from 'node:http2';
import { Writable } from 'node:stream';
import { BodyReader } from '../body-reader.ts';
import { COMPLETE, INCOMPLETE } from '../field-lines.ts';
import { type ResponseHeadParser, responseHasBody } from '../response-head-parser.ts';
import { breakOff } from './break-off.ts';
import { headerObject } from './header-object.ts';
import { isGone } from './send-reply.ts';

/**
 * Takes what an exchange writes to a caller of HTTP/1.1 and says it in HTTP/2. What comes here was framed by ourselves; it
 * is read by the parsers that read upstreams all the same, so that nothing can be taken for what it is not.
 */
export class ResponseSink extends Writable {
  readonly #stream: ServerHttp2Stream;
  readonly #method: string;
  readonly #heads: ResponseHeadParser;
  readonly #body = new BodyReader();
  #held: Buffer = Buffer.alloc(0);
  #headDone = false;
  /** From the head on, it is a WebSocket's bytes, as they are. */
  #open = false;

  /** @param heads is that of all sinks: what it found of a head is used before another is read. */
  constructor(stream: ServerHttp2Stream, method: string, heads: ResponseHeadParser) {
    super({ highWaterMark: 64 * 1024 });
    this.#stream = stream;
    this.#method = method;
    this.#heads = heads;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const stream = this.#stream;
    if (isGone(stream)) return void done();
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = EMPTY;
    while (!this.#headDone && bytes.length > 0) {
      const result = this.#heads.parse(bytes, 0, bytes.length);
      if (result === INCOMPLETE) {
        this.#held = Buffer.from(bytes);
        return void done();
      }
      if (result !== COMPLETE) {
        breakOff(stream, constants.NGHTTP2_INTERNAL_ERROR);
        return void done();
      }
      const { headEnd } = this.#heads;
      try {
        this.#respond(bytes);
      } catch {
        // What the library won't say costs this stream its answer, and nobody else anything.
        breakOff(stream, constants.NGHTTP2_INTERNAL_ERROR);
        return void done();
      }
      bytes = bytes.subarray(headEnd);
    }
    if (this.#relay(bytes)) done();
    else stream.once('drain', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.#stream.destroyed && !this.#stream.writableEnded) this.#stream.end();
    done();
  }

  #respond(bytes: Buffer): void {
    const { status, fields, kept, contentLength, chunked } = this.#heads;
    const headers: string[] = [];
    for (let index = 0; index < fields.count; index += 1) {
      if (kept[index] !== 1) continue;
      const name = bytes.toString('latin1', fields.nameStarts[index], fields.nameEnds[index]).toLowerCase();
      headers.push(name, bytes.toString('latin1', fields.valueStarts[index], fields.valueEnds[index]));
    }
    const object = { ...headerObject(headers), ':status': status };
    if (status === 101) {
      this.#headDone = true;
      this.#open = true;
      // RFC 8441 §5: 2xx to a CONNECT says what 101 says to an Upgrade, and there is no key to accept.
      const { 'sec-websocket-accept': _, ...others } = object;
      this.#stream.respond({ ...others, ':status': 200 });
      return;
    }
    if (status < 200) {
      if (!this.#stream.headersSent) this.#stream.additionalHeaders(object);
      return;
    }
    this.#headDone = true;
    const hasBody = responseHasBody(status, this.#method);
    if (chunked && hasBody) this.#body.expectChunks();
    else this.#body.expectLength(hasBody ? (contentLength ?? 0) : 0);
    const length = contentLength === undefined ? {} : { 'content-length': String(contentLength) };
    this.#stream.respond({ ...object, ...length }, { endStream: this.#body.done });
  }

  /** @returns whether there is room for more. */
  #relay(bytes: Buffer): boolean {
    if (this.#open) return bytes.length === 0 || this.#stream.write(bytes) || this.#stream.destroyed;
    const body = this.#body;
    let room = true;
    let at = 0;
    while (at < bytes.length && !body.done) {
      at = body.step(bytes, at, bytes.length);
      if (body.dataEnd > body.dataStart) room = this.#stream.write(bytes.subarray(body.dataStart, body.dataEnd));
    }
    return room || this.#stream.destroyed;
  }
}

const EMPTY = Buffer.alloc(0);
