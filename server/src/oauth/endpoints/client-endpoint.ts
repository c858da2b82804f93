import type { IdSource, Logger } from '#base';
import { type AuthenticateClientDeps, authenticateClient } from '../clients/authenticate-client.ts';
import type { Client } from '../clients/client-directory.ts';
import type { FailureThrottle } from '../clients/failure-throttle.ts';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import { type Check, type EndpointRequest, type EndpointResponse, NO_STORE, runChecks } from '../protocol/endpoint.ts';
import { problemResponse, toProblem } from '../protocol/error-response.ts';
import { refuseRepeatedParams } from '../protocol/read-params.ts';

export interface ClientEndpointDeps extends AuthenticateClientDeps, IdSource {
  issuers: Issuers;
  failures: FailureThrottle;
  log: Logger;
}

/** What the token, revocation and introspection endpoints have in common. */
export interface ClientContext {
  deps: ClientEndpointDeps;
  request: EndpointRequest;
  client?: Client;
}

/** In front of every endpoint that clients call. */
export const CLIENT_CHECKS: readonly Check<ClientContext>[] = [refuseRepeatedParameters, identifyClient];

/** Runs the checks and answers; a check that throws is answered as RFC 6749 §5.2 says. Never throws. */
export async function runClientEndpoint<Context extends ClientContext>(
  endpoint: string,
  checks: readonly Check<Context>[],
  context: Context,
  body: () => unknown,
): Promise<EndpointResponse> {
  const { deps, request } = context;
  try {
    await runChecks(checks, context);
    return { status: 200, headers: NO_STORE, body: body() };
  } catch (thrown) {
    const problem = toProblem(deps, thrown, { endpoint, clientId: context.client?.id });
    const theirFault = problem.status >= 400 && problem.status < 500 && problem.status !== 429;
    if (theirFault && context.client?.type !== 'confidential') deps.failures.failed(request.ip);
    return problemResponse(problem, deps.issuers.issuerOf(request.tenantId));
  }
}

function refuseRepeatedParameters({ request }: ClientContext): undefined {
  refuseRepeatedParams(request.params);
}

/**
 * RFC 6749 §3.2.1. First, so that nobody learns anything about a grant without being its client. A network that fails
 * again and again waits; who proves to be a client with its secret does not.
 */
function identifyClient(context: ClientContext): undefined {
  const { deps, request } = context;
  const retryAfterSeconds = deps.failures.retryAfterSeconds(request.ip);
  const client = retryAfterSeconds === undefined ? authenticateClient(deps, request) : tryAuthenticate(context);
  if (retryAfterSeconds !== undefined && client?.type !== 'confidential') {
    throw oauthErrors.too_many_failures({ details: { retryAfterSeconds } });
  }
  if (client !== undefined) context.client = client;
}

function tryAuthenticate({ deps, request }: ClientContext): Client | undefined {
  try {
    return authenticateClient(deps, request);
  } catch {
    return undefined;
  }
}
