/**
 * Every failure a caller can see. A room declares its errors once, in its own `errors.ts`, with {@link defineErrors};
 * the table is the only list: types, documentation (docs/errors.md, held by a test) and HTTP status derive from it.
 */

/** What kind of failure it is. Only `http/` and the gateway's transport map a category to a status code. */
export type ErrorCategory =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'precondition_required'
  | 'too_large'
  | 'rate_limited'
  | 'upstream_failed'
  | 'upstream_timeout'
  | 'unavailable'
  | 'internal';

export interface ErrorDefinition {
  category: ErrorCategory;
  /** Shown to the caller: one or two sentences that say what is wrong and what to do next. Never holds a secret. */
  message: string;
}

/** One field of the input that was refused. `path` is dotted (`spec.upstream.url`), empty for the whole document. */
export interface FieldError {
  path: string;
  message: string;
}

export interface ErrorOptions {
  /** Replaces the catalogue's message when a more precise one can be said. Public. */
  message?: string;
  /** Fields at fault, for `invalid_input`. Public. */
  fields?: FieldError[];
  /** Extra members for machines, for example `retryAfterSeconds`. Public. */
  details?: Record<string, unknown>;
  /** What really happened. Goes to the log, never to the caller. */
  cause?: unknown;
}

export class GatehouseError extends Error {
  override readonly name = 'GatehouseError';
  readonly code: string;
  readonly category: ErrorCategory;
  readonly fields: FieldError[] | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: string, definition: ErrorDefinition, options: ErrorOptions = {}) {
    super(options.message ?? definition.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.category = definition.category;
    this.fields = options.fields;
    this.details = options.details;
  }
}

export type ErrorCatalogue<Code extends string> = {
  readonly [C in Code]: ((options?: ErrorOptions) => GatehouseError) & ErrorDefinition;
};

/**
 * Declares a room's errors. Each entry becomes a factory: `throw apikeysErrors.key_not_found()`.
 * Codes are snake_case, unique across the whole program (held by a test) and never reused for another meaning.
 */
export function defineErrors<Code extends string>(definitions: Record<Code, ErrorDefinition>): ErrorCatalogue<Code> {
  const entries = Object.entries<ErrorDefinition>(definitions).map(([code, definition]) => [
    code,
    Object.assign((options?: ErrorOptions) => new GatehouseError(code, definition, options), definition),
  ]);
  return Object.freeze(Object.fromEntries(entries)) as ErrorCatalogue<Code>;
}

/** The failures that belong to no room. */
export const baseErrors = defineErrors({
  invalid_input: {
    category: 'invalid_input',
    message: 'The input does not have the expected shape. See `fields` for what to correct.',
  },
  internal_error: {
    category: 'internal',
    message: 'Something went wrong on our side. Nothing was changed. Retry, or give the operator the id of this error.',
  },
  fetch_refused: {
    category: 'invalid_input',
    message:
      'The address may not be fetched from here. Use a public https address, or allow this one in the configuration.',
  },
  fetch_failed: {
    category: 'upstream_failed',
    message:
      'The address could not be fetched. Check that it is reachable and answers within the time and size limits.',
  },
});
