import { oauthErrors } from '../errors.ts';
import { param } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** OpenID Connect Core §6: who doesn't support them says so, because ignoring them would ignore what they ask for. */
export function refuseRequestObjects({ request }: AuthorizationContext): undefined {
  if (param(request.params, 'request') !== undefined) throw oauthErrors.request_object_unsupported();
  if (param(request.params, 'request_uri') !== undefined) throw oauthErrors.request_uri_unsupported();
}
