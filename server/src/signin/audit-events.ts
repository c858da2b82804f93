/** Everything this room writes to the audit log. */
export const SIGNIN_AUDIT_EVENTS = [
  'user.signed_in',
  'user.sign_in_failed',
  'sign_in.attack_suspected',
  'user.new_device',
  'user.impossible_travel',
  'user.password_set',
  'user.factor_added',
  'user.factor_removed',
  'user.passkey_renamed',
  'user.passkey_copied',
  'user.recovery_codes_replaced',
  'user.devices_forgotten',
  'session.organization_chosen',
  'user.imported',
  'user.recovery_link_issued',
  'user.password_recovered',
  'user.email_changed',
  'user.email_change_undone',
  'session.ended',
  'impersonation.requested',
  'impersonation.started',
  'first_administrator_link.created',
  'first_administrator_link.consumed',
] as const;

export type SigninAuditEvent = (typeof SIGNIN_AUDIT_EVENTS)[number];
