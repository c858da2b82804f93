import { oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import { param } from '../protocol/read-params.ts';
import { readIdToken } from '../tokens/read-id-token.ts';
import type { AuthorizationContext } from './context.ts';

/**
 * OpenID Connect Core §3.1.2.1: an id token of ours, issued to this client, whose person is meant. It may have expired;
 * its key must be one that we still know.
 */
export function readIdTokenHint(context: AuthorizationContext): undefined {
  const { deps, request } = context;
  const hint = param(request.params, 'id_token_hint');
  if (hint === undefined) return;
  const claims = readIdToken(deps, request.tenantId, hint);
  if (claims?.aud !== established(context, 'client').id) {
    throw oauthErrors.parameter_malformed({
      message: 'id_token_hint is not an id token that this client got from here.',
    });
  }
  if (context.subject !== undefined && context.subject !== claims.sub) {
    throw oauthErrors.parameter_malformed({ message: 'id_token_hint and claims speak of different people.' });
  }
  context.subject = claims.sub;
}
