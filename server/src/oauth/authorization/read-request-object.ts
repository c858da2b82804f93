import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { timeProblem } from '../jwt/foreign-jwt.ts';
import {
  countRequestOnce,
  openSignedRequest,
  paramsOfRequest,
  REQUEST_LIFETIME_SECONDS_MAX,
  refusedRequest,
} from '../jwt/signed-request.ts';
import { established } from '../protocol/endpoint.ts';
import { type Params, param } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';
import { provenMoment } from './sign-in-proof.ts';

const FETCHED_BYTES_MAX = 16 * 1024;
const FETCH_TIMEOUT_MILLISECONDS = 5_000;

/**
 * JAR (RFC 9101): the parameters come signed by the client, and what stands beside them does not count (§6.3). The
 * object, or the address where it was registered to be, is taken from nobody but a client that has keys.
 */
export async function readRequestObject(context: AuthorizationContext): Promise<undefined> {
  const { request, pushed } = context;
  const client = established(context, 'client');
  const inline = param(request.params, 'request');
  const address = param(request.params, 'request_uri');
  // What was pushed had its request object read then.
  if (pushed !== undefined) return;
  if (inline === undefined && address === undefined) {
    if (client.spec.requestObjects?.required === true) throw oauthErrors.request_object_required();
    return;
  }
  if (inline !== undefined && address !== undefined) throw refusedRequest('send request or request_uri, not both');
  const text = inline ?? (await fetchObject(context, client, address ?? ''));
  context.request = { ...request, params: await readSigned(context, client, text) };
}

async function fetchObject({ deps }: AuthorizationContext, client: Client, address: string): Promise<string> {
  // RFC 9101 §10.4.1: an address from the request that anyone could choose would make us fetch anything.
  if (client.spec.requestObjects?.uris?.includes(address) !== true) throw oauthErrors.request_uri_unregistered();
  try {
    const { status, body } = await deps.fetch(address, {
      headers: { accept: 'application/oauth-authz-req+jwt' },
      timeoutMs: FETCH_TIMEOUT_MILLISECONDS,
      bodyBytesMax: FETCHED_BYTES_MAX,
    });
    if (status !== 200) throw new TypeError(`answered ${status}`);
    return body.toString('utf8').trim();
  } catch (cause) {
    throw oauthErrors.request_uri_unreadable({ cause });
  }
}

async function readSigned({ deps, sent }: AuthorizationContext, client: Client, text: string): Promise<Params> {
  const jwt = await openSignedRequest(deps, client, text);
  if (jwt.payload.client_id !== client.id) throw refusedRequest('iss and client_id must be the client_id');
  const now = deps.clock.now();
  // Back from the sign-in page with the same request: that it was in time, and came first, was seen then.
  if (provenMoment(deps.keyring, sent.params, now) === undefined) {
    const problem = timeProblem(jwt.payload, now, REQUEST_LIFETIME_SECONDS_MAX);
    if (problem !== undefined) throw refusedRequest(problem);
    await countRequestOnce(deps, client, jwt);
  }
  return paramsOfRequest(jwt);
}
