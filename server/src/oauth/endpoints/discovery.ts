import { createHash } from 'node:crypto';
import type { SigningKeys } from '#keyring';
import { CONFIDENTIAL_AUTH_METHODS, REGISTERED_AUTH_METHODS } from '../authentication/auth-methods.ts';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { IDENTITY_SCOPES } from '../clients/scope.ts';
import type { Issuers } from '../issuers.ts';
import { DEFAULT_PROFILE, PROFILES } from '../profiles/profile.ts';
import type { EndpointResponse } from '../protocol/endpoint.ts';
import { ENDPOINTS } from './paths.ts';
import { GRANT_TYPES_SUPPORTED } from './token.ts';

export interface DiscoveryDeps {
  issuers: Issuers;
  signingKeys: Pick<SigningKeys, 'publicKeys'>;
  clients: ClientDirectory;
}

/**
 * Short enough that a new key is known everywhere long before it signs: keys are announced for longer than this.
 * `stale-if-error` lets verifiers go on while we restart.
 */
const CACHE_CONTROL = 'public, max-age=300, stale-if-error=3600';

/** Authorization server metadata (RFC 8414 §2) and OpenID Connect Discovery §3: one document serves both. */
export function discoveryEndpoint(
  { issuers, clients, signingKeys }: DiscoveryDeps,
  tenantId: string,
): EndpointResponse {
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
    scopes_supported: [...IDENTITY_SCOPES.keys(), ...apiScopes(clients, tenantId)],
    device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: GRANT_TYPES_SUPPORTED,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithms,
    introspection_signing_alg_values_supported: algorithms,
    token_endpoint_auth_methods_supported: REGISTERED_AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: REGISTERED_AUTH_METHODS,
    introspection_endpoint_auth_methods_supported: CONFIDENTIAL_AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: PROFILES[DEFAULT_PROFILE].signatureAlgs,
    dpop_signing_alg_values_supported: PROFILES[DEFAULT_PROFILE].signatureAlgs,
    tls_client_certificate_bound_access_tokens: true,
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
      'email',
      'email_verified',
      'roles',
    ],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  });
}

/** The public keys (RFC 7517 §5): announced, active and retiring. */
export function jwksEndpoint({ signingKeys }: DiscoveryDeps, tenantId: string): EndpointResponse {
  return cacheable({ keys: signingKeys.publicKeys(tenantId) });
}

function cacheable(body: object): EndpointResponse {
  const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}"`;
  return { status: 200, headers: { 'cache-control': CACHE_CONTROL, etag }, body };
}

function apiScopes(clients: ClientDirectory, tenantId: string): string[] {
  return [...new Set(clients.apis(tenantId).flatMap(({ scopes }) => [...scopes.keys()]))].sort();
}
