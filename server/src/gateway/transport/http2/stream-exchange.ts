import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Forward, Hold, RequestHead } from '../../exchange.ts';
import type { CallerExchange, CallerSide } from '../caller-side.ts';
import { ExchangeRunner } from '../exchange-runner.ts';
import type { TransportContext } from '../transport-context.ts';
import type { TransportLimits } from '../transport-limits.ts';
import { breakOff } from './break-off.ts';
import { expectsContinue } from './expects-continue.ts';
import type { Http2Exchange } from './http2-exchange.ts';
import { LastBytes } from './last-bytes.ts';
import { onBodyEnd } from './on-body-end.ts';
import { ResponseSink } from './response-sink.ts';
import { discardRest } from './send-reply.ts';

const LAST_CHUNK = Buffer.from('0\r\n\r\n', 'latin1');

/**
 * A stream of HTTP/2 whose upstream speaks HTTP/1.1: the same exchange as on a connection of HTTP/1.1, with the same limits,
 * to which this is the caller's side. The body goes in framed as that expects it, and what it answers comes out of a sink.
 */
export class StreamExchange implements CallerSide, Http2Exchange {
  readonly socket: ResponseSink;
  readonly closesAfterThis = false;
  readonly countsExchanges = true;
  readonly #stream: ServerHttp2Stream;
  readonly #context: TransportContext;
  readonly #runner: ExchangeRunner;
  /** What the exchange became. */
  #tunnel: CallerExchange | undefined;
  readonly #chunked: boolean;
  readonly #limits: TransportLimits;
  #waiting: Buffer[] = [];
  #isPumping = false;
  #ended = false;
  #callerEnded = false;
  /** All was said, and the caller has so long for his own end. */
  #isSaid = false;
  #lastMilliseconds: number;
  /** Made by the first tick that finds the stream still there, which hardly any is. */
  #lastBytes: LastBytes | undefined;

  constructor(context: TransportContext, stream: ServerHttp2Stream, head: RequestHead, verdict: Forward | Hold) {
    this.#stream = stream;
    this.#context = context;
    this.#limits = context.limits;
    this.#lastMilliseconds = context.limits.bodyIdleMilliseconds;
    this.#chunked = head.hasBody && head.contentLength === undefined;
    this.socket = new ResponseSink(stream, head.method, context.sinkHeads);
    const request = { ...head, httpVersion: '1.1', keepAlive: true, expectsContinue: expectsContinue(head) } as const;
    this.#runner = new ExchangeRunner(context, this, request);
    this.socket.on('drain', () => this.#exchange.onCallerDrain());
    stream.on('close', () => this.#onClose());
    this.#runner.begin(request, verdict);
  }

  get #exchange(): CallerExchange {
    return this.#tunnel ?? this.#runner;
  }

  /** The exchange takes the body now; before, it is left with the caller, by flow control. */
  resumeBody(): void {
    if (this.#stream.listenerCount('data') === 0) {
      this.#stream.on('data', (bytes: Buffer) => this.#take(this.#chunked ? framed(bytes) : bytes));
      onBodyEnd(this.#stream, () => {
        // Reset without an error: what came may look whole, and is not.
        if (this.#stream.closed) return this.#onClose();
        if (this.#chunked) this.#take(LAST_CHUNK);
        this.#callerEnded = true;
        if (this.#tunnel !== undefined) this.#pump();
      });
    }
    this.#pump();
  }

  #take(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#pump();
  }

  #pump(): void {
    // Whoever asks for more from within is served by the loop: what is being taken would be taken twice.
    if (this.#isPumping) return;
    this.#isPumping = true;
    const runner = this.#exchange;
    while (runner.acceptsBody && !this.#ended) {
      const [bytes] = this.#waiting;
      if (bytes === undefined) break;
      const used = runner.onRequestBytes(bytes, 0, bytes.length);
      if (used < bytes.length) this.#waiting[0] = bytes.subarray(used);
      else this.#waiting.shift();
    }
    this.#isPumping = false;
    runner.flushRequest();
    if (this.#waiting.length > 0) this.#stream.pause();
    // RFC 8441 §5: that is how the connection of a WebSocket is closed.
    else if (this.#callerEnded && this.#tunnel !== undefined) this.#onClose();
    else this.#stream.resume();
  }

  onExchangeEnded(): void {
    this.#ended = true;
    this.#waiting = [];
    this.#stream.removeAllListeners('data');
    this.socket.end();
    discardRest(this.#stream, this.#limits.discardBytesMax);
    this.#isSaid = true;
  }

  checkDeadline(now: number): void {
    if (this.#isSaid) {
      this.#lastBytes ??= new LastBytes(this.#context, this.#stream, this.#lastMilliseconds);
      this.#lastBytes.checkDeadline(now);
    } else if (!this.#ended && this.#stream.closed) this.#stream.destroy();
    else this.#exchange.checkDeadline(now);
  }

  goAway(): void {
    this.#tunnel?.goAway?.();
  }

  cut(): void {
    breakOff(this.#stream, constants.NGHTTP2_INTERNAL_ERROR);
  }

  become(tunnel: CallerExchange): void {
    this.#tunnel = tunnel;
    if (this.#context.draining) tunnel.goAway?.();
    else this.resumeBody();
  }

  onTunnelEnded(): void {
    this.#lastMilliseconds = this.#limits.lingerMilliseconds;
    this.onExchangeEnded();
  }

  #onClose(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#tunnel === undefined) this.socket.destroy();
    else this.socket.end();
    this.#exchange.onCallerGone();
  }
}

function framed(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`, 'latin1'), bytes, CRLF]);
}

const CRLF = Buffer.from('\r\n', 'latin1');
