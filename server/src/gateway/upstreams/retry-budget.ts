/** Saved up at most: what may be retried in one go after a quiet time. */
const SAVED_MAX = 10;

/**
 * Each request earns a part of a retry, so that retries never become the load: of n requests at most budget × n are
 * retried, and ten besides.
 */
export class RetryBudget {
  #saved = SAVED_MAX;

  earn(budget: number): void {
    this.#saved = Math.min(SAVED_MAX, this.#saved + budget);
  }

  spend(): boolean {
    // A tenth earned ten times is not quite one.
    if (this.#saved < 1 - 1e-9) return false;
    this.#saved -= 1;
    return true;
  }
}
