export type BreakerState = 'closed' | 'open' | 'half_open';

/** At most so many times the first time-out, however often it opened in a row. */
const LONGER_MAX = 32;

/**
 * Closed while things work; after some failures in a row open, for a while that doubles each time in a row; then half
 * open: one request at a time tries, and closes it or opens it again. `now` is monotonic milliseconds.
 *
 * One that tries may be a download, a stream of events or a WebSocket, which ends after hours: after the first time-out's
 * time it is no longer waited for, and another one tries as well.
 */
export class Breaker {
  failures = 0;
  /** Times in a row that it opened. */
  opened = 0;
  #openUntil = 0;
  #isOpen = false;
  #trying = false;
  #waitUntil = 0;
  #waitMilliseconds = 0;

  state(now: number): BreakerState {
    if (!this.#isOpen) return 'closed';
    return now < this.#openUntil ? 'open' : 'half_open';
  }

  mayTry(now: number): boolean {
    if (!this.#isOpen) return true;
    return now >= this.#openUntil && (!this.#trying || now >= this.#waitUntil);
  }

  /** A request is sent; one that is not `closed` is the one that tries. */
  begin(now: number): void {
    if (!this.#isOpen) return;
    this.#trying = true;
    this.#waitUntil = now + this.#waitMilliseconds;
  }

  /** @returns whether this closed it. */
  succeeded(): boolean {
    const wasOpen = this.#isOpen;
    this.failures = 0;
    this.opened = 0;
    this.#isOpen = false;
    this.#trying = false;
    return wasOpen;
  }

  /** @returns whether this opened it. */
  failed(now: number, rule: { failures: number; seconds: number }, mayOpen = true): boolean {
    this.failures += 1;
    const tried = this.#trying;
    this.#trying = false;
    if (!mayOpen && !this.#isOpen) return false;
    // What was sent before it opened, and fails later, tells nothing new.
    if (this.#isOpen ? !tried : this.failures < rule.failures) return false;
    this.#isOpen = true;
    this.#waitMilliseconds = rule.seconds * 1000;
    this.#openUntil = now + this.#waitMilliseconds * Math.min(LONGER_MAX, 2 ** this.opened);
    this.opened += 1;
    return true;
  }

  /** The caller went away before anything could be told. */
  unknown(): void {
    this.#trying = false;
  }
}
