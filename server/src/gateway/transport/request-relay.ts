import type { Socket } from 'node:net';
import type { Forward } from '../exchange.ts';
import { BodyReader } from './body-reader.ts';
import { BodyRelay, LAST_CHUNK } from './body-relay.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import { writeRequestHead } from './request-head-writer.ts';
import type { SendBuffer } from './send-buffer.ts';
import { NEVER, type Ticker } from './ticker.ts';
import type { TransportContext } from './transport-context.ts';
import type { TransportLimits } from './transport-limits.ts';

const SENT: readonly string[] = [];

/** The way there: the upstream's request head, then the caller's body, framed anew. */
export class RequestRelay {
  /** What the caller sends; its state outlives the exchange when the rest of it must be skipped. */
  readonly body = new BodyReader();
  readonly #out: SendBuffer;
  readonly #relay: BodyRelay;
  #unsentHead: readonly string[] = SENT;
  readonly #ticker: Ticker;
  readonly #limits: TransportLimits;
  readonly #heldBodies: TransportContext['heldBodies'];
  /** What was taken in before there was anybody to send it to. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Since when it is the caller's turn, and how long it was in all. */
  #turnBeganAt = 0;
  #turnsMilliseconds = 0;

  constructor({ out, ticker, limits, heldBodies }: Pick<TransportContext, 'out' | 'ticker' | 'limits' | 'heldBodies'>) {
    this.#out = out;
    this.#relay = new BodyRelay(out);
    this.#ticker = ticker;
    this.#limits = limits;
    this.#heldBodies = heldBodies;
  }

  begin(request: ParsedRequest): void {
    const chunked = request.hasBody && request.contentLength === undefined;
    this.#unsentHead = SENT;
    this.#turnsMilliseconds = 0;
    this.#relay.begin(chunked);
    if (chunked) this.body.expectChunks();
    else this.body.expectLength(request.contentLength ?? 0);
  }

  /**
   * Sets the head to be sent, alone or together with the first piece of the body.
   * @throws when it can't be written: a defect of the pipeline.
   */
  prepare(forward: Forward, request: ParsedRequest): void {
    const head = writeRequestHead(forward, request);
    if (head === undefined) throw new TypeError('the verdict holds a header that cannot be written');
    this.#unsentHead = head;
  }

  get headPending(): boolean {
    return this.#unsentHead !== SENT;
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

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes in what is body in `bytes[at, end)`, to be sent behind the head. @returns where it stopped; `body` tells why. */
  hold(bytes: Buffer, at: number, end: number): number {
    const { body } = this;
    this.#countTurn();
    let next = at;
    while (next < end && !body.done && body.problem === '') {
      next = body.step(bytes, next, end);
      const size = body.dataEnd - body.dataStart;
      if (body.problem !== '' || size === 0) continue;
      // The caller's bytes are read into the same memory again.
      this.#held.push(Buffer.from(bytes.subarray(body.dataStart, body.dataEnd)));
      this.#heldBytes += size;
      this.#heldBodies.bytes += size;
      this.#relay.relayed += size;
    }
    return next;
  }

  /** All that is held, in one piece. */
  heldBody(): Buffer {
    const [first, ...others] = this.#held;
    if (first !== undefined && others.length === 0) return first;
    const whole = Buffer.concat(this.#held);
    // An empty piece would be written as the last chunk.
    if (whole.length > 0) this.#held = [whole];
    return whole;
  }

  /** What is left of a short body is skipped. After Expect nobody knows whether it will come (RFC 9110 §10.1.1). */
  canSkipRest({ contentLength, expectsContinue }: ParsedRequest): boolean {
    return this.body.done || (!expectsContinue && (contentLength ?? NEVER) <= this.#limits.discardBytesMax);
  }

  dropHeld(): void {
    if (this.#held.length === 0) return;
    this.#heldBodies.bytes -= this.#heldBytes;
    this.#held = [];
    this.#heldBytes = 0;
  }

  sendHead(socket: Socket): void {
    // Through the slab like everything else: a string handed to the socket is copied to a new buffer for each write.
    this.#out.open(socket);
    this.#writeHead();
    for (const piece of this.#held) this.#relay.write(piece, 0, piece.length);
    if (this.body.done && this.#relay.chunkedOut) this.#out.text(LAST_CHUNK);
    this.#out.send();
    this.dropHeld();
  }

  #writeHead(): void {
    for (const piece of this.#unsentHead) this.#out.text(piece);
    this.#unsentHead = SENT;
  }

  #countTurn(): void {
    this.#turnsMilliseconds += this.#ticker.now - this.#turnBeganAt;
    this.#turnBeganAt = this.#ticker.now;
  }

  /** Relays what is body in `bytes[at, end)`. @returns where it stopped; `body` tells why. */
  relay(socket: Socket, bytes: Buffer, at: number, end: number): number {
    this.#countTurn();
    this.#out.open(socket);
    this.#writeHead();
    const next = this.#relay.relay(this.body, bytes, at, end);
    this.#out.send();
    return next;
  }
}
