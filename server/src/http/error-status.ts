import type { ErrorCategory } from '#base';

/** The one place where a kind of failure becomes an HTTP status (RFC 9110 §15, RFC 6585). */
const STATUS: Readonly<Record<ErrorCategory, number>> = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  precondition_required: 428,
  too_large: 413,
  rate_limited: 429,
  upstream_failed: 502,
  upstream_timeout: 504,
  unavailable: 503,
  internal: 500,
};

export function statusOf(category: ErrorCategory): number {
  return STATUS[category];
}
