import { defineErrors, type ErrorCategory, type GatehouseError } from '#base';
import { assertionDefinitions } from './assertions/assertion-errors.ts';
import { decoupledDefinitions } from './decoupled/decoupled-errors.ts';
import { exchangeDefinitions } from './exchange/exchange-errors.ts';
import { registrationDefinitions } from './registration/registration-errors.ts';

/** Error codes on the wire: RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 8707 §2, OpenID Connect Core §3.1.2.6. */
export type WireError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied'
  | 'login_required'
  | 'consent_required'
  | 'account_selection_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'invalid_request_uri'
  | 'invalid_request_object'
  | 'invalid_authorization_details'
  | 'unmet_authentication_requirements'
  | 'registration_not_supported'
  | 'invalid_client_metadata'
  | 'invalid_redirect_uri'
  | 'invalid_binding_message'
  | 'missing_user_code'
  | 'invalid_user_code'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'server_error'
  | 'temporarily_unavailable';

interface ProtocolError {
  wire: WireError;
  category: ErrorCategory;
  message: string;
}

const bad = (wire: WireError, message: string): ProtocolError => ({ wire, category: 'invalid_input', message });
const unauthenticated = (wire: WireError, message: string): ProtocolError => ({
  wire,
  category: 'unauthenticated',
  message,
});

/** Our own code says exactly which rule was broken; `wire` is the standard's word for the family it belongs to. */
const definitions = {
  form_required: bad(
    'invalid_request',
    'The body must be a form. Send it with Content-Type: application/x-www-form-urlencoded.',
  ),
  form_malformed: bad(
    'invalid_request',
    'The parameters could not be decoded. Percent-encode them as UTF-8 (application/x-www-form-urlencoded).',
  ),
  form_too_large: bad('invalid_request', 'There are too many parameters, or one is too long. Send fewer and shorter.'),
  parameter_repeated: bad('invalid_request', 'A parameter appears more than once. Send each parameter once.'),
  client_cert_repeated: bad(
    'invalid_request',
    'The header Client-Cert appears more than once. The proxy that sets it must take out what callers send.',
  ),
  parameter_missing: bad('invalid_request', 'A required parameter is missing. Add it.'),
  parameter_malformed: bad('invalid_request', 'A parameter does not have the expected form. Correct it.'),
  client_unauthenticated: unauthenticated(
    'invalid_client',
    'The client could not be authenticated. Check client_id, that it proves itself in the way it declares (tokenEndpointAuthMethod), and that its secret or key is still in force.',
  ),
  too_many_failures: {
    wire: 'temporarily_unavailable',
    category: 'rate_limited',
    message: 'Too many requests from this network were refused. Wait as long as Retry-After says.',
  },
  client_credentials_twice: bad(
    'invalid_request',
    'The client authenticated in two ways at once. Use either the Authorization header or client_secret in the body.',
  ),
  client_unknown: bad(
    'invalid_request',
    'The client_id is not registered here. Check it, or create the client with: gatehouse apply.',
  ),
  client_public: unauthenticated(
    'invalid_client',
    'This endpoint is for clients with a secret. Call it from a confidential client.',
  ),
  resource_server_required: {
    wire: 'unauthorized_client',
    category: 'forbidden',
    message: 'Only the server of an API is told this. Name its APIs in the client: resourceServerFor.',
  },
  feed_position_malformed: bad('invalid_request', 'The position in the feed is not well formed. Send the last cursor.'),
  profile_violated: bad('unauthorized_client', 'The security profile of the client demands more.'),
  dpop_proof_missing: bad(
    'invalid_dpop_proof',
    'The tokens of this client are bound to a key. Send a DPoP proof in the header DPoP (RFC 9449 section 5).',
  ),
  dpop_proof_invalid: bad('invalid_dpop_proof', 'The DPoP proof was refused. Make a new one for each request.'),
  dpop_nonce_required: bad(
    'use_dpop_nonce',
    'Make a new DPoP proof that holds the nonce of the response header DPoP-Nonce (RFC 9449 section 8).',
  ),
  certificate_missing: bad(
    'invalid_request',
    'The tokens of this client are bound to its TLS certificate. Connect with the certificate (RFC 8705 section 3).',
  ),
  grant_not_allowed: bad(
    'unauthorized_client',
    'The client is not allowed this grant. Add it to `grants` in the client resource.',
  ),
  grant_type_unsupported: bad(
    'unsupported_grant_type',
    'This grant_type is not supported. Use one of grant_types_supported in the metadata.',
  ),
  redirect_uri_unregistered: bad(
    'invalid_request',
    'The redirect_uri is not registered for this client. It must equal one of `redirectUris` exactly, character by character.',
  ),
  redirect_host_foreign: bad(
    'invalid_request',
    'The redirect_uri is not on a domain of the organization whose client this is. An administrator of the tenant names its domains, in `domains` of the organization.',
  ),
  response_type_unsupported: bad(
    'unsupported_response_type',
    'Only response_type=code is supported. Implicit and hybrid flows are not (OAuth 2.1).',
  ),
  response_mode_unsupported: bad('invalid_request', 'The response_mode is not one that the client may use.'),
  request_object_required: bad(
    'invalid_request',
    'The requests of this client must be signed. Send a request object in the parameter request (RFC 9101).',
  ),
  encryption_key_missing: bad(
    'invalid_request',
    'The answer is to be encrypted to the client, and no key for that can be read at its jwksUri. Publish one there with "use": "enc", or declare the key itself.',
  ),
  request_object_invalid: bad('invalid_request_object', 'The request object was refused (RFC 9101).'),
  request_uri_invalid: bad(
    'invalid_request_uri',
    'The request_uri is unknown, was used before, or is older than a minute. Go back to the application and start again.',
  ),
  request_uri_unregistered: bad(
    'invalid_request_uri',
    'The request_uri is not registered for this client. Add it to requestObjects.uris in the client resource.',
  ),
  request_uri_unreadable: bad('invalid_request_uri', 'The request object could not be fetched from its request_uri.'),
  pushed_request_required: bad(
    'invalid_request',
    'The requests of this client must be pushed. Send them to the pushed authorization request endpoint (RFC 9126).',
  ),
  authorization_details_invalid: bad('invalid_authorization_details', 'authorization_details was refused (RFC 9396).'),
  acr_unmet: bad(
    'unmet_authentication_requirements',
    'The person could not, or can not without being asked, prove who they are as strongly as demanded (RFC 9470).',
  ),
  pkce_required: bad(
    'invalid_request',
    'PKCE is required. Send code_challenge and code_challenge_method=S256 (RFC 7636).',
  ),
  pkce_method_refused: bad(
    'invalid_request',
    'code_challenge_method must be S256. The method plain, which is also the default, is refused (RFC 9700 §2.1.1).',
  ),
  prompt_malformed: bad(
    'invalid_request',
    'prompt takes none alone, or any of login, consent and select_account (and create, where people may make accounts).',
  ),
  scope_not_allowed: bad(
    'invalid_scope',
    'The client may not ask for this scope. Add it to `scopes` in the client resource, or leave it out.',
  ),
  scope_exceeds_grant: bad(
    'invalid_scope',
    'The scope is wider than what was granted. Ask for granted scopes only, or start a new authorization.',
  ),
  target_unknown: bad(
    'invalid_target',
    'The resource is not an API this client may call. Use the audience of one of its `apis`.',
  ),
  target_ambiguous: bad(
    'invalid_target',
    'The client may call several APIs. Say which with the resource parameter (RFC 8707).',
  ),
  target_missing: bad('invalid_target', 'The client may call no API. Add one to `apis` in the client resource.'),
  target_several: bad('invalid_target', 'A token is for one API. Send one resource parameter per token request.'),
  code_invalid: bad(
    'invalid_grant',
    'The authorization code is unknown, was used before, or is older than 60 seconds. Start a new authorization.',
  ),
  code_mismatch: bad(
    'invalid_grant',
    'The code belongs to another request. Send the same client, redirect_uri and code_verifier as in the authorization request.',
  ),
  refresh_token_invalid: bad(
    'invalid_grant',
    'The refresh token is unknown, expired or revoked. Start a new authorization.',
  ),
  refresh_token_reused: bad(
    'invalid_grant',
    'The refresh token was used before. For safety every token of this grant was revoked; start a new authorization.',
  ),
  refresh_token_superseded: bad(
    'invalid_grant',
    'The refresh token was just exchanged by another request. Use the newest refresh token.',
  ),
  refresh_token_bound: bad(
    'invalid_grant',
    'The refresh token is bound to a key. Send a DPoP proof by the key that it was issued to (RFC 9449 section 5).',
  ),
  grant_revoked: bad('invalid_grant', 'The grant was revoked. Start a new authorization.'),
  user_gone: bad('invalid_grant', 'The person who granted this can no longer sign in. Start a new authorization.'),
  token_of_other_client: bad('invalid_grant', 'The token was issued to another client. Each client revokes its own.'),
  login_required: bad(
    'login_required',
    'Nobody is signed in, or the sign-in is too old. Ask again without prompt=none.',
  ),
  consent_required: bad('consent_required', 'The person has not yet agreed. Ask again without prompt=none.'),
  consent_denied: bad('access_denied', 'The person declined, and nothing was granted. Ask again when they want it.'),
  members_only: bad(
    'access_denied',
    'This application is for people of one organization, and whoever is signed in does not belong to it. Sign in with another account, or ask the organization for an invitation.',
  ),
  interaction_invalid: bad(
    'invalid_request',
    'This page is no longer valid: it was answered, is older than ten minutes, or belongs to another sign-in. Go back to the application and start again.',
  ),
  bearer_missing: unauthenticated(
    'invalid_token',
    'No access token was sent. Send it in the Authorization header as a Bearer token.',
  ),
  bearer_twice: bad(
    'invalid_request',
    'The access token was sent in two ways at once. Send it in the Authorization header alone (RFC 6750 section 2).',
  ),
  bearer_invalid: unauthenticated('invalid_token', 'The access token is not valid here. Get a new one.'),
  openid_scope_missing: {
    wire: 'insufficient_scope',
    category: 'forbidden',
    message: 'The access token lacks the scope openid. Ask for it in the authorization request.',
  },
  application_not_connected: {
    wire: 'invalid_request',
    category: 'not_found',
    message: 'This application may not use your account, or no longer. There is nothing to take back.',
  },
  client_secret_not_found: {
    wire: 'invalid_request',
    category: 'not_found',
    message: 'The client has no live secret with this id. List them to see which it has.',
  },
  refusal_not_found: {
    wire: 'invalid_request',
    category: 'not_found',
    message:
      'No refused request of this id was kept. Of many alike only some are: list them by client, or look for the id in the log.',
  },
  preview_person_not_found: {
    wire: 'invalid_request',
    category: 'not_found',
    message: 'There is nobody with this id, or they may not sign in. List the people to see who there is.',
  },
  client_not_found: {
    wire: 'invalid_request',
    category: 'not_found',
    message: 'There is no client with this name. List the clients to see which there are.',
  },
  api_not_found: {
    wire: 'invalid_request',
    category: 'not_found',
    message: 'There is no API of this name. List the APIs to see which there are.',
  },
  client_takes_no_secret: {
    wire: 'invalid_request',
    category: 'conflict',
    message: 'A public client has no secrets. Set `type: confidential` if it can keep one.',
  },
  client_takes_no_workload_token: {
    wire: 'invalid_request',
    category: 'conflict',
    message: 'The client takes no workload tokens. Set tokenEndpointAuthMethod: workload_token and declare workloads.',
  },
  client_secrets_full: {
    wire: 'invalid_request',
    category: 'conflict',
    message: 'The client has as many live secrets as are allowed. Revoke one that is no longer used.',
  },
  provider_unavailable: {
    wire: 'temporarily_unavailable',
    category: 'unavailable',
    message: 'The OpenID provider that people sign in with could not be asked. Try again in a moment.',
  },
  provider_refused: {
    wire: 'access_denied',
    category: 'forbidden',
    message: 'What the OpenID provider answered can not be used. The log of the gateway says why.',
  },
  ...decoupledDefinitions,
  ...exchangeDefinitions,
  ...assertionDefinitions,
  ...registrationDefinitions,
} satisfies Record<string, ProtocolError>;

export const oauthErrors = defineErrors(definitions);

/** Which one, in the words of the client resource. */
export const forGrant = (grant: string) => ({
  message: `The client is not allowed the grant ${grant}. Add it to 'grants' in the client resource.`,
});

const WIRE = new Map<string, WireError>(Object.entries(definitions).map(([code, { wire }]) => [code, wire]));

/** The standard's error code for one of ours; what is not ours is the server's fault, not the client's. */
export function wireErrorOf(error: GatehouseError): WireError {
  return WIRE.get(error.code) ?? (error.category === 'unavailable' ? 'temporarily_unavailable' : 'server_error');
}
