import { detailApis, readAuthorizationDetails } from '../clients/authorization-details.ts';
import { chooseTargets } from '../clients/choose-targets.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import { param, paramsNamed } from '../protocol/read-params.ts';
import { SCOPE_OF_CLAIM } from '../tokens/person-claims.ts';
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
    scopes: withWantedClaims(context, readScope(param(request.params, 'scope'))),
  });
}

/**
 * OpenID Connect Core §5.5: a claim that is wanted by itself is asked for as the scope that tells it, so that the person
 * agrees to it like to any other. It is told in the id token and at userinfo alike. A wish is no demand: what the client
 * may not ask for is left out.
 */
function withWantedClaims(context: AuthorizationContext, scopes: readonly string[]): readonly string[] {
  // Without openid there is nobody to tell of.
  if (context.claims === undefined || !scopes.includes('openid')) return scopes;
  const allowed = established(context, 'client').scopes;
  const { idToken, userinfo } = context.claims;
  const wanted = [...idToken, ...userinfo].flatMap((claim) => SCOPE_OF_CLAIM.get(claim) ?? []);
  return [...new Set([...scopes, ...wanted.filter((scope) => allowed.has(scope))])];
}
