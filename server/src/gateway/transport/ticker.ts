import type { Clock } from '#base';

/**
 * One coarse timer for everything a transport waits for. A deadline is a number that is compared on each tick: setting
 * one costs an assignment, where a timer per request would cost as much as parsing its head.
 */
export class Ticker {
  /** Coarse monotonic time in milliseconds, as of the last tick. */
  now = performance.now();
  /** IMF-fixdate of the last tick (RFC 9110 §5.6.7). */
  httpDate: string;
  readonly #clock: Clock;
  readonly #milliseconds: number;
  readonly #timer: NodeJS.Timeout;
  #dateSecond: number;

  constructor(clock: Clock, milliseconds: number, onTick: (now: number) => void) {
    this.#clock = clock;
    this.#milliseconds = milliseconds;
    this.#dateSecond = Math.floor(clock.now() / 1000);
    this.httpDate = new Date(this.#dateSecond * 1000).toUTCString();
    this.#timer = setInterval(() => {
      this.#advance();
      onTick(this.now);
    }, milliseconds);
    this.#timer.unref();
  }

  /** A deadline so far ahead. One tick is added because `now` may already be that old: never early. */
  after(milliseconds: number): number {
    return this.now + milliseconds + this.#milliseconds;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #advance(): void {
    this.now = performance.now();
    const second = Math.floor(this.#clock.now() / 1000);
    if (second === this.#dateSecond) return;
    this.#dateSecond = second;
    this.httpDate = new Date(second * 1000).toUTCString();
  }
}

/** The deadline of something that may wait for ever. */
export const NEVER = Number.POSITIVE_INFINITY;
