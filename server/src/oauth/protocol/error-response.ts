import { GatehouseError, type IdSource, type Logger, newId } from '#base';
import { type WireError, wireErrorOf } from '../errors.ts';
import { type EndpointResponse, NO_STORE } from './endpoint.ts';
import { printable } from './read-params.ts';

/** An error as a client sees it: the standard's code, what to change, and an id by which the operator finds the rest. */
export interface OAuthProblem {
  error: WireError;
  error_description: string;
  error_id: string;
  status: number;
  retryAfterSeconds?: number;
}

const DESCRIPTION_LENGTH_MAX = 400;

const STATUS: Partial<Record<GatehouseError['category'], number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};

/** Turns whatever was thrown into a problem, and writes the whole story to the log under the same id. */
export function toProblem(
  { log, ...ids }: IdSource & { log: Logger },
  thrown: unknown,
  context: { endpoint: string; clientId?: string | undefined },
): OAuthProblem {
  const error_id = newId('error', ids);
  if (!(thrown instanceof GatehouseError)) {
    log.error({ err: thrown, errorId: error_id, ...context }, 'an OAuth endpoint failed');
    return {
      error: 'server_error',
      error_description: 'Something went wrong on our side. Retry, or give the operator the id of this error.',
      error_id,
      status: 500,
    };
  }
  const { code, message, cause, category, details } = thrown;
  // Whoever is held back can't fill the log either.
  const level = category === 'rate_limited' ? 'debug' : 'info';
  log[level](
    { errorId: error_id, reason: code, message, ...context, ...(cause ? { cause } : {}) },
    'OAuth request refused',
  );
  const retryAfterSeconds = details?.retryAfterSeconds;
  return {
    error: wireErrorOf(thrown),
    error_description: describe(message),
    error_id,
    status: STATUS[category] ?? 400,
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
  };
}

function describe(message: string): string {
  return message
    .slice(0, DESCRIPTION_LENGTH_MAX)
    .replaceAll('"', "'")
    .split('\n')
    .map((line) => line.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?'))
    .join(' ');
}

/** RFC 6749 §5.2. */
export function problemResponse({ status, retryAfterSeconds, ...body }: OAuthProblem, realm: string): EndpointResponse {
  return {
    status,
    headers: {
      ...NO_STORE,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      // RFC 6749 §5.2 and RFC 9110 §11.6.1: a 401 names the scheme by which the client may try again.
      ...(status === 401 ? { 'www-authenticate': `Basic realm="${printable(realm)}", charset="UTF-8"` } : {}),
    },
    body,
  };
}

/** RFC 6750 §3. A request without any token gets the bare challenge (§3.1). */
export function bearerProblemResponse(problem: OAuthProblem, realm: string, bare: boolean): EndpointResponse {
  const { status, ...body } = problem;
  const detail = bare ? '' : `, error="${problem.error}", error_description="${problem.error_description}"`;
  const scope = problem.error === 'insufficient_scope' ? ', scope="openid"' : '';
  return {
    status,
    headers: { ...NO_STORE, 'www-authenticate': `Bearer realm="${printable(realm)}"${detail}${scope}` },
    body,
  };
}
