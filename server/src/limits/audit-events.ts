/** What this room writes to the audit log. */
export const LIMITS_AUDIT_EVENTS = ['quota.threshold_reached'] as const;

export type LimitsAuditEvent = (typeof LIMITS_AUDIT_EVENTS)[number];
