/** Everything this room writes to the audit log. */
export const MAIL_AUDIT_EVENTS = ['mail.given_up', 'mail.suppressed'] as const;

export type MailAuditEvent = (typeof MAIL_AUDIT_EVENTS)[number];
