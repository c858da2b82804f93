import type { Issuers } from '../issuers.ts';

/** Where each endpoint is, under the issuer. Metadata, routes and whatever names an endpoint (`aud`, `htu`) read this. */
export const ENDPOINTS = {
  authorize: '/oauth/authorize',
  token: '/oauth/token',
  par: '/oauth/par',
  revoke: '/oauth/revoke',
  introspect: '/oauth/introspect',
  userinfo: '/oauth/userinfo',
  revocations: '/oauth/revocations',
  deviceAuthorization: '/oauth/device_authorization',
  backchannelAuthentication: '/oauth/bc-authorize',
  jwks: '/.well-known/jwks.json',
} as const;

/** One of them in full, and where it is as well. */
export function addressOf(
  issuers: Issuers,
  tenantId: string,
  endpoint: keyof typeof ENDPOINTS,
): { url: string; alias: string | undefined } {
  const also = issuers.certificateAddressOf?.(tenantId);
  const path = ENDPOINTS[endpoint];
  return {
    url: `${issuers.issuerOf(tenantId)}${path}`,
    alias: also === undefined ? undefined : `${also}${path}`,
  };
}
