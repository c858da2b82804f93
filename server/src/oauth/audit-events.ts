/** What this room writes to the audit log. Client credentials tokens are not here: see client-credentials.ts. */
export const OAUTH_AUDIT_EVENTS = [
  'authorization_code.issued',
  'authorization_code.replayed',
  'client.registered',
  'client.unregistered',
  'client_secret.issued',
  'client_secret.revoked',
  'consent.granted',
  'consent.denied',
  'consent.withdrawn',
  'initial_access_token.issued',
  'initial_access_token.revoked',
  'logout.undeliverable',
  'refresh_token.reused',
  'token.issued',
  'token.revoked',
] as const;
