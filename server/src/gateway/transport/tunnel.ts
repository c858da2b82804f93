import type { Forward, WebSocketTerms } from '../exchange.ts';
import type { CallerExchange, CallerSide } from './caller-side.ts';
import { Review } from './review.ts';
import type { TransportContext } from './transport-context.ts';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';
import { closeFrame, FrameFollower } from './web-socket.ts';

/** RFC 6455 §7.4.1: going away, and policy violation. */
const GOING_AWAY = 1001;
const NOT_ALLOWED = 1008;

const NO_TERMS: WebSocketTerms = { idleMilliseconds: 0, totalMilliseconds: 0 };

/**
 * A WebSocket between a caller and an upstream: bytes are passed on as they come, at the pace of the slower side. Frames are
 * followed only to know where one of ours may be put when the gateway has to end it.
 */
export class Tunnel implements CallerExchange, UpstreamUser {
  acceptsBody = true;
  bytesIn = 0;
  bytesOut = 0;
  readonly #context: TransportContext;
  readonly #caller: CallerSide;
  readonly #upstream: UpstreamConnection;
  readonly #forward: Forward;
  readonly #terms: WebSocketTerms;
  readonly #onEnded: (aborted: boolean) => void;
  readonly #fromCaller = new FrameFollower();
  readonly #fromUpstream = new FrameFollower();
  readonly #endsAt: number;
  #idleAt: number;
  readonly #review: Review;
  #ended = false;

  constructor(
    context: TransportContext,
    caller: CallerSide,
    upstream: UpstreamConnection,
    forward: Forward,
    onEnded: (aborted: boolean) => void,
  ) {
    this.#context = context;
    this.#caller = caller;
    this.#upstream = upstream;
    this.#forward = forward;
    this.#terms = forward.webSocket ?? NO_TERMS;
    this.#onEnded = onEnded;
    this.#endsAt = context.ticker.after(this.#terms.totalMilliseconds);
    this.#idleAt = context.ticker.after(this.#terms.idleMilliseconds);
    this.#review = new Review(context.ticker);
    this.#review.begin();
    upstream.user = this;
  }

  /** @param rest what came from the upstream behind its head. */
  begin(rest: Buffer): void {
    if (rest.length > 0) this.onUpstreamBytes(rest, 0, rest.length);
    this.#caller.become(this);
  }

  onRequestBytes(bytes: Buffer, at: number, end: number): number {
    const { socket } = this.#upstream;
    this.#fromCaller.follow(bytes, at, end);
    this.bytesIn += end - at;
    const { out } = this.#context;
    out.open(socket);
    out.bytes(bytes, at, end);
    out.send();
    this.acceptsBody = !socket.writableNeedDrain;
    this.#touch();
    return end;
  }

  onUpstreamDrain(): void {
    if (this.#ended) return;
    this.acceptsBody = true;
    this.#caller.resumeBody();
  }

  onUpstreamBytes(bytes: Buffer, start: number, end: number): void {
    const { out } = this.#context;
    const { socket } = this.#caller;
    this.#fromUpstream.follow(bytes, start, end);
    this.bytesOut += end - start;
    out.open(socket);
    out.bytes(bytes, start, end);
    out.send();
    if (socket.writableNeedDrain) this.#upstream.socket.pause();
    this.#touch();
  }

  onCallerDrain(): void {
    if (!this.#ended) this.#upstream.socket.resume();
  }

  onUpstreamEnd(): void {
    this.#end();
  }

  onUpstreamGone(): void {
    this.#end();
  }

  onCallerGone(): void {
    if (!this.#ended) this.#finish();
  }

  /** The process is to stop, or the route is gone: both sides are told, if they are between two frames. */
  goAway(code = GOING_AWAY): void {
    if (this.#ended) return;
    const { out } = this.#context;
    if (this.#fromCaller.between && !this.#fromCaller.closed) out.say(this.#upstream.socket, closeFrame(code, true));
    if (this.#fromUpstream.between && !this.#fromUpstream.closed) {
      out.say(this.#caller.socket, closeFrame(code, false));
      this.bytesOut += 4;
    }
    this.#end();
  }

  checkDeadline(now: number): void {
    if (now >= this.#endsAt || now >= this.#idleAt) this.goAway();
    else if (this.#review.refuses(this.#forward, now)) this.goAway(NOT_ALLOWED);
  }

  flushRequest(): void {}

  onUpstreamAssigned(): void {}

  onUpstreamConnected(): void {}

  #touch(): void {
    this.#idleAt = this.#context.ticker.after(this.#terms.idleMilliseconds);
  }

  /** Ends both sides, each after what was written to it. */
  #end(): void {
    if (this.#ended) return;
    this.#finish();
    this.#caller.onTunnelEnded();
  }

  /** What was sent last may still be on its way to the upstream, a close frame for example. */
  #finish(): void {
    const { socket } = this.#upstream;
    this.#ended = true;
    this.acceptsBody = false;
    this.#upstream.user = undefined;
    this.#context.out.flush();
    socket.end();
    socket.setTimeout(this.#context.limits.lingerMilliseconds, () => socket.destroy());
    this.#onEnded(!this.#fromCaller.closed && !this.#fromUpstream.closed);
  }
}
