import { checkAuthorizationRequest } from '../authorization/authorize.ts';
import type { AuthorizationContext } from '../authorization/context.ts';
import type { AuthorizeDeps } from '../authorization/deps.ts';
import { PUSHED_LIFETIME_SECONDS, storePushedRequest } from '../authorization/pushed-requests.ts';
import { type DemandProofDeps, demandProof } from '../dpop/demand-proof.ts';
import { oauthErrors } from '../errors.ts';
import { PROFILES } from '../profiles/profile.ts';
import { type Check, type EndpointRequest, type EndpointResponse, established } from '../protocol/endpoint.ts';
import type { Params } from '../protocol/read-params.ts';
import { CLIENT_CHECKS, type ClientContext, type ClientEndpointDeps, runClientEndpoint } from './client-endpoint.ts';
import { addressOf } from './paths.ts';

export type PushedAuthorizationDeps = ClientEndpointDeps & AuthorizeDeps & DemandProofDeps;

interface PushContext extends ClientContext {
  deps: PushedAuthorizationDeps;
  dpopJkt?: string;
  requestUri?: string;
}

const PUSH_CHECKS: readonly Check<PushContext>[] = [...CLIENT_CHECKS, proveKey, checkAndStore];

/** Pushed authorization requests (RFC 9126 §2). Never throws. */
export async function pushedAuthorizationEndpoint(
  deps: PushedAuthorizationDeps,
  request: EndpointRequest,
): Promise<EndpointResponse> {
  const context: PushContext = { deps, request };
  const answer = await runClientEndpoint('par', PUSH_CHECKS, context, () => ({
    request_uri: established(context, 'requestUri'),
    expires_in: PUSHED_LIFETIME_SECONDS,
  }));
  // RFC 9126 §2.2.
  return answer.status === 200 ? { ...answer, status: 201 } : answer;
}

/** RFC 9449 §10.1: a proof at this endpoint binds the code to its key. */
async function proveKey(context: PushContext): Promise<undefined> {
  const { deps, request } = context;
  const { tenantId, dpop: headers = [] } = request;
  if (headers.length === 0) return;
  const { signatureAlgs: algs, nonces: nonceRequired } = PROFILES[established(context, 'client').profile];
  context.responseHeaders = { 'dpop-nonce': deps.nonces.current(tenantId) };
  const proven = { method: 'POST', ...addressOf(deps.issuers, tenantId, 'par') };
  context.dpopJkt = await demandProof(deps, { tenantId, headers, request: proven, algs, nonceRequired });
}

/** What proves the client is no part of its request. */
const CREDENTIALS = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);

/** Everything that needs no person is checked now, so that the client hears of it and not the person (§2.1). */
async function checkAndStore(context: PushContext): Promise<undefined> {
  const { deps, request, dpopJkt } = context;
  const client = established(context, 'client');
  const params = withClientId(
    request.params.filter(([name]) => !CREDENTIALS.has(name)),
    client.id,
  );
  const { tenantId, ip } = request;
  const sent = { tenantId, params, ip, cookie: undefined, userAgent: undefined };
  const authorization: AuthorizationContext = { deps, request: sent, sent, isPushing: true, dpopJkt };
  await checkAuthorizationRequest(authorization);
  context.requestUri = await storePushedRequest(deps, client, { params: authorization.request.params, dpopJkt });
}

/** RFC 9126 §2.1: the request is the authenticated client's own, whether it names it or not. */
function withClientId(params: Params, clientId: string): Params {
  const named = params.find(([name]) => name === 'client_id')?.[1];
  if (named === undefined) return [...params, ['client_id', clientId]];
  if (named !== clientId) throw oauthErrors.parameter_malformed({ message: 'client_id is that of another client.' });
  return params;
}
