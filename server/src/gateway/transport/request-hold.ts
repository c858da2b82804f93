import type { Hold, Verdict } from '../exchange.ts';
import { askHandler } from './ask-handler.ts';
import type { CallerSide } from './caller-side.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import type { RequestRelay } from './request-relay.ts';
import type { TransportContext } from './transport-context.ts';

/** RFC 9110 §10.1.1: whoever waits to be asked for his body. */
export const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** The exchange whose body it is. */
export interface HoldingExchange {
  onVerdict(verdict: Verdict): void;
  onDefect(error: unknown): void;
  /** More is wanted, or no more; or what came is malformed, in these words. */
  onHeld(problem: string): void;
}

/** While the pipeline wants to see a request's body: takes it in up to the limit, then asks what is to become of it. */
export class RequestHold {
  readonly #context: TransportContext;
  readonly #caller: CallerSide;
  readonly #outgoing: RequestRelay;
  readonly #exchange: HoldingExchange;
  #hold: Hold | undefined;
  #request: ParsedRequest | undefined;

  constructor(context: TransportContext, caller: CallerSide, outgoing: RequestRelay, exchange: HoldingExchange) {
    this.#context = context;
    this.#caller = caller;
    this.#outgoing = outgoing;
    this.#exchange = exchange;
  }

  /** Is more of the body wanted? */
  get active(): boolean {
    return this.#hold !== undefined;
  }

  begin(hold: Hold, request: ParsedRequest): void {
    this.#hold = hold;
    this.#request = request;
    if (this.#outgoing.body.done) this.#complete(hold);
    else if ((request.contentLength ?? 0) > hold.bytesMax) this.#ask(() => hold.incomplete('too_large'));
    else {
      if (request.expectsContinue) this.#context.out.say(this.#caller.socket, CONTINUE);
      this.#exchange.onHeld('');
    }
  }

  /** @returns the position after what it used. */
  take(bytes: Buffer, at: number, end: number): number {
    const [hold, outgoing] = [this.#hold, this.#outgoing];
    if (hold === undefined) return at;
    const next = outgoing.hold(bytes, at, end);
    const { body, heldBytes } = outgoing;
    const { heldBodies, limits } = this.#context;
    if (body.problem !== '') {
      this.end();
      this.#exchange.onHeld(`in the chunked body, ${body.problem}`);
      return end;
    }
    if (heldBytes > hold.bytesMax) this.#ask(() => hold.incomplete('too_large'));
    else if (heldBodies.bytes > limits.heldBodiesBytesMax) this.#ask(() => hold.incomplete('no_room'));
    else if (body.done) this.#complete(hold);
    else this.#exchange.onHeld('');
    return next;
  }

  end(): void {
    this.#outgoing.dropHeld();
    this.#hold = undefined;
  }

  #complete(hold: Hold): void {
    this.#ask(() => hold.complete(this.#outgoing.heldBody()));
  }

  #ask(question: () => Verdict | Promise<Verdict>): void {
    const request = this.#request;
    this.#hold = undefined;
    this.#exchange.onHeld('');
    if (request !== undefined) askHandler(question, request, this.#exchange.onVerdict, this.#exchange.onDefect);
  }
}
