const DAY_MILLISECONDS = 86_400_000;

/** From the first issue to the last refresh. */
export const REFRESH_ABSOLUTE_MILLISECONDS = 30 * DAY_MILLISECONDS;
/** RFC 9700 §4.14.2: refresh tokens SHOULD expire when the client has been inactive. */
export const REFRESH_IDLE_MILLISECONDS = 7 * DAY_MILLISECONDS;
/**
 * How long the same request gets the same response again: a reply lost on the way is asked for again at once, and
 * nobody is signed out by a bad network. A thief who is this quick gains nothing he would not have gained by being first.
 */
export const REFRESH_REPEAT_MILLISECONDS = 10_000;
/** RFC 6749 §4.1.2 allows ten minutes; a browser needs a second. */
export const CODE_LIFETIME_MILLISECONDS = 60_000;

export const refreshExpiresAt = (now: number, grantExpiresAt: number): number =>
  Math.min(now + REFRESH_IDLE_MILLISECONDS, grantExpiresAt);
