import type { Limit, LimitOutcome } from './limit.ts';

/**
 * RateLimit header fields for HTTP, draft-ietf-httpapi-ratelimit-headers-10: structured fields (RFC 9651), with the name
 * of the policy as an sf-string, quota `q` in units `qu` per window `w` seconds, `r` remaining and `t` seconds until reset.
 */

/** Every limit that applies, as `RateLimit-Policy`. The same for every request: made once. */
export function rateLimitPolicy(limits: readonly Limit[]): string {
  return limits.map((limit) => `"${limit.name}";q=${limit.requests}${PARAMETERS[limit.form](limit)}`).join(', ');
}

/** The draft has no word for a burst or a calendar; parameters of one's own carry a vendor prefix (§3.1). */
const PARAMETERS: Record<Limit['form'], (limit: Limit) => string> = {
  bucket: ({ requests, perSeconds, burst }) =>
    `;w=${perSeconds}${burst === requests ? '' : `;gatehouse-burst=${burst}`}`,
  window: ({ perSeconds }) => `;w=${perSeconds}`,
  // A month is as long as it is: `t` tells when it ends.
  quota: ({ per }) => (per === 'day' ? ';w=86400' : ';gatehouse-per="month"'),
  concurrency: () => ';qu="concurrent-requests"',
};

/** The tightest limit, as `RateLimit`: what is the same for every request, with {@link rateLimitNumbers} behind it. */
export function rateLimitStart({ name }: Limit): string {
  return `"${name}";r=`;
}

/** With a refusal, `t` is the instant of Retry-After (§4). */
export function rateLimitNumbers({ limit, remaining, resetSeconds, allowed }: LimitOutcome): string {
  return allowed && limit.form === 'concurrency' ? `${remaining}` : `${remaining};t=${resetSeconds}`;
}
