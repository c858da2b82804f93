import { forGrant, oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import { requiredParam } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** RFC 6749 §3.1.1; RFC 9700 §2.1.2 leaves `code` alone. */
export function checkResponseType(context: AuthorizationContext): undefined {
  const { params } = context.request;
  if (requiredParam(params, 'response_type') !== 'code') throw oauthErrors.response_type_unsupported();
  if (!established(context, 'client').grants.has('authorization_code'))
    throw oauthErrors.grant_not_allowed(forGrant('authorization_code'));
}
