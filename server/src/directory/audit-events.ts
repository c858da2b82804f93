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
  'invitation.created',
  'invitation.resent',
  'invitation.revoked',
  'invitation.accepted',
  'group.created',
  'group.updated',
  'group.deleted',
  'group.member_added',
  'group.member_removed',
  'service_account.created',
  'service_account.updated',
  'service_account.disabled',
  'service_account.enabled',
  'service_account.deleted',
] as const;

export type DirectoryAuditEvent = (typeof DIRECTORY_AUDIT_EVENTS)[number];
