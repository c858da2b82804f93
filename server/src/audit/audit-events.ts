/** What this room writes to the log itself. */
export const AUDIT_AUDIT_EVENTS = ['access_log.dropped'] as const;
