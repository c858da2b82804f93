import type { Socket } from 'node:net';
import { BodyReader } from './body-reader.ts';
import { BodyRelay } from './body-relay.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import type { SendBuffer } from './send-buffer.ts';
import type { Ticker } from './ticker.ts';
import type { TransportContext } from './transport-context.ts';
import type { TransportLimits } from './transport-limits.ts';

/** The way there: the upstream's request head, then the caller's body, framed anew. */
export class RequestRelay {
  /** What the caller sends; its state outlives the exchange when the rest of it must be skipped. */
  readonly body = new BodyReader();
  readonly #out: SendBuffer;
  readonly #relay: BodyRelay;
  #unsentHead = '';
  readonly #ticker: Ticker;
  readonly #limits: TransportLimits;
  /** Since when it is the caller's turn, and how long it was in all. */
  #turnBeganAt = 0;
  #turnsMilliseconds = 0;

  constructor({ out, ticker, limits }: Pick<TransportContext, 'out' | 'ticker' | 'limits'>) {
    this.#out = out;
    this.#relay = new BodyRelay(out);
    this.#ticker = ticker;
    this.#limits = limits;
  }

  begin(request: ParsedRequest): void {
    const chunked = request.hasBody && request.contentLength === undefined;
    this.#unsentHead = '';
    this.#turnsMilliseconds = 0;
    this.#relay.begin(chunked);
    if (chunked) this.body.expectChunks();
    else this.body.expectLength(request.contentLength ?? 0);
  }

  /** Sets the head to be sent, alone or together with the first piece of the body. */
  prepare(head: string): void {
    this.#unsentHead = head;
  }

  get headPending(): boolean {
    return this.#unsentHead !== '';
  }

  get bytesIn(): number {
    return this.#relay.relayed;
  }

  /** It is the caller's turn to send. @returns how long he may take for the next piece. */
  beginTurn(): number {
    const { bodyIdleMilliseconds, bodyBytesPerSecondMin } = this.#limits;
    this.#turnBeganAt = this.#ticker.now;
    const earned = (this.bytesIn * 1000) / bodyBytesPerSecondMin;
    return Math.max(0, bodyIdleMilliseconds + Math.min(0, earned - this.#turnsMilliseconds));
  }

  sendHead(socket: Socket): void {
    // Through the slab like everything else: a string handed to the socket is copied to a new buffer for each write.
    this.#out.open(socket);
    this.#out.text(this.#unsentHead);
    this.#out.send();
    this.#unsentHead = '';
  }

  /** Relays what is body in `bytes[at, end)`. @returns where it stopped; `body` tells why. */
  relay(socket: Socket, bytes: Buffer, at: number, end: number): number {
    this.#turnsMilliseconds += this.#ticker.now - this.#turnBeganAt;
    this.#turnBeganAt = this.#ticker.now;
    this.#out.open(socket);
    this.#out.text(this.#unsentHead);
    this.#unsentHead = '';
    const next = this.#relay.relay(this.body, bytes, at, end);
    this.#out.send();
    return next;
  }
}
