/** What this room writes to the audit log. */
export const APIKEYS_AUDIT_EVENTS = [
  'api_key.issued',
  'api_key.updated',
  'api_key.rotated',
  'api_key.rotation_offered',
  'api_key.breached',
  'api_key.leaked',
  'api_key.quarantined',
  'api_key.released',
  'api_key.reminded',
  'api_key.revoked',
] as const;

export type ApikeysAuditEvent = (typeof APIKEYS_AUDIT_EVENTS)[number];
