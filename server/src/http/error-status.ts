import type { ErrorCategory } from '#base';

/** The one place where a kind of failure becomes an HTTP status (RFC 9110 §15, RFC 6585). */
export const STATUS_OF_CATEGORY: Readonly<Record<ErrorCategory, number>> = {
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

/** Failures that only HTTP knows, and for which it has a status of their own. */
export const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  /** Of the control plane, and of the gateway, which answers by a table of its own. */
  method_unsupported: 405,
  method_not_allowed: 405,
  request_timeout: 408,
  url_too_long: 414,
  media_type_unsupported: 415,
  head_too_large: 431,
};

export function statusOf(category: ErrorCategory, code = ''): number {
  return STATUS_OF_CODE[code] ?? STATUS_OF_CATEGORY[category];
}
