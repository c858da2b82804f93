import { isOwnApplication } from '../clients/own-applications.ts';
import { demandOwnHost } from '../clients/own-host.ts';
import { isRegisteredRedirectUri } from '../clients/redirect-uri.ts';
import { oauthErrors } from '../errors.ts';
import { demandHttpsRedirect } from '../profiles/demand-profile.ts';
import { established } from '../protocol/endpoint.ts';
import { param, printable, requiredParam } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** RFC 9700 §2.1: exact string matching. Until it has passed, nothing is ever sent to the address in the request. */
export function matchRedirectUri(context: AuthorizationContext): undefined {
  const { request, deps } = context;
  const redirectUri = requiredParam(request.params, 'redirect_uri');
  const client = established(context, 'client');
  const { redirectUris } = client;
  const isRegistered = isOwnApplication(client)
    ? redirectUris.includes(redirectUri)
    : isRegisteredRedirectUri(client, redirectUri);
  if (!isRegistered) {
    const registered = redirectUris.join(' ') || 'none';
    throw oauthErrors.redirect_uri_unregistered({
      message: `The redirect_uri ${printable(redirectUri)} is not registered for this client. It must equal one of its redirectUris exactly, character by character.`,
      cause: new Error(`registered are: ${registered}`),
    });
  }
  demandHttpsRedirect(client, redirectUri);
  demandOwnHost(deps, client, redirectUri);
  context.redirectUri = redirectUri;
  context.state = param(request.params, 'state');
}
