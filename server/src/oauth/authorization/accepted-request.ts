import { established } from '../protocol/endpoint.ts';
import { param } from '../protocol/read-params.ts';
import type { AcceptedRequest, AuthorizationContext } from './context.ts';

/** What remains of a request once every check has passed. */
export function acceptedRequest(context: AuthorizationContext): AcceptedRequest {
  const client = established(context, 'client');
  const { api, scopes } = established(context, 'target');
  const nonce = param(context.request.params, 'nonce');
  return {
    clientId: client.id,
    clientResourceId: client.resourceId,
    redirectUri: established(context, 'redirectUri'),
    codeChallenge: established(context, 'codeChallenge'),
    scopes,
    ...(context.state === undefined ? {} : { state: context.state }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(api === undefined ? {} : { api: api.name }),
  };
}
