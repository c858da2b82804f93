import { type ClientHttp2Stream, constants, type ServerHttp2Stream } from 'node:http2';
import type { ExchangeOutcome, Forward, RequestHead, UpstreamFailure } from '../../exchange.ts';
import { withoutHopByHop } from '../../upstream-response.ts';
import { millisecondsSince, recordOutcome } from '../record-outcome.ts';
import { Review } from '../review.ts';
import type { TransportContext } from '../transport-context.ts';
import { breakOff } from './break-off.ts';
import { expectsContinue } from './expects-continue.ts';
import { headerObject } from './header-object.ts';
import type { Http2Exchange } from './http2-exchange.ts';
import { LastBytes } from './last-bytes.ts';
import { onBodyEnd } from './on-body-end.ts';
import { discardRest, isGone, sendReply } from './send-reply.ts';
import { fieldsOf, watchEnd } from './upstream-answer.ts';

/** gRPC's own: the deadline has passed. */
const DEADLINE_EXCEEDED = ['grpc-status', '4', 'grpc-message', 'the deadline has passed'];
const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000001 };

/**
 * A stream of HTTP/2 whose upstream speaks HTTP/2 as well: bodies both ways at once, each at the pace of its reader, and the
 * trailers, in which gRPC says how it went.
 */
export class GrpcRelay implements Http2Exchange {
  readonly #context: TransportContext;
  readonly #stream: ServerHttp2Stream;
  readonly #request: RequestHead;
  readonly #forward: Forward;
  readonly #upstream: ClientHttp2Stream;
  readonly #review: Review;
  readonly #connected: () => boolean;
  #deadline: number;
  #connectBy: number;
  /** Until then the caller takes something of what waits for him. */
  #takenBy = Number.POSITIVE_INFINITY;
  /** Everything was said. */
  #lastBytes: LastBytes | undefined;
  #trailers: readonly string[] = [];
  #status = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #failure: UpstreamFailure | undefined;
  #over = false;
  #upstreamEnded = false;

  constructor(context: TransportContext, stream: ServerHttp2Stream, request: RequestHead, forward: Forward) {
    this.#context = context;
    this.#stream = stream;
    this.#request = request;
    this.#forward = forward;
    this.#review = new Review(context.ticker);
    this.#review.begin();
    const { timeouts, upstream: target } = forward;
    this.#connectBy = context.ticker.after(timeouts.connectMilliseconds);
    this.#deadline = context.ticker.after(statedTimeout(request) ?? timeouts.headersMilliseconds);
    const { session, stream: asked } = context.http2Upstreams.request(
      target,
      {
        ...headerObject(forward.headers),
        ':method': forward.method,
        ':path': forward.path,
        ':scheme': target.protocol.slice(0, -1),
        ':authority': target.hostHeader,
        te: 'trailers',
      },
      { endStream: !request.hasBody },
    );
    this.#connected = () => !session.connecting;
    this.#upstream = asked;
    if (expectsContinue(request)) {
      // As elsewhere, he is asked for his body once there is somebody to take it.
      if (asked.pending) asked.once('ready', () => this.#askForBody());
      else this.#askForBody();
    }
    this.#relayRequest();
    this.#relayResponse();
    stream.on('close', () => this.#onClose());
  }

  #askForBody(): void {
    if (this.#over || isGone(this.#stream) || this.#stream.headersSent) return;
    this.#stream.additionalHeaders({ ':status': constants.HTTP_STATUS_CONTINUE });
  }

  #relayRequest(): void {
    const { readable, writable } = { readable: this.#stream, writable: this.#upstream };
    readable.on('data', (bytes: Buffer) => {
      this.#bytesIn += bytes.length;
      if (!writable.write(bytes)) readable.pause();
    });
    writable.on('drain', () => readable.resume());
    // Reset without an error: what came may look whole, and is not.
    onBodyEnd(readable, () => (readable.closed ? breakOff(writable, constants.NGHTTP2_CANCEL) : writable.end()));
  }

  #relayResponse(): void {
    const { readable, writable } = { readable: this.#upstream, writable: this.#stream };
    readable.on('response', (_headers, flags, rawHeaders: string[]) => {
      if (this.#over || isGone(writable)) return;
      const status = Number(rawHeaders[rawHeaders.indexOf(':status') + 1]);
      if (!(status >= 200 && status <= 599)) return this.#fail('bad_response');
      const fields = fieldsOf(rawHeaders, this.#context.limits);
      if (fields === undefined) return this.#fail('bad_response');
      this.#status = status;
      const passed = withoutHopByHop(fields, this.#forward.responseHeaders, this.#forward.responseRules);
      const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      const headers = { ...headerObject(passed), ':status': this.#status };
      writable.respond(headers, endStream ? { endStream } : { waitForTrailers: true });
      // With a deadline of its own, the call says how long it may last; without, a stream lasts as long as it flows.
      if (statedTimeout(this.#request) === undefined) this.#deadline = Number.POSITIVE_INFINITY;
    });
    readable.on('trailers', (_trailers, _flags, rawTrailers: string[]) => {
      const fields = fieldsOf(rawTrailers, this.#context.limits);
      if (fields === undefined) this.#fail('bad_response');
      else this.#trailers = withoutHopByHop(fields, []);
    });
    writable.on('wantTrailers', () => {
      if (!isGone(writable)) writable.sendTrailers(headerObject(this.#trailers));
    });
    readable.on('data', (bytes: Buffer) => {
      if (this.#over) return;
      this.#bytesOut += bytes.length;
      if (writable.write(bytes)) return;
      readable.pause();
      this.#takenBy = this.#context.ticker.after(this.#context.limits.callerStallMilliseconds);
    });
    writable.on('drain', () => {
      this.#takenBy = Number.POSITIVE_INFINITY;
      readable.resume();
    });
    const end = watchEnd(readable);
    readable.on('end', () => {
      if (!end.whole) return;
      this.#upstreamEnded = true;
      if (this.#status === 0) return;
      if (!writable.writableEnded) writable.end();
      this.#lastBytes = new LastBytes(this.#context, writable);
    });
    readable.on('error', () => {});
    readable.on('close', () => this.#onUpstreamClosed());
  }

  /** Without its end: answered in its place while nothing was sent, else cut so that nobody takes it for complete. */
  #onUpstreamClosed(): void {
    if (this.#over || (this.#upstreamEnded && this.#status !== 0)) return;
    this.#fail(this.#connected() && this.#upstream.id !== undefined ? 'reset' : 'connect');
  }

  #fail(failure: UpstreamFailure): void {
    if (this.#over) return;
    this.#failure = failure;
    if (this.#status !== 0) {
      breakOff(this.#stream, this.#upstream.rstCode || constants.NGHTTP2_INTERNAL_ERROR);
      return;
    }
    this.#over = true;
    breakOff(this.#upstream, constants.NGHTTP2_CANCEL);
    const reply = this.#forward.failure(failure);
    this.#status = reply.status;
    sendReply(this.#stream, reply, this.#request);
    this.#lastBytes = new LastBytes(this.#context, this.#stream);
    this.#stream.removeAllListeners('data');
    discardRest(this.#stream, this.#context.limits.discardBytesMax);
  }

  #onClose(): void {
    const aborted = !this.#stream.writableFinished || this.#stream.rstCode !== constants.NGHTTP2_NO_ERROR;
    this.#over = true;
    if (!this.#upstream.closed) breakOff(this.#upstream, constants.NGHTTP2_CANCEL);
    const outcome: ExchangeOutcome = {
      status: this.#status,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      durationMilliseconds: millisecondsSince(this.#request.receivedAt),
      aborted,
    };
    recordOutcome(this.#context.log, this.#forward, this.#failure, outcome);
  }

  checkDeadline(now: number): void {
    if (this.#lastBytes !== undefined) this.#lastBytes.checkDeadline(now);
    else if (this.#over) return;
    else if (this.#stream.closed) this.#stream.destroy();
    else if (this.#review.refuses(this.#forward, now)) breakOff(this.#stream, constants.NGHTTP2_CANCEL);
    else if (now >= this.#connectBy && !this.#connected()) this.#fail('connect');
    else if (now >= this.#takenBy) breakOff(this.#stream, constants.NGHTTP2_CANCEL);
    else if (now >= this.#deadline) this.#onDeadline();
  }

  #onDeadline(): void {
    if (this.#status === 0) {
      this.#fail('timeout');
      return;
    }
    this.#over = true;
    this.#failure = 'timeout';
    this.#trailers = DEADLINE_EXCEEDED;
    breakOff(this.#upstream, constants.NGHTTP2_CANCEL);
    this.#stream.end();
    this.#lastBytes = new LastBytes(this.#context, this.#stream);
  }
}

/** `grpc-timeout`: at most eight digits and a unit (PROTOCOL-HTTP2, Timeout). */
function statedTimeout({ headers }: RequestHead): number | undefined {
  const text = headers[headers.indexOf('grpc-timeout') + 1];
  const match = headers.includes('grpc-timeout') ? /^(\d{1,8})([HMSmun])$/.exec(text ?? '') : null;
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}
