/** Reads what the driver threw. Nothing outside this room knows a SQLSTATE. */

const LOST_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up or shutting down
  '53300', // too_many_connections
  '25P03', // idle_in_transaction_session_timeout ends the session
]);

const LOST_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/;

/** Is the server out of reach, as far as this error tells? */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (LOST_CODES.has(code) || /^08...$/.test(code))) return true;
  return error instanceof Error && LOST_MESSAGES.test(error.message);
}

/**
 * A statement that the server keeps for this connection no longer fits its table, since a newer program has migrated it
 * (0A000, in words that PostgreSQL says in English only where `lc_messages` does, so the routine is asked). Another
 * connection knows nothing of it.
 */
export function isStaleStatement(error: unknown): boolean {
  return codeOf(error) === '0A000' && (error as { routine?: unknown }).routine === 'RevalidateCachedQuery';
}

/** Was every connection of the pool in use for too long? */
export function isPoolExhausted(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** serialization_failure and deadlock_detected: the same work, run again, can succeed. */
export function isSerializationFailure(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/** in_failed_sql_transaction: says only that a statement before it failed. */
export function isConsequence(error: unknown): boolean {
  return codeOf(error) === '25P02';
}

/** query_canceled by statement_timeout, lock_not_available, or the driver's own timer. */
export function isTimeout(error: unknown): boolean {
  const code = codeOf(error);
  return code === '57014' || code === '55P03' || (error instanceof Error && error.message === 'Query read timeout');
}

/** Did a statement break a unique constraint (of this name)? For a room that turns it into its own "already exists". */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23505') return false;
  return constraint === undefined || (error as { constraint?: unknown }).constraint === constraint;
}

/** Did a statement break a foreign key (of this name)? */
export function isForeignKeyViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23503') return false;
  return constraint === undefined || (error as { constraint?: unknown }).constraint === constraint;
}

/** character_not_in_repertoire and untranslatable_character: a text or jsonb value held U+0000 or half a character. */
export function isUnstorableText(error: unknown): boolean {
  const code = codeOf(error);
  return code === '22021' || code === '22P05';
}

/** Did row-level security or a missing privilege refuse it? */
export function isAccessRefused(error: unknown): boolean {
  return codeOf(error) === '42501';
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
