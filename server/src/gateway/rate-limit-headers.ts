import type { Limit, LimitOutcome } from './limiter.ts';

/**
 * RateLimit header fields for HTTP, draft-ietf-httpapi-ratelimit-headers-10: structured fields (RFC 9651), with the name
 * of the policy as an sf-string, quota `q` per window `w` seconds, `r` remaining and `t` seconds until reset.
 */

/** Every limit that applies, as `RateLimit-Policy`. The same for every request: made once. */
export function rateLimitPolicy(limits: readonly Limit[]): string {
  return limits
    .map(({ name, requests, perSeconds, rule }) => {
      // The draft has no word for a burst; parameters of one's own carry a vendor prefix (§3.1).
      const burst = rule.capacity === requests ? '' : `;gatehouse-burst=${rule.capacity}`;
      return `"${name}";q=${requests};w=${perSeconds}${burst}`;
    })
    .join(', ');
}

/** The tightest limit, as `RateLimit`. With a refusal, `t` is the instant of Retry-After (§4). */
export function rateLimit({ limit, remaining, resetSeconds }: LimitOutcome): string {
  return `"${limit.name}";r=${remaining};t=${resetSeconds}`;
}
