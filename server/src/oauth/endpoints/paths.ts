/** Where each endpoint is, under the issuer. Metadata, routes and whatever names an endpoint (`aud`, `htu`) read this. */
export const ENDPOINTS = {
  authorize: '/oauth/authorize',
  token: '/oauth/token',
  par: '/oauth/par',
  revoke: '/oauth/revoke',
  introspect: '/oauth/introspect',
  userinfo: '/oauth/userinfo',
  revocations: '/oauth/revocations',
  jwks: '/.well-known/jwks.json',
} as const;
