import type { Socket } from 'node:net';
import { BodyReader } from './body-reader.ts';
import { BodyRelay } from './body-relay.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import type { SendBuffer } from './send-buffer.ts';

/** The way there: the upstream's request head, then the caller's body, framed anew. */
export class RequestRelay {
  /** What the caller sends; its state outlives the exchange when the rest of it must be skipped. */
  readonly body = new BodyReader();
  readonly #out: SendBuffer;
  readonly #relay: BodyRelay;
  #unsentHead = '';

  constructor(out: SendBuffer) {
    this.#out = out;
    this.#relay = new BodyRelay(out);
  }

  begin(request: ParsedRequest): void {
    const chunked = request.hasBody && request.contentLength === undefined;
    this.#unsentHead = '';
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

  sendHead(socket: Socket): void {
    // Through the slab like everything else: a string handed to the socket is copied to a new buffer for each write.
    this.#out.open(socket);
    this.#out.text(this.#unsentHead);
    this.#out.send();
    this.#unsentHead = '';
  }

  /** Relays what is body in `bytes[at, end)`. @returns where it stopped; `body` tells why. */
  relay(socket: Socket, bytes: Buffer, at: number, end: number): number {
    this.#out.open(socket);
    this.#out.text(this.#unsentHead);
    this.#unsentHead = '';
    const next = this.#relay.relay(this.body, bytes, at, end);
    this.#out.send();
    return next;
  }
}
