import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { timeProblem } from '../jwt/foreign-jwt.ts';
import {
  countRequestOnce,
  openSignedRequest,
  paramsOfRequest,
  REQUEST_LIFETIME_SECONDS_MAX,
  refusedRequest,
  type SignedRequestDeps,
} from '../jwt/signed-request.ts';
import { type Params, param, printable } from '../protocol/read-params.ts';

/** What proves the client, and may stand beside the signed request (CIBA §7.1.1). */
const BESIDE = new Set(['request', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type']);
/** CIBA §7.1.1: REQUIRED, all of them, where an authorization request may leave some out. */
const TIMES = ['iat', 'nbf', 'exp'] as const;
/** Of an authorization request (RFC 9101), which the same key signs for the same audience. */
const NOT_A_QUESTION = ['response_type', 'redirect_uri'] as const;

/**
 * The question to the person, signed by its client (OpenID Connect CIBA §7.1.1), or as it came from a client that need
 * not sign. A signed one counts once, and nothing beside it counts at all.
 * @throws `request_object_invalid`, `request_object_required`, `parameter_malformed`
 */
export async function readSignedQuestion(deps: SignedRequestDeps, client: Client, params: Params): Promise<Params> {
  const text = param(params, 'request');
  if (text === undefined) {
    if (client.spec.requestObjects?.required === true) throw oauthErrors.request_object_required();
    return params;
  }
  const beside = params.find(([name]) => !BESIDE.has(name));
  if (beside !== undefined) {
    throw oauthErrors.parameter_malformed({
      message: `The parameter ${printable(beside[0])} stands beside a signed request. Put it inside (CIBA section 7.1.1).`,
    });
  }
  const jwt = await openSignedRequest(deps, client, text);
  const { payload } = jwt;
  const missing =
    TIMES.find((name) => typeof payload[name] !== 'number') ?? (payload.jti === undefined ? 'jti' : undefined);
  if (missing !== undefined) throw refusedRequest(`${missing} is missing (CIBA section 7.1.1)`);
  const other = NOT_A_QUESTION.find((name) => name in payload);
  if (other !== undefined) throw refusedRequest(`it holds ${other}, and so is for the authorization endpoint`);
  if ('client_id' in payload && payload.client_id !== client.id) throw refusedRequest('its client_id is another one');
  const now = deps.clock.now();
  const problem = timeProblem(payload, now, REQUEST_LIFETIME_SECONDS_MAX) ?? ageProblem(payload, now);
  if (problem !== undefined) throw refusedRequest(problem);
  await countRequestOnce(deps, client, jwt);
  return paramsOfRequest(jwt);
}

/** FAPI-CIBA §5.2.2: not older than an hour, by what it says of itself. */
function ageProblem({ nbf }: Readonly<Record<string, unknown>>, now: number): string | undefined {
  const isOld = Number(nbf) < now / 1000 - REQUEST_LIFETIME_SECONDS_MAX;
  return isOld ? `it is too old: nbf may be at most ${REQUEST_LIFETIME_SECONDS_MAX} seconds ago` : undefined;
}
