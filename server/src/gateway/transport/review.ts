import type { Forward } from '../exchange.ts';
import type { Ticker } from './ticker.ts';

const REVIEW_MILLISECONDS = 1000;

/** Asks, once a second and never of what is over sooner, whether an exchange may go on. */
export class Review {
  readonly #ticker: Ticker;
  #at = 0;

  constructor(ticker: Ticker) {
    this.#ticker = ticker;
  }

  begin(): void {
    this.#at = this.#ticker.after(REVIEW_MILLISECONDS);
  }

  refuses(forward: Forward | undefined, now: number): boolean {
    if (now < this.#at) return false;
    this.#at = now + REVIEW_MILLISECONDS;
    return forward?.stillAllowed?.() === false;
  }
}
