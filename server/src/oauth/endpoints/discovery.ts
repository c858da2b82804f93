import { createHash } from 'node:crypto';
import type { SigningKeys } from '#keyring';
import type { ResourceSnapshot } from '#resources';
import { CONFIDENTIAL_AUTH_METHODS, REGISTERED_AUTH_METHODS } from '../authentication/auth-methods.ts';
import { CREATE_PROMPT, PROMPT_VALUES } from '../authorization/read-prompt.ts';
import { RESPONSE_MODE_NAMES } from '../authorization/response-modes.ts';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { IDENTITY_SCOPES } from '../clients/scope.ts';
import type { Issuers } from '../issuers.ts';
import { CONTENT_ENCRYPTIONS, ENCRYPTION_ALGS } from '../jwt/encryption-key.ts';
import { REQUEST_ENCRYPTION_ALGS } from '../jwt/period-key.ts';
import type { RequestEncryption } from '../jwt/request-encryption.ts';
import type { SigninPort } from '../ports.ts';
import { DEFAULT_PROFILE, PROFILES } from '../profiles/profile.ts';
import type { EndpointResponse } from '../protocol/endpoint.ts';
import { REGISTRATION_PATH } from '../registration/register-client.ts';
import type { RegistrationPolicySpec } from '../registration/registration-policy.ts';
import { addressOf, ENDPOINTS } from './paths.ts';
import { GRANT_TYPES_SUPPORTED } from './token.ts';

export interface DiscoveryDeps {
  issuers: Issuers;
  signingKeys: Pick<SigningKeys, 'publicKeys'>;
  requestEncryption: Pick<RequestEncryption, 'publicKey'>;
  clients: ClientDirectory;
  signin: Pick<SigninPort, 'acrValues' | 'isRegistrationOpen'>;
  registrationPolicies: Pick<ResourceSnapshot<RegistrationPolicySpec>, 'all'>;
}

/**
 * Short enough that a new key is known everywhere long before it signs: keys are announced for longer than this.
 * `stale-if-error` lets verifiers go on while we restart.
 */
const CACHE_CONTROL = 'public, max-age=300, stale-if-error=3600';

/** Authorization server metadata (RFC 8414 §2) and OpenID Connect Discovery §3: one document serves both. */
export function discoveryEndpoint(deps: DiscoveryDeps, tenantId: string): EndpointResponse {
  const { issuers, clients, signingKeys, signin } = deps;
  const issuer = issuers.issuerOf(tenantId);
  const algorithms = [...new Set(signingKeys.publicKeys(tenantId).flatMap(({ alg }) => alg ?? []))];
  return cacheable({
    issuer,
    authorization_endpoint: `${issuer}${ENDPOINTS.authorize}`,
    token_endpoint: `${issuer}${ENDPOINTS.token}`,
    userinfo_endpoint: `${issuer}${ENDPOINTS.userinfo}`,
    jwks_uri: `${issuer}${ENDPOINTS.jwks}`,
    revocation_endpoint: `${issuer}${ENDPOINTS.revoke}`,
    introspection_endpoint: `${issuer}${ENDPOINTS.introspect}`,
    gatehouse_revocations_endpoint: `${issuer}${ENDPOINTS.revocations}`,
    scopes_supported: [...IDENTITY_SCOPES.keys(), ...apiScopes(clients, tenantId)],
    ...registrationOf(deps, tenantId),
    end_session_endpoint: `${issuer}/oauth/logout`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    backchannel_authentication_endpoint: `${issuer}${ENDPOINTS.backchannelAuthentication}`,
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    backchannel_user_code_parameter_supported: true,
    backchannel_authentication_request_signing_alg_values_supported: PROFILES[DEFAULT_PROFILE].signatureAlgs,
    device_authorization_endpoint: `${issuer}${ENDPOINTS.deviceAuthorization}`,
    response_types_supported: ['code'],
    response_modes_supported: RESPONSE_MODE_NAMES,
    grant_types_supported: GRANT_TYPES_SUPPORTED,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: algorithms,
    id_token_encryption_alg_values_supported: ENCRYPTION_ALGS,
    id_token_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
    userinfo_encryption_alg_values_supported: ENCRYPTION_ALGS,
    userinfo_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
    introspection_signing_alg_values_supported: algorithms,
    token_endpoint_auth_methods_supported: REGISTERED_AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: REGISTERED_AUTH_METHODS,
    introspection_endpoint_auth_methods_supported: CONFIDENTIAL_AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: PROFILES[DEFAULT_PROFILE].signatureAlgs,
    dpop_signing_alg_values_supported: PROFILES[DEFAULT_PROFILE].signatureAlgs,
    tls_client_certificate_bound_access_tokens: true,
    ...aliasesOf(deps, tenantId),
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'acr',
      'amr',
      'name',
      'locale',
      'email',
      'email_verified',
      'roles',
    ],
    prompt_values_supported: [
      ...PROMPT_VALUES,
      ...(signin.isRegistrationOpen?.(tenantId) === true ? [CREATE_PROMPT] : []),
    ],
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    // OpenID Connect Discovery §3: an address that was not registered is never fetched.
    require_request_uri_registration: true,
    request_object_signing_alg_values_supported: PROFILES[DEFAULT_PROFILE].signatureAlgs,
    request_object_encryption_alg_values_supported: REQUEST_ENCRYPTION_ALGS,
    request_object_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
    require_signed_request_object: false,
    pushed_authorization_request_endpoint: `${issuer}${ENDPOINTS.par}`,
    require_pushed_authorization_requests: PROFILES[clients.profileOf(tenantId)].pushedRequests,
    authorization_signing_alg_values_supported: algorithms,
    authorization_details_types_supported: detailTypes(clients, tenantId),
    acr_values_supported: signin.acrValues,
    display_values_supported: ['page'],
  });
}

/** The public keys (RFC 7517 §5): for signatures, announced, active and retiring, and the one to encrypt requests to. */
export function jwksEndpoint({ signingKeys, requestEncryption }: DiscoveryDeps, tenantId: string): EndpointResponse {
  return cacheable({ keys: [...signingKeys.publicKeys(tenantId), requestEncryption.publicKey(tenantId)] });
}

/** RFC 8705 §5: browsers would be asked for a certificate as well, so the endpoints that want one may be elsewhere. */
const ALIASED = {
  token_endpoint: 'token',
  revocation_endpoint: 'revoke',
  introspection_endpoint: 'introspect',
  userinfo_endpoint: 'userinfo',
  pushed_authorization_request_endpoint: 'par',
  device_authorization_endpoint: 'deviceAuthorization',
  backchannel_authentication_endpoint: 'backchannelAuthentication',
} as const;

function aliasesOf({ issuers }: DiscoveryDeps, tenantId: string) {
  const aliases = Object.entries(ALIASED).flatMap(([name, endpoint]) => {
    const { alias } = addressOf(issuers, tenantId, endpoint);
    return alias === undefined ? [] : [[name, alias]];
  });
  return aliases.length === 0 ? {} : { mtls_endpoint_aliases: Object.fromEntries(aliases) };
}

/** Only where a policy lets somebody in: clients choose their way by what stands here. */
function registrationOf({ registrationPolicies, issuers }: DiscoveryDeps, tenantId: string) {
  const policies = registrationPolicies.all(tenantId);
  if (policies.length === 0) return {};
  return {
    registration_endpoint: `${issuers.issuerOf(tenantId)}${REGISTRATION_PATH}`,
    client_id_metadata_document_supported: policies.some(({ spec }) => spec.metadataDocuments),
  };
}

function cacheable(body: object): EndpointResponse {
  const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}"`;
  return { status: 200, headers: { 'cache-control': CACHE_CONTROL, etag }, body };
}

function detailTypes(clients: ClientDirectory, tenantId: string): string[] {
  return [...new Set(clients.apis(tenantId).flatMap((api) => [...api.detailTypes.keys()]))].sort();
}

function apiScopes(clients: ClientDirectory, tenantId: string): string[] {
  return [...new Set(clients.apis(tenantId).flatMap(({ scopes }) => [...scopes.keys()]))].sort();
}
