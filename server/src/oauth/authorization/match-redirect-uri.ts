import { isRegisteredRedirectUri } from '../clients/redirect-uri.ts';
import { oauthErrors } from '../errors.ts';
import { demandHttpsRedirect } from '../profiles/demand-profile.ts';
import { established } from '../protocol/endpoint.ts';
import { param, requiredParam } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** RFC 9700 §2.1: exact string matching. Until it has passed, nothing is ever sent to the address in the request. */
export function matchRedirectUri(context: AuthorizationContext): undefined {
  const { request } = context;
  const redirectUri = requiredParam(request.params, 'redirect_uri');
  if (!isRegisteredRedirectUri(established(context, 'client').redirectUris, redirectUri)) {
    const registered = established(context, 'client').redirectUris.join(' ');
    throw oauthErrors.redirect_uri_unregistered({ cause: new Error(`registered are: ${registered || 'none'}`) });
  }
  demandHttpsRedirect(established(context, 'client'), redirectUri);
  context.redirectUri = redirectUri;
  context.state = param(request.params, 'state');
}
