/** Everything this room writes to the audit log about people and service accounts. */
export const DIRECTORY_AUDIT_EVENTS = [
  'user.created',
  'user.disabled',
  'user.enabled',
  'user.roles_changed',
  'service_account.created',
] as const;

export type DirectoryAuditEvent = (typeof DIRECTORY_AUDIT_EVENTS)[number];
