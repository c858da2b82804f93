import { oauthErrors } from '../errors.ts';
import { printable } from '../protocol/read-params.ts';
import type { AuthorizationDetail } from './authorization-details.ts';
import type { Api, Client, ClientDirectory } from './client-directory.ts';
import { IDENTITY_SCOPES } from './scope.ts';

/** What a token will be good for. */
export interface Target {
  /** undefined: the issuer's own endpoints alone (userinfo). */
  api: Api | undefined;
  scopes: readonly string[];
  /** What exactly (RFC 9396). */
  details?: readonly AuthorizationDetail[];
}

export interface TargetRequest {
  /** As sent: RFC 8707 §2 lets the parameter repeat. */
  resources: readonly string[];
  /** Requested scopes; none: what the client gets by default. */
  scopes: readonly string[];
}

/**
 * Chooses API and scopes: what was asked for ∩ what the client may ∩ what the API knows (RFC 6749 §3.3, RFC 8707 §2).
 * A scope the client may never have is an error rather than silently dropped: a typo should not become a puzzle later.
 */
export function chooseTarget(
  clients: ClientDirectory,
  client: Client,
  request: TargetRequest,
  person: boolean,
): Target {
  for (const scope of request.scopes) {
    if (client.scopes.has(scope) && (person || !IDENTITY_SCOPES.has(scope))) continue;
    throw oauthErrors.scope_not_allowed({
      message:
        IDENTITY_SCOPES.has(scope) && !person
          ? `The scope ${printable(scope)} is about a person, and no person takes part in this grant. Leave it out.`
          : `The client may not ask for the scope ${printable(scope)}. Add it to 'scopes' in the client resource, or leave it out.`,
    });
  }
  const api = chooseApi(clients, client, request, person);
  const wanted = request.scopes.length > 0 ? request.scopes : client.defaultScopes;
  const scopes = wanted.filter((scope) => (person && IDENTITY_SCOPES.has(scope)) || api?.scopes.has(scope) === true);
  if (request.scopes.length > 0 && scopes.length === 0) {
    throw oauthErrors.scope_not_allowed({
      message: `The API ${api?.name ?? ''} knows none of the requested scopes. Ask for scopes of this API.`,
    });
  }
  return { api, scopes };
}

export const unknownTarget = (resource: string) =>
  oauthErrors.target_unknown({
    message: `The resource ${printable(resource)} is no API that this client may call. Use the audience of one of its apis.`,
  });

const AUDIENCES_NAMED_MAX = 3;

function ambiguousTarget(apis: readonly Api[]) {
  const named = apis.slice(0, AUDIENCES_NAMED_MAX).map(({ audience }) => printable(audience));
  const more = apis.length > AUDIENCES_NAMED_MAX ? ' and others' : '';
  return oauthErrors.target_ambiguous({
    message: `The client may call several APIs (${named.join(', ')}${more}). Say which with the resource parameter (RFC 8707), or ask for scopes of one of them.`,
  });
}

function chooseApi(clients: ClientDirectory, client: Client, request: TargetRequest, person: boolean): Api | undefined {
  const apis = clients.apisOf(client);
  const [resource, ...others] = request.resources;
  if (others.length > 0) throw oauthErrors.target_several();
  if (resource !== undefined) {
    const named = apis.find(({ audience }) => audience === resource);
    if (named === undefined) throw unknownTarget(resource);
    return named;
  }
  const apiScopes = request.scopes.filter((scope) => !IDENTITY_SCOPES.has(scope));
  // Least privilege: who asks only about the person gets a token for nothing else.
  if (person && request.scopes.length > 0 && apiScopes.length === 0) return undefined;
  const [only, ...more] = apis;
  if (only === undefined) {
    if (person && apiScopes.length === 0) return undefined;
    throw oauthErrors.target_missing();
  }
  if (more.length === 0) return only;
  // Several: the scopes may say which one is meant.
  const knowing = apis.filter((api) => apiScopes.length > 0 && apiScopes.every((scope) => api.scopes.has(scope)));
  const [meant, ...rivals] = knowing;
  if (meant === undefined || rivals.length > 0) throw ambiguousTarget(apis);
  return meant;
}
