import { GatehouseError, type IdSource, type Logger, newId } from '#base';
import { type WireError, wireErrorOf } from '../errors.ts';
import type { BrowserRequest } from '../ports.ts';
import { DEFAULT_PROFILE, PROFILES } from '../profiles/profile.ts';
import type { RefusalLog } from '../refusals/open-refusal-log.ts';
import { cleanMessage, describeCause, describeParams, type RefusedRequest } from '../refusals/refusal.ts';
import { type EndpointResponse, NO_STORE, refusedBy } from './endpoint.ts';
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

/** What is needed to refuse a request: its id's makings, and who is told why. */
export interface ProblemDeps extends IdSource {
  log: Logger;
  /** Where operators read later what it was. Left out: in the log alone. */
  refusals?: Pick<RefusalLog, 'offer'>;
}

/** Turns whatever was thrown into a problem, and writes the whole story down under the same id. */
export function toProblem(deps: ProblemDeps, thrown: unknown, request: RefusedRequest): OAuthProblem {
  const problem = problemOf(deps, thrown, request);
  const { error, error_id, status } = problem;
  const { tenantId, params = [], ...rest } = request;
  // Whoever is held back already can't fill anything.
  if (tenantId === undefined || status === 429) return problem;
  const known = thrown instanceof GatehouseError;
  deps.refusals?.offer({
    ...rest,
    id: error_id,
    tenantId,
    at: deps.clock.now(),
    check: request.check ?? refusedBy(thrown),
    clientId: request.clientId,
    remoteAddress: request.remoteAddress,
    error,
    reason: known ? thrown.code : 'internal_error',
    message: known ? cleanMessage(thrown.message) : 'An OAuth endpoint failed: the log says where, under this id.',
    status,
    cause: describeCause(thrown),
    params: describeParams(params),
  });
  return problem;
}

/** What a page's endpoint knows of a request that it refuses. */
export function fromBrowser(endpoint: string, { tenantId, ip, params }: BrowserRequest, clientId?: string) {
  return { endpoint, tenantId, clientId, remoteAddress: ip, params } satisfies RefusedRequest;
}

function problemOf(deps: ProblemDeps, thrown: unknown, { endpoint, clientId }: RefusedRequest): OAuthProblem {
  const { log } = deps;
  const error_id = newId('error', deps);
  const context = { endpoint, clientId, check: refusedBy(thrown) };
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

export interface TokenChallenge {
  realm: string;
  /** No token was sent: the bare challenge (RFC 6750 §3.1). */
  bare: boolean;
  scheme: 'Bearer' | 'DPoP';
  nonce?: string | undefined;
}

/** RFC 6750 §3, RFC 9449 §7.1. */
export function tokenProblemResponse(problem: OAuthProblem, challenge: TokenChallenge): EndpointResponse {
  const { realm, bare, scheme, nonce } = challenge;
  const { status: _, ...body } = problem;
  // What is wrong with a proof is 400 where tokens are issued, and 401 where they are used (RFC 9449 §7.1).
  const status = scheme === 'DPoP' && problem.status === 400 ? 401 : problem.status;
  const detail = bare ? '' : `, error="${problem.error}", error_description="${problem.error_description}"`;
  const scope = problem.error === 'insufficient_scope' ? ', scope="openid"' : '';
  const algs = scheme === 'DPoP' ? `, algs="${PROFILES[DEFAULT_PROFILE].signatureAlgs.join(' ')}"` : '';
  return {
    status,
    headers: {
      ...NO_STORE,
      'www-authenticate': `${scheme} realm="${printable(realm)}"${detail}${scope}${algs}`,
      ...(nonce === undefined ? {} : { 'dpop-nonce': nonce }),
    },
    body,
  };
}
