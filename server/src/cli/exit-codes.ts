import { type ErrorCategory, GatehouseError } from '#base';
import { RefusedByServer } from './admin-client.ts';

/** Exit codes mean something, so that a script can branch on them. Documented in docs/guides/cli.md. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  usage: 2,
  unauthenticated: 3,
  forbidden: 4,
  notFound: 5,
  conflict: 6,
  unavailable: 7,
} as const;

const BY_CATEGORY: Partial<Record<ErrorCategory, number>> = {
  invalid_input: EXIT_CODES.usage,
  unauthenticated: EXIT_CODES.unauthenticated,
  forbidden: EXIT_CODES.forbidden,
  not_found: EXIT_CODES.notFound,
  conflict: EXIT_CODES.conflict,
  precondition_failed: EXIT_CODES.conflict,
  precondition_required: EXIT_CODES.conflict,
  unavailable: EXIT_CODES.unavailable,
};

const BY_STATUS: Readonly<Record<number, number>> = {
  400: EXIT_CODES.usage,
  401: EXIT_CODES.unauthenticated,
  403: EXIT_CODES.forbidden,
  404: EXIT_CODES.notFound,
  409: EXIT_CODES.conflict,
  412: EXIT_CODES.conflict,
  428: EXIT_CODES.conflict,
  503: EXIT_CODES.unavailable,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof RefusedByServer) return BY_STATUS[error.status] ?? EXIT_CODES.failed;
  if (error instanceof GatehouseError) return BY_CATEGORY[error.category] ?? EXIT_CODES.failed;
  return EXIT_CODES.failed;
}
