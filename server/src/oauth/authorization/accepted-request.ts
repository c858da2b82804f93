import { established } from '../protocol/endpoint.ts';
import { param } from '../protocol/read-params.ts';
import type { AcceptedRequest, AuthorizationContext } from './context.ts';

/** What remains of a request once every check has passed. */
export function acceptedRequest(context: AuthorizationContext): AcceptedRequest {
  const client = established(context, 'client');
  const { apis, scopes } = established(context, 'targets');
  const details = established(context, 'details');
  const nonce = param(context.request.params, 'nonce');
  const { state, claims, dpopJkt, pushed } = context;
  return {
    clientId: client.id,
    clientResourceId: client.resourceId,
    redirectUri: established(context, 'redirectUri'),
    responseMode: established(context, 'responseMode'),
    codeChallenge: established(context, 'codeChallenge'),
    scopes,
    ...(state === undefined ? {} : { state }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(apis.length === 0 ? {} : { api: apis.map(({ name }) => name).join(' ') }),
    ...(details.length === 0 ? {} : { details }),
    ...(claims === undefined ? {} : { claims }),
    ...(dpopJkt === undefined ? {} : { dpopJkt }),
    ...(pushed === undefined ? {} : { pushed: pushed.hash }),
  };
}
