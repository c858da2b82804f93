import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ProtocolErrorStatus } from '../exchange.ts';
import type { PeerCertificate } from '../peer-certificate.ts';
import { adoptAccepted } from './adopt-socket.ts';
import type { BodyReader } from './body-reader.ts';
import type { CallerExchange, CallerSide } from './caller-side.ts';
import { CR, LF } from './character-classes.ts';
import { ExchangeRunner } from './exchange-runner.ts';
import { COMPLETE, INCOMPLETE } from './field-lines.ts';
import { HeldBytes } from './held-bytes.ts';
import { KnownFields } from './known-fields.ts';
import { millisecondsSince } from './record-outcome.ts';
import { writeReply } from './reply-writer.ts';
import type { PeerFacts } from './request-head-parser.ts';
import type { TransportContext } from './transport-context.ts';

/**
 * One connection from a caller: requests come in order, one exchange at a time (RFC 9112 §9.3.2); what is sent ahead is
 * held, up to a limit, then left in the kernel.
 */
export class CallerConnection implements CallerSide, PeerFacts {
  readonly countsExchanges = false;
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly encrypted: boolean;
  readonly certificate: PeerCertificate | undefined;
  readonly knownFields: KnownFields;
  readonly #context: TransportContext;
  readonly #onClosed: (connection: CallerConnection) => void;
  readonly #held = new HeldBytes();
  #runner: ExchangeRunner | undefined;
  /** The runner, or what it became, while an exchange is under way. */
  #exchange: CallerExchange | undefined;
  /** The rest of a body that was answered without being read. */
  #skipping: BodyReader | undefined;
  #requests = 0;
  /** Has a part of a head come? */
  #headBegun = false;
  #emptyLineSkipped = false;
  #consuming = false;
  #closing = false;
  #deadline: number;

  constructor(
    context: TransportContext,
    accepted: Socket,
    facts: PeerFacts,
    onClosed: (connection: CallerConnection) => void,
  ) {
    this.#context = context;
    this.#onClosed = onClosed;
    this.#deadline = context.ticker.after(context.limits.headMilliseconds);
    this.remoteAddress = facts.remoteAddress;
    this.encrypted = facts.encrypted;
    this.certificate = facts.certificate;
    this.knownFields = new KnownFields(context.linesOfPeers, facts);
    this.socket = adoptAccepted(accepted, context.turn, (bytes, start, end) => this.#receive(bytes, start, end));
    this.socket.on('drain', () => this.#exchange?.onCallerDrain());
    this.socket.on('end', () => this.#onEnd());
    // The close event follows, and is all that matters.
    this.socket.on('error', () => {});
    this.socket.once('finish', () => this.#linger());
    this.socket.once('close', () => this.#onClose());
  }

  get closesAfterThis(): boolean {
    return this.#context.draining || this.#requests + 1 >= this.#context.limits.requestsPerConnectionMax;
  }

  #receive(bytes: Buffer, start: number, end: number): void {
    if (this.#closing) return;
    const held = this.#held;
    if (held.length === 0) {
      const next = this.#consume(bytes, start, end);
      if (next < end && !this.#closing) held.append(bytes, next, end);
    } else {
      const partOfHead = this.#exchange === undefined && this.#skipping === undefined;
      // After the request line a head is parsed again only when a line has ended, or should have: sent byte by byte, its up
      // to 32 KiB cost no more than its lines.
      const nothingNew =
        partOfHead &&
        held.bytes[held.end - 1] !== CR &&
        !hasByte(CR, bytes, start, end) &&
        !hasByte(LF, bytes, start, end) &&
        hasByte(LF, held.bytes, held.start, held.end);
      held.append(bytes, start, end);
      if (nothingNew && held.length < this.#context.limits.headBytesMax) return;
      held.consumeTo(this.#consume(held.bytes, held.start, held.end));
    }
    this.#afterConsuming();
  }

  #resumeHeld(): void {
    const held = this.#held;
    if (held.length > 0) held.consumeTo(this.#consume(held.bytes, held.start, held.end));
    this.#afterConsuming();
  }

  #afterConsuming(): void {
    this.#exchange?.flushRequest();
    const { socket } = this;
    if (this.#closing) this.#held.clear();
    const full = this.#exchange !== undefined && this.#held.length >= this.#context.limits.heldBytesMax;
    if (full) socket.pause();
    else if (socket.isPaused()) socket.resume();
  }

  /** Uses up what it can. @returns the position from which bytes must be held. */
  #consume(bytes: Buffer, start: number, end: number): number {
    this.#consuming = true;
    let at = start;
    while (at < end) {
      if (this.#closing) {
        at = end;
      } else if (this.#exchange !== undefined) {
        if (!this.#exchange.acceptsBody) break;
        at = this.#exchange.onRequestBytes(bytes, at, end);
      } else if (this.#skipping !== undefined) {
        at = this.#skip(this.#skipping, bytes, at, end);
      } else {
        const next = this.#consumeHead(bytes, at, end);
        if (next === -1) break;
        at = next;
      }
    }
    this.#consuming = false;
    return at;
  }

  /** @returns the position after the head, or -1 while it is incomplete. */
  #consumeHead(bytes: Buffer, start: number, end: number): number {
    const { requestHeads, limits, ticker } = this.#context;
    let at = start;
    if (bytes[at] === CR && !this.#emptyLineSkipped) {
      // RFC 9112 §2.2: one empty line before a request line is ignored; some clients end a body with one too many.
      if (at + 1 === end) return -1;
      if (bytes[at + 1] === LF) {
        this.#emptyLineSkipped = true;
        at += 2;
        if (at === end) return at;
      }
    }
    const result = requestHeads.parse(bytes, at, end, this);
    const { request } = requestHeads;
    if (result === COMPLETE && request !== undefined) {
      this.#headBegun = false;
      this.#emptyLineSkipped = false;
      // Taken before the handler runs: it may answer at once, and the next head is parsed into the same place.
      const next = requestHeads.headEnd;
      this.#runner ??= new ExchangeRunner(this.#context, this, request);
      this.#exchange = this.#runner;
      this.#runner.begin(request);
      return next;
    }
    if (result === INCOMPLETE) {
      if (!this.#headBegun) this.#deadline = ticker.after(limits.headMilliseconds);
      this.#headBegun = true;
      // An empty line that was skipped stays skipped: what is held begins with the request line.
      return at === start ? -1 : at;
    }
    this.#refuse(requestHeads.refusal.status, requestHeads.refusal.reason);
    return end;
  }

  #skip(body: BodyReader, bytes: Buffer, at: number, end: number): number {
    const next = body.step(bytes, at, end);
    if (body.done) {
      this.#skipping = undefined;
      if (this.#context.draining) this.#close();
      else this.#awaitRequest();
    }
    return next;
  }

  /** Answers what can't be made an exchange, and closes: where the next request would begin is unknown. */
  #refuse(status: ProtocolErrorStatus, reason: string): void {
    const { errors, out, ticker } = this.#context;
    const startedAt = performance.now();
    const reply = errors.malformed(reason, status);
    out.open(this.socket);
    const bytesOut = writeReply(out, reply, {
      method: 'GET',
      httpDate: ticker.httpDate,
      connectionLine: 'connection: close\r\n',
    });
    out.send();
    this.#close();
    reply.onDone({
      status: reply.status,
      bytesIn: 0,
      bytesOut,
      durationMilliseconds: millisecondsSince(startedAt),
      aborted: false,
    });
  }

  resumeBody(): void {
    // Within `#consume` the loop comes round by itself.
    if (!this.#consuming) this.#resumeHeld();
  }

  onExchangeEnded(close: boolean, requestBody: BodyReader): void {
    this.#exchange = undefined;
    this.#requests += 1;
    if (close || this.#context.draining) {
      this.#close();
      return;
    }
    if (requestBody.done) {
      this.#awaitRequest();
    } else {
      this.#skipping = requestBody;
      this.#deadline = this.#context.ticker.after(this.#context.limits.bodyIdleMilliseconds);
    }
    if (!this.#consuming) this.#resumeHeld();
  }

  become(tunnel: CallerExchange): void {
    this.#exchange = tunnel;
    if (this.#context.draining) tunnel.goAway?.();
    else this.resumeBody();
  }

  onTunnelEnded(): void {
    this.#exchange = undefined;
    this.#close();
  }

  #awaitRequest(): void {
    this.#deadline = this.#context.ticker.after(this.#context.limits.keepAliveMilliseconds);
  }

  /** Sends what is written, then the end; reads on until the caller has taken it (RFC 9112 §9.6). */
  #close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#skipping = undefined;
    this.#deadline = this.#context.ticker.after(this.#context.limits.callerStallMilliseconds);
    this.#context.out.flush();
    this.socket.end();
    if (!this.#consuming) {
      this.#held.clear();
      if (this.socket.isPaused()) this.socket.resume();
    }
  }

  /** Everything is with the kernel; closing at once could make it throw away what the caller has not read yet. */
  #linger(): void {
    this.#deadline = this.#context.ticker.after(this.#context.limits.lingerMilliseconds);
  }

  cut(): void {
    this.#closing = true;
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  /** Closes the connection unless a request is under way; one that is finishes with `Connection: close`. */
  drain(): void {
    this.#exchange?.goAway?.();
    if (this.#exchange === undefined && !this.#headBegun && this.#skipping === undefined && !this.#closing)
      this.#close();
  }

  /**
   * The caller has closed, at least his side. While an exchange is under way that means he is gone: a caller who only
   * closed his half can't be told from one who left, and an upstream must not work for nobody (nginx and Node agree).
   */
  #onEnd(): void {
    this.#context.turn.settle();
    if (this.#closing) return;
    this.#context.out.flush();
    this.socket.destroy();
  }

  #onClose(): void {
    this.#context.turn.settle();
    this.#closing = true;
    this.knownFields.end();
    this.#held.clear();
    this.#exchange?.onCallerGone();
    this.#exchange = undefined;
    this.#onClosed(this);
  }

  checkDeadline(now: number): void {
    if (this.#exchange !== undefined) {
      this.#exchange.checkDeadline(now);
      return;
    }
    if (now < this.#deadline) return;
    if (this.#headBegun && !this.#closing) this.#refuse(408, 'the request head did not arrive in time');
    else this.socket.destroy();
  }
}

function hasByte(byte: number, bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === byte) return true;
  return false;
}
