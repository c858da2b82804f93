/** Everything this room writes to the audit log about people and service accounts. */
export const DIRECTORY_AUDIT_EVENTS = [
  'user.created',
  'user.updated',
  'user.email_verified',
  'user.deleted',
  'user.disabled',
  'user.enabled',
  'user.roles_changed',
  'membership.added',
  'membership.changed',
  'membership.removed',
  'service_account.created',
] as const;

export type DirectoryAuditEvent = (typeof DIRECTORY_AUDIT_EVENTS)[number];
