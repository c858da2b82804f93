import { oauthErrors } from '../errors.ts';
import { printable } from '../protocol/read-params.ts';
import { chooseTarget, type TargetRequest, unknownTarget } from './choose-target.ts';
import type { Api, Client, ClientDirectory } from './client-directory.ts';
import { IDENTITY_SCOPES } from './scope.ts';

/** What an authorization is for: none, one or several APIs, with the scopes of all of them together. */
export interface Targets {
  apis: readonly Api[];
  scopes: readonly string[];
}

/** More than one person is asked about at once, nobody reads any more. */
const RESOURCES_MAX = 5;

/**
 * RFC 8707 §2.1: several resources may be authorized at once; each token that comes of it is for one of them. Scopes
 * must be known to at least one, so that none is granted that no token could carry.
 */
export function chooseTargets(clients: ClientDirectory, client: Client, request: TargetRequest): Targets {
  const resources = [...new Set(request.resources)];
  if (resources.length <= 1) {
    const { api, scopes } = chooseTarget(clients, client, { ...request, resources }, true);
    return { apis: api === undefined ? [] : [api], scopes };
  }
  if (resources.length > RESOURCES_MAX) {
    throw oauthErrors.target_several({ message: `At most ${RESOURCES_MAX} resources can be asked for at once.` });
  }
  const callable = clients.apisOf(client);
  const apis = resources
    .map((resource) => {
      const api = callable.find(({ audience }) => audience === resource);
      if (api === undefined) throw unknownTarget(resource);
      return api;
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const known = (scope: string) => IDENTITY_SCOPES.has(scope) || apis.some((api) => api.scopes.has(scope));
  for (const scope of request.scopes) {
    if (client.scopes.has(scope) && known(scope)) continue;
    throw oauthErrors.scope_not_allowed({
      message: `The client may not ask for the scope ${printable(scope)} at these resources. Leave it out, or add it to 'scopes' in the client resource.`,
    });
  }
  return { apis, scopes: request.scopes.length > 0 ? request.scopes : client.defaultScopes.filter(known) };
}
