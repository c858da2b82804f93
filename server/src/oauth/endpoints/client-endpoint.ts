import {
  type AuthenticateClientDeps,
  authenticateClient,
  type ClientAuthentication,
} from '../authentication/authenticate-client.ts';
import { subjectOf } from '../authentication/check-client-assertion.ts';
import type { Client } from '../clients/client-directory.ts';
import type { FailureThrottle } from '../clients/failure-throttle.ts';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import { demandStrongAuthentication } from '../profiles/demand-profile.ts';
import { type Check, type EndpointRequest, type EndpointResponse, NO_STORE, runChecks } from '../protocol/endpoint.ts';
import { type ProblemDeps, problemResponse, toProblem } from '../protocol/error-response.ts';
import { param, refuseRepeatedParams } from '../protocol/read-params.ts';
import type { MetadataDocuments } from '../registration/metadata-documents.ts';

export interface ClientEndpointDeps extends AuthenticateClientDeps, ProblemDeps {
  issuers: Issuers;
  failures: FailureThrottle;
  metadataDocuments: MetadataDocuments;
}

/** What the token, revocation and introspection endpoints have in common. */
export interface ClientContext {
  deps: ClientEndpointDeps;
  request: EndpointRequest;
  client?: Client;
  /** How it proved to be that client. */
  authentication?: ClientAuthentication;
  /** Media type of the answer, where it is not JSON. */
  responseType?: string;
  /** Sent with the answer, whatever it is. */
  responseHeaders?: Readonly<Record<string, string>>;
}

/** In front of every endpoint that clients call. */
export const CLIENT_CHECKS: readonly Check<ClientContext>[] = [
  refuseRepeatedParameters,
  readMetadataDocument,
  identifyClient,
];

/**
 * Runs the checks and answers; a check that throws is answered as RFC 6749 §5.2 says. Never throws. A promise only
 * when a check waits for something.
 */
export function runClientEndpoint<Context extends ClientContext>(
  endpoint: string,
  checks: readonly Check<Context>[],
  context: Context,
  body: () => unknown,
): EndpointResponse | Promise<EndpointResponse> {
  try {
    const pending = runChecks(checks, context);
    if (pending === undefined) return answerWith(context, body());
    return pending.then(() => answerWith(context, body())).catch((thrown) => refuse(endpoint, context, thrown));
  } catch (thrown) {
    return refuse(endpoint, context, thrown);
  }
}

function answerWith({ responseType, responseHeaders }: ClientContext, body: unknown): EndpointResponse {
  const headers = responseHeaders === undefined ? NO_STORE : { ...NO_STORE, ...responseHeaders };
  return responseType === undefined
    ? { status: 200, headers, body }
    : { status: 200, headers, body, type: responseType };
}

function refuse(endpoint: string, context: ClientContext, thrown: unknown): EndpointResponse {
  const { deps, request } = context;
  const { tenantId, ip: remoteAddress, params } = request;
  const problem = toProblem(deps, thrown, {
    endpoint,
    tenantId,
    clientId: context.client?.id,
    remoteAddress,
    params,
  });
  const theirFault = problem.status >= 400 && problem.status < 500 && problem.status !== 429;
  if (theirFault && context.client?.type !== 'confidential') deps.failures.failed(request.ip);
  const refusal = problemResponse(problem, deps.issuers.issuerOf(request.tenantId));
  return { ...refusal, headers: { ...refusal.headers, ...context.responseHeaders } };
}

function refuseRepeatedParameters({ request }: ClientContext): undefined {
  refuseRepeatedParams(request.params);
}

/**
 * A client whose id is an address may come here first of all, with a pushed request or from a device. One that is known is
 * not asked about: what it describes counts when a person is asked.
 */
function readMetadataDocument({ deps, request }: ClientContext): undefined | Promise<undefined> {
  const { tenantId, params, ip } = request;
  const assertion = param(params, 'client_assertion');
  const id = param(params, 'client_id') ?? (assertion === undefined ? undefined : subjectOf(assertion));
  if (id?.startsWith('https://') !== true || deps.clients.client(tenantId, id) !== undefined) return;
  return deps.metadataDocuments.ensure(tenantId, id, ip).then(() => undefined);
}

/**
 * RFC 6749 §3.2.1. First, so that nobody learns anything about a grant without being its client. A network that fails
 * again and again waits; who proves to be a client with its credential does not.
 */
function identifyClient(context: ClientContext): undefined | Promise<undefined> {
  const { deps, request } = context;
  const retryAfterSeconds = deps.failures.retryAfterSeconds(request.ip);
  if (retryAfterSeconds !== undefined) return identifyWhileHeldBack(context, retryAfterSeconds);
  const authentication = authenticateClient(deps, request);
  return authentication instanceof Promise
    ? authentication.then((done) => takeClient(context, done))
    : takeClient(context, authentication);
}

function takeClient(context: ClientContext, authentication: ClientAuthentication): undefined {
  demandStrongAuthentication(authentication.client, authentication.method);
  context.client = authentication.client;
  context.authentication = authentication;
}

async function identifyWhileHeldBack(context: ClientContext, retryAfterSeconds: number): Promise<undefined> {
  const { deps, request } = context;
  const authentication = await Promise.try(() => authenticateClient(deps, request)).catch(() => undefined);
  if (authentication?.client.type !== 'confidential') {
    throw oauthErrors.too_many_failures({ details: { retryAfterSeconds } });
  }
  takeClient(context, authentication);
}
