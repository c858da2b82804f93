import { detailApis, readAuthorizationDetails } from '../clients/authorization-details.ts';
import { chooseTargets } from '../clients/choose-targets.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import { param, paramsNamed } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** As long as a nonce of any library, and it ends up in the id token. */
const NONCE_LENGTH_MAX = 512;

/** RFC 6749 §3.3, RFC 8707 §2.1 and RFC 9396 §2: which APIs, and what there. */
export function chooseScopes(context: AuthorizationContext): undefined {
  const { deps, request } = context;
  if ((param(request.params, 'nonce')?.length ?? 0) > NONCE_LENGTH_MAX) {
    throw oauthErrors.parameter_malformed({ message: `nonce may have at most ${NONCE_LENGTH_MAX} characters.` });
  }
  const client = established(context, 'client');
  const resources = paramsNamed(request.params, 'resource');
  const details = readAuthorizationDetails(param(request.params, 'authorization_details'), {
    client,
    apis: deps.clients.apisOf(client),
    resources,
  });
  context.details = details;
  context.targets = chooseTargets(deps.clients, client, {
    // The types say which APIs are meant when nothing else does.
    resources: resources.length > 0 ? resources : detailApis(deps.clients.apisOf(client), details),
    scopes: readScope(param(request.params, 'scope')),
  });
}
