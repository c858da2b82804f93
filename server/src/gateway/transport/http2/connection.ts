import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ExchangeOutcome, Reply, RequestHead, Verdict } from '../../exchange.ts';
import { millisecondsSince, recordOutcome } from '../record-outcome.ts';
import type { PeerFacts } from '../request-head-parser.ts';
import type { TransportContext } from '../transport-context.ts';
import { breakOff } from './break-off.ts';
import { closedByUs } from './closed-by-us.ts';
import { ConnectionWindow } from './connection-window.ts';
import { endsAfterRead } from './ends-after-read.ts';
import { GrpcRelay } from './grpc-relay.ts';
import type { Http2Exchange } from './http2-exchange.ts';
import { LastBytes } from './last-bytes.ts';
import { readHead } from './read-head.ts';
import { discardRest, isGone, sendReply } from './send-reply.ts';
import { StreamExchange } from './stream-exchange.ts';

/**
 * A caller's connection of HTTP/2 (RFC 9113). Frames, compression and flow control are Node's; what a request says is read
 * by {@link readHead}, and from there on it goes the way of every request.
 */
export class Http2Connection {
  readonly #context: TransportContext;
  readonly #facts: PeerFacts;
  readonly #socket: Socket;
  readonly #session: ServerHttp2Session;
  readonly #close: () => void;
  readonly #window: ConnectionWindow;
  readonly #exchanges = new Set<Http2Exchange>();
  #streams = 0;
  #isLeft = false;
  #idleUntil: number;
  /** Closed: until when the caller may take what was said last. */
  #leaveBy: number | undefined;

  constructor(
    context: TransportContext,
    socket: Socket,
    facts: PeerFacts,
    onClosed: (connection: Http2Connection) => void,
  ) {
    this.#context = context;
    this.#facts = facts;
    this.#idleUntil = context.ticker.after(context.limits.headMilliseconds);
    const { limits } = context;
    const session = performServerHandshake(socket, {
      settings: {
        maxConcurrentStreams: limits.http2StreamsMax,
        maxHeaderListSize: limits.headBytesMax,
        // All of what a connection may have under way. More would only be held where nobody reads.
        initialWindowSize: 64 * 1024 - 1,
        // RFC 8441 §3: WebSockets, on routes that have them.
        enableConnectProtocol: true,
      },
      maxHeaderListPairs: limits.fieldCountMax + 8,
      maxSettings: 32,
      maxOutstandingPings: 10,
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
      // CVE-2023-44487: whoever opens streams only to reset them is sent away.
      streamResetBurst: limits.http2ResetsBurst,
      streamResetRate: limits.http2ResetsPerSecond,
    });
    this.#socket = socket;
    this.#session = endsAfterRead(session);
    this.#close = closedByUs(session);
    this.#window = new ConnectionWindow(session, limits.http2HeldBytesMax, context.unreadBytes, this.#close);
    this.#session.on('stream', (stream, _headers, flags, rawHeaders) => this.#onStream(stream, flags, rawHeaders));
    // With no more to come, it ends with what is under way.
    this.#session.on('goaway', () => {
      this.#isLeft = true;
      this.#restsFor(0);
    });
    // The close event follows, and is all that matters.
    this.#session.on('error', () => {});
    // As over HTTP/1.1: who closes his half has left, and the library would wait for as long as a stream stands.
    socket.once('end', () => this.#session.destroy());
    this.#session.once('close', () => {
      socket.destroy();
      onClosed(this);
    });
  }

  /** Between streams; and when it was closed, for as long as the caller may take to read what was said last (RFC 9112 §9.6). */
  #restsFor(milliseconds: number): void {
    const { ticker, limits } = this.#context;
    const wait = this.#isLeft ? 0 : milliseconds;
    this.#idleUntil = ticker.after(this.#session.closed ? limits.lingerMilliseconds : wait);
  }

  #onStream(stream: ServerHttp2Stream, flags: number, rawHeaders: readonly string[]): void {
    stream.on('error', () => {});
    const endsHere = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    // Without a body nothing comes on it that could wait to be read.
    if (!endsHere) this.#window.follow(stream);
    this.#streams += 1;
    stream.on('close', () => {
      this.#streams -= 1;
      this.#restsFor(this.#context.limits.keepAliveMilliseconds);
    });
    const { limits, errors } = this.#context;
    const read = readHead(rawHeaders, { endsHere, facts: this.#facts, limits });
    if ('refused' in read) {
      this.#answer(stream, errors.malformed(read.refused.reason, read.refused.status), undefined);
      return;
    }
    const { request } = read;
    this.#context.exchanges += 1;
    stream.on('close', () => {
      this.#context.exchanges -= 1;
    });
    const onDefect = (error: unknown) => this.#onDefect(stream, error);
    try {
      const verdict = this.#context.handler(request);
      if (!(verdict instanceof Promise)) this.#carryOut(stream, request, verdict);
      else verdict.then((found) => this.#carryOut(stream, request, found)).catch(onDefect);
    } catch (error) {
      onDefect(error);
    }
  }

  #carryOut(stream: ServerHttp2Stream, request: RequestHead, verdict: Verdict): void {
    try {
      this.#begin(stream, request, verdict);
    } catch (error) {
      this.#onDefect(stream, error);
      // Nothing came of it, but it is recorded, and what it held is let go.
      recordOutcome(this.#context.log, verdict, undefined, nothingSent(request.receivedAt));
    }
  }

  #begin(stream: ServerHttp2Stream, request: RequestHead, verdict: Verdict): void {
    const onlyWebSocket = request.onlyWebSocket === true;
    if (verdict.kind === 'reply') {
      this.#answer(stream, onlyWebSocket ? notOpened(verdict) : verdict, request);
    } else if (onlyWebSocket && (verdict.kind !== 'forward' || verdict.webSocket === undefined)) {
      throw new TypeError('what asks for a WebSocket would be forwarded as something else');
    } else if (isGone(stream)) {
      stream.destroy();
      recordOutcome(this.#context.log, verdict, undefined, nothingSent(request.receivedAt));
    } else {
      const exchange =
        verdict.kind === 'forward' && verdict.upstream.http2 === true
          ? new GrpcRelay(this.#context, stream, request, verdict)
          : new StreamExchange(this.#context, stream, request, verdict);
      this.#exchanges.add(exchange);
      stream.on('close', () => this.#exchanges.delete(exchange));
    }
  }

  #answer(stream: ServerHttp2Stream, reply: Reply, request: RequestHead | undefined): void {
    const startedAt = request?.receivedAt ?? performance.now();
    const { log, limits } = this.#context;
    if (isGone(stream)) {
      // With what he sent unread, it would stay for as long as the connection does.
      stream.destroy();
      recordOutcome(log, reply, undefined, nothingSent(startedAt));
      return;
    }
    const bytesOut = sendReply(stream, reply, request);
    stream.on('close', () => {
      const durationMilliseconds = millisecondsSince(startedAt);
      const aborted = !stream.writableFinished;
      recordOutcome(log, reply, undefined, {
        status: reply.status,
        bytesIn: 0,
        bytesOut,
        durationMilliseconds,
        aborted,
      });
    });
    discardRest(stream, limits.discardBytesMax);
    const left = new LastBytes(this.#context, stream);
    this.#exchanges.add(left);
    stream.on('close', () => this.#exchanges.delete(left));
  }

  #onDefect(stream: ServerHttp2Stream, error: unknown): void {
    this.#context.log.error({ err: error }, 'gateway transport: an exchange could not be carried out');
    breakOff(stream, constants.NGHTTP2_INTERNAL_ERROR);
  }

  checkDeadline(now: number): void {
    for (const exchange of this.#exchanges) exchange.checkDeadline(now);
    if (this.#streams > 0 || now < this.#idleUntil) return;
    if (this.#session.closed) {
      this.#leaveBy ??= this.#context.ticker.after(this.#context.limits.callerStallMilliseconds);
      // A head that was left open keeps a session from closing in order.
      this.#session.destroy();
      // It waits for the caller to close as well, and some never do.
      if (this.#socket.writableFinished || now >= this.#leaveBy) this.#socket.destroy();
    }
    this.#close();
    this.#restsFor(0);
  }

  /** Says that no further stream is taken (GOAWAY), and lets those that stand finish. */
  drain(): void {
    this.#close();
    this.#restsFor(0);
    for (const exchange of this.#exchanges) exchange.goAway?.();
  }

  cut(): void {
    this.#session.destroy();
    // A session that was closed before would wait for the peer to close as well.
    this.#socket.destroy();
  }
}

/** What we answer ourselves is no WebSocket, and 2xx would say that it is one. */
function notOpened(reply: Reply): Reply {
  if (reply.status >= 300) return reply;
  return { kind: 'reply', status: 501, headers: [], body: '', onDone: (outcome) => reply.onDone(outcome) };
}

function nothingSent(startedAt: number): ExchangeOutcome {
  const durationMilliseconds = millisecondsSince(startedAt);
  return { status: 0, bytesIn: 0, bytesOut: 0, durationMilliseconds, aborted: true };
}
