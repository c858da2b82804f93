import type { Forward } from '../exchange.ts';
import type { RequestRelay } from './request-relay.ts';
import type { ResponseRelay } from './response-relay.ts';
import { NEVER, type Ticker } from './ticker.ts';

/** Who is late when the deadline passes. */
export type Awaited = 'connection' | 'request body' | 'response head' | 'response body' | 'caller';

/** Whom an exchange waits for, and until when. */
export class Patience {
  readonly #ticker: Ticker;
  readonly #outgoing: RequestRelay;
  readonly #response: ResponseRelay;
  #awaited: Awaited = 'connection';
  #deadline = NEVER;

  constructor(ticker: Ticker, outgoing: RequestRelay, response: ResponseRelay) {
    this.#ticker = ticker;
    this.#outgoing = outgoing;
    this.#response = response;
  }

  await(awaited: Awaited, milliseconds: number): void {
    this.#awaited = awaited;
    this.#deadline = this.#ticker.after(milliseconds);
  }

  awaitBody(): void {
    if (this.#response.status === 0) this.await('request body', this.#outgoing.beginTurn());
  }

  /** Also while the upstream does not take the body: that it is late is its fault, not the caller's. */
  awaitResponse(forward: Forward | undefined): void {
    if (this.#response.status === 0) this.await('response head', forward?.timeouts.headersMilliseconds ?? 0);
  }

  end(): void {
    this.#deadline = NEVER;
  }

  /** Told once. */
  late(now: number): Awaited | undefined {
    if (now < this.#deadline) return undefined;
    this.#deadline = NEVER;
    return this.#awaited;
  }
}
