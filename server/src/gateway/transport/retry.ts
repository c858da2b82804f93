import type { Forward, UpstreamFailure } from '../exchange.ts';
import { isHarmlessTwice } from './harmless-twice.ts';
import { mayRepeat } from './may-repeat.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import type { RequestRelay } from './request-relay.ts';
import type { ResponseRelay } from './response-relay.ts';
import { NEVER, type Ticker } from './ticker.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamSlot } from './upstream-slot.ts';

/** Further tries of one exchange, at the same or other targets: whether there is one, when it begins, and when all are over. */
export class Retry {
  readonly #ticker: Ticker;
  readonly #outgoing: RequestRelay;
  readonly #response: ResponseRelay;
  #deadline = NEVER;
  #timer: NodeJS.Timeout | undefined;
  #repeated = false;

  constructor(ticker: Ticker, outgoing: RequestRelay, response: ResponseRelay) {
    this.#ticker = ticker;
    this.#outgoing = outgoing;
    this.#response = response;
  }

  /** The first try begins. */
  begin({ timeouts: { totalMilliseconds } }: Forward): void {
    this.#repeated = false;
    this.#deadline = totalMilliseconds === undefined ? NEVER : this.#ticker.after(totalMilliseconds);
  }

  /** The time for everything is up. True once. */
  isOver(now: number): boolean {
    if (now < this.#deadline) return false;
    this.#deadline = NEVER;
    clearTimeout(this.#timer);
    return true;
  }

  /** Was the request lost to a kept connection that closed, so that a fresh one will do? True once. */
  wasStale(connection: UpstreamConnection | undefined, forward: Forward, request: ParsedRequest): boolean {
    if (this.#repeated || !mayRepeat(request, forward, connection, this.#response)) return false;
    this.#repeated = true;
    return true;
  }

  /**
   * Tries again, if that can do no harm and the pipeline wants it: nothing was sent, or it is idempotent (RFC 9110 §9.2.2),
   * has no body of which a part would be gone, and no byte of a response has come. Who was too slow is not asked again.
   * @returns whether `again` is or will be called.
   */
  try(failure: UpstreamFailure, forward: Forward, request: ParsedRequest, again: () => void): boolean {
    const [outgoing, response] = [this.#outgoing, this.#response];
    // What was held of the body still is: it goes out with the head.
    const unsent = (failure === 'connect' || failure === 'saturated') && outgoing.headPending;
    const harmless = failure === 'reset' && !response.anyBytes && isHarmlessTwice(request, forward);
    if (!(unsent || harmless)) return false;
    const wait = forward.retry?.(failure);
    if (wait === undefined) return false;
    this.#later(wait, again);
    return true;
  }

  /**
   * Tries again in place of a response that was withheld for that. Its connection is kept where all of it has come, and
   * ended otherwise. @returns whether it was, and `again` is or will be called.
   */
  passedOver(slot: UpstreamSlot, again: () => void): boolean {
    const { retryAfter, reusable } = this.#response;
    if (retryAfter === undefined) return false;
    slot.giveBack(reusable);
    this.#response.reset();
    this.#later(retryAfter, again);
    return true;
  }

  #later(milliseconds: number, again: () => void): void {
    if (milliseconds === 0) again();
    else this.#timer = setTimeout(again, milliseconds);
  }

  /** The exchange is over. */
  end(): void {
    this.#deadline = NEVER;
    clearTimeout(this.#timer);
  }
}
