/**
 * Does `Retry-After` (RFC 9110 §10.2.3), seconds or a date, say to come back later than now? What is neither says nothing.
 * @param now milliseconds since 1970.
 */
export function asksToWait(retryAfter: string | undefined, now: number): boolean {
  if (retryAfter === undefined) return false;
  if (/^\d{1,10}$/.test(retryAfter)) return Number(retryAfter) > 0;
  return retryAfter.endsWith(' GMT') && Date.parse(retryAfter) > now;
}
