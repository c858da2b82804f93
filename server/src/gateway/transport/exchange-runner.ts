import type { Forward, ProtocolErrorStatus, Reply, UpstreamFailure, Verdict } from '../exchange.ts';
import { askHandler } from './ask-handler.ts';
import type { CallerExchange, CallerSide } from './caller-side.ts';
import { Patience } from './patience.ts';
import { millisecondsSince, recordOutcome } from './record-outcome.ts';
import { sendReply } from './reply-writer.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import { CONTINUE, RequestHold } from './request-hold.ts';
import { RequestRelay } from './request-relay.ts';
import { connectionLine, ResponseRelay, type ResponseTerms } from './response-relay.ts';
import { Retry } from './retry.ts';
import { Review } from './review.ts';
import type { TransportContext } from './transport-context.ts';
import { Tunnel } from './tunnel.ts';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';
import { UpstreamSlot } from './upstream-slot.ts';

/**
 * Runs the exchanges of one caller's connection, one after the other: asks the handler, then answers, or forwards and
 * relays both ways. Whatever it waits for comes back as a call on it: from the caller's connection, from the upstream's,
 * or from the tick. Kept for all requests of the connection, so that a request makes little garbage.
 */
export class ExchangeRunner implements CallerExchange, UpstreamUser {
  /** May `onRequestBytes` be called? Not before the upstream stands, nor while it is behind. */
  acceptsBody = false;
  readonly #context: TransportContext;
  readonly #caller: CallerSide;
  readonly #outgoing: RequestRelay;
  readonly #response: ResponseRelay;
  #request: ParsedRequest;
  #verdict: Verdict | undefined;
  #forward: Forward | undefined;
  readonly #slot: UpstreamSlot;
  #answered = 0;
  #answeredBytes = 0;
  #closeAfter = false;
  #written = false;
  #callerGone = false;
  #ended = false;
  readonly #patience: Patience;
  #failure: UpstreamFailure | undefined;
  #tunnel: Tunnel | undefined;
  readonly #review: Review;
  readonly #retry: Retry;
  readonly #hold: RequestHold;

  constructor(context: TransportContext, caller: CallerSide, request: ParsedRequest) {
    this.#context = context;
    this.#caller = caller;
    this.#request = request;
    this.#outgoing = new RequestRelay(context);
    this.#response = new ResponseRelay(context, caller.socket);
    this.#slot = new UpstreamSlot(context.pool);
    this.#patience = new Patience(context.ticker, this.#outgoing, this.#response);
    this.#review = new Review(context.ticker);
    this.#retry = new Retry(context.ticker, this.#outgoing, this.#response);
    this.#hold = new RequestHold(context, caller, this.#outgoing, {
      onVerdict: this.#onVerdict,
      onDefect: this.#onDefect,
      onHeld: this.#onHeld,
    });
  }

  /** Begins the next exchange. The one before has ended. `verdict`: what the handler said of it, where it was asked before. */
  begin(request: ParsedRequest, verdict?: Verdict): void {
    if (!this.#caller.countsExchanges) this.#context.exchanges += 1;
    this.#request = request;
    this.#verdict = undefined;
    this.#forward = undefined;
    this.#answered = 0;
    this.#answeredBytes = 0;
    this.#closeAfter = !request.keepAlive || this.#caller.closesAfterThis;
    this.#written = false;
    this.#ended = false;
    this.#failure = undefined;
    this.#review.begin();
    this.#response.reset();
    this.#outgoing.begin(request);
    askHandler(verdict === undefined ? this.#context.handler : () => verdict, request, this.#onVerdict, this.#onDefect);
  }

  readonly #onVerdict = (verdict: Verdict): void => {
    this.#verdict = verdict;
    if (this.#callerGone) {
      this.#finish(true);
    } else if (verdict.kind === 'reply') {
      this.#answer(verdict);
    } else if (verdict.kind === 'hold') {
      this.#hold.begin(verdict, this.#request);
      if (this.#hold.active) this.#caller.resumeBody();
    } else {
      this.#forward = verdict;
      this.#retry.begin(verdict);
      this.#send(verdict, false);
    }
  };

  /** The handler or a verdict broke the contract of the seam: nothing is forwarded, and the caller is cut off. */
  readonly #onDefect = (error: unknown): void => {
    this.#context.log.error({ err: error }, 'gateway transport: an exchange could not be carried out');
    this.#abort();
  };

  /** More of a body is wanted before anything is sent; or what came of it is no body. */
  readonly #onHeld = (problem: string): void => {
    if (problem !== '') return void this.#refuse(400, problem);
    this.acceptsBody = this.#hold.active;
    if (this.#hold.active) this.#patience.awaitBody();
    else this.#patience.end();
  };

  #send(forward: Forward, fresh: boolean): void {
    this.#outgoing.prepare(forward, this.#request);
    this.#patience.await('connection', forward.timeouts.connectMilliseconds);
    if (!this.#context.pool.acquire(forward.upstream, this, fresh)) this.#fail('saturated');
  }

  onUpstreamAssigned(connection: UpstreamConnection): void {
    this.#slot.connection = connection;
    if (connection.connected) this.onUpstreamConnected();
  }

  onUpstreamConnected(): void {
    const socket = this.#slot.connection?.socket;
    if (socket === undefined) return;
    const { body, heldBytes } = this.#outgoing;
    if (body.done || heldBytes > 0) this.#outgoing.sendHead(socket);
    if (body.done) {
      this.#patience.awaitResponse(this.#forward);
    } else {
      this.acceptsBody = true;
      this.#patience.awaitBody();
      this.#caller.resumeBody();
    }
  }

  /** Called when the bytes at hand are used up: the head goes out alone if no piece of the body took it along. */
  flushRequest(): void {
    const upstream = this.#slot.connection;
    if (upstream === undefined || !upstream.connected || !this.#outgoing.headPending) return;
    this.#outgoing.sendHead(upstream.socket);
    // RFC 9110 §10.1.1: we take the expectation on ourselves, now that there is somewhere to send the body.
    if (this.#request.expectsContinue) this.#context.out.say(this.#caller.socket, CONTINUE);
  }

  /** Relays request body. @returns the position after what it used. */
  onRequestBytes(bytes: Buffer, at: number, end: number): number {
    if (this.#hold.active) return this.#hold.take(bytes, at, end);
    const socket = this.#slot.connection?.socket;
    if (socket === undefined) return end;
    const next = this.#outgoing.relay(socket, bytes, at, end);
    const { done, problem } = this.#outgoing.body;
    if (problem !== '') {
      this.#refuse(400, `in the chunked body, ${problem}`);
      return end;
    }
    this.acceptsBody = !done && !socket.writableNeedDrain;
    if (this.acceptsBody) this.#patience.awaitBody();
    else this.#patience.awaitResponse(this.#forward);
    return next;
  }

  onUpstreamDrain(): void {
    if (this.#outgoing.body.done) return;
    this.acceptsBody = true;
    this.#patience.awaitBody();
    this.#caller.resumeBody();
  }

  onUpstreamBytes(bytes: Buffer, start: number, end: number): void {
    const forward = this.#forward;
    const upstream = this.#slot.connection;
    if (forward === undefined || upstream === undefined) return;
    const response = this.#response;
    response.receive(upstream, this.#terms(forward), bytes, start, end);
    if (response.problem !== '') {
      const { origin } = forward.upstream;
      this.#context.log.warn({ origin, problem: response.problem }, 'gateway transport: bad response of an upstream');
      this.#fail('bad_response');
    } else if (response.withheld !== 0) {
      this.#withhold(forward);
    } else if (response.afterUpgrade !== undefined) {
      this.#handOver(forward, upstream, response.afterUpgrade);
    } else if (response.done) {
      this.#complete();
    } else if (response.status !== 0 && this.#caller.socket.writableNeedDrain) {
      // Before its head he is behind with answers before it: `onCallerDrain` would not know whom to wake.
      upstream.socket.pause();
      this.#patience.await('caller', this.#context.limits.callerStallMilliseconds);
    } else if (response.status !== 0) {
      this.#patience.await('response body', forward.timeouts.idleMilliseconds);
    }
  }

  /** A request that is answered before it was read leaves the connection in the middle of a body. */
  #terms(forward: Forward): ResponseTerms {
    const closeAfter = this.#closeAfter || this.#caller.closesAfterThis || !this.#outgoing.body.done;
    return { request: this.#request, forward, closeAfter };
  }

  /** Both sides speak WebSocket from here on, and a tunnel is what is left of the exchange. */
  #handOver(forward: Forward, upstream: UpstreamConnection, rest: Buffer): void {
    this.#written = true;
    this.#slot.connection = undefined;
    this.#tunnel = new Tunnel(this.#context, this.#caller, upstream, forward, (aborted) => this.#finish(aborted));
    this.#tunnel.begin(rest);
  }

  /** The response is wholly written; the exchange ends when the caller's socket has room for the next one. */
  #complete(): void {
    this.#written = true;
    this.acceptsBody = false;
    this.#slot.giveBack(this.#response.reusable && this.#outgoing.body.done);
    if (this.#caller.socket.writableNeedDrain)
      this.#patience.await('caller', this.#context.limits.callerStallMilliseconds);
    else this.#end();
  }

  #end(): void {
    this.#finish(false);
    this.#caller.onExchangeEnded(this.#closeAfter || this.#response.closeAfter, this.#outgoing.body);
  }

  onCallerDrain(): void {
    if (this.#ended) return;
    if (this.#written) {
      this.#end();
    } else if (this.#forward !== undefined && this.#response.status !== 0) {
      this.#patience.await('response body', this.#forward.timeouts.idleMilliseconds);
      this.#slot.connection?.socket.resume();
    }
  }

  onCallerGone(): void {
    this.#callerGone = true;
    // Without a verdict there is nobody to tell yet.
    if (this.#verdict === undefined) return;
    this.#dropUpstream();
    this.#finish(true);
  }

  /** Nothing of what the upstream said may be had, or another one is asked. It has done its part. */
  #withhold(forward: Forward): void {
    const { responseMask } = forward;
    this.#patience.end();
    if (this.#retry.passedOver(this.#slot, () => this.#send(forward, false))) return;
    this.#dropUpstream();
    if (responseMask !== undefined) this.#answerInstead(responseMask.refusal(this.#response.withheld));
  }

  onUpstreamEnd(): void {
    const forward = this.#forward;
    if (forward === undefined) return;
    if (this.#response.endOfStream(this.#terms(forward))) this.#complete();
    else if (this.#response.withheld !== 0) this.#withhold(forward);
    else this.#onUpstreamLost();
  }

  onUpstreamGone(connected: boolean): void {
    if (connected) this.#onUpstreamLost();
    else this.#fail('connect');
  }

  #onUpstreamLost(): void {
    const forward = this.#forward;
    if (forward === undefined || this.#ended || this.#written) return;
    if (this.#retry.wasStale(this.#slot.connection, forward, this.#request)) {
      this.#dropUpstream();
      this.#send(forward, true);
    } else {
      this.#fail('reset');
    }
  }

  /** Answered in the upstream's place while nothing was sent, else cut so that nobody takes it for complete. */
  #fail(failure: UpstreamFailure): void {
    const forward = this.#forward;
    if (forward === undefined || this.#ended || this.#written) return;
    this.#patience.end();
    if (this.#response.status !== 0) {
      this.#failure = failure;
      return void this.#abort();
    }
    this.#dropUpstream();
    if (this.#retry.try(failure, forward, this.#request, () => this.#send(forward, false))) return;
    this.#failure = failure;
    this.#answerInstead(forward.failure(failure));
  }

  #answerInstead(reply: Reply): void {
    this.#verdict = reply;
    this.#answer(reply);
  }

  /** The caller broke the rules in the middle of a body. */
  #refuse(status: ProtocolErrorStatus, reason: string): void {
    if (this.#response.status !== 0) return void this.#abort();
    this.#dropUpstream();
    this.#closeAfter = true;
    // The record stays the verdict's: this reply only lends its words.
    this.#answer(this.#context.errors.malformed(reason, status));
  }

  #answer(reply: Reply): void {
    this.#closeAfter ||= this.#caller.closesAfterThis || !this.#outgoing.canSkipRest(this.#request);
    this.#answered = reply.status;
    const head = { method: this.#request.method, connectionLine: connectionLine(this.#request, this.#closeAfter) };
    this.#answeredBytes = sendReply(this.#context, this.#caller.socket, reply, head);
    this.#complete();
  }

  #abort(): void {
    this.#dropUpstream();
    this.#finish(true);
    this.#caller.cut();
  }

  #dropUpstream(): void {
    this.acceptsBody = false;
    this.#slot.drop(this.#forward, this);
  }

  #finish(aborted: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.acceptsBody = false;
    this.#patience.end();
    this.#retry.end();
    this.#hold.end();
    this.#response.end();
    if (!this.#caller.countsExchanges) this.#context.exchanges -= 1;
    recordOutcome(this.#context.log, this.#verdict, this.#failure, {
      status: this.#answered || this.#response.status,
      bytesIn: this.#outgoing.bytesIn + (this.#tunnel?.bytesIn ?? 0),
      bytesOut: this.#answeredBytes + this.#response.bytesOut + (this.#tunnel?.bytesOut ?? 0),
      durationMilliseconds: millisecondsSince(this.#request.receivedAt),
      aborted,
    });
  }

  checkDeadline(now: number): void {
    if (this.#review.refuses(this.#forward, now)) this.#abort();
    if (this.#retry.isOver(now)) this.#fail('timeout');
    const late = this.#patience.late(now);
    if (late === 'request body') this.#refuse(408, 'the request body did not arrive in time');
    else if (late === 'caller') this.#abort();
    else if (late === 'connection') this.#fail(this.#slot.connection === undefined ? 'saturated' : 'connect');
    else if (late !== undefined) this.#fail('timeout');
  }
}
