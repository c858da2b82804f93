/** What relationships write to the audit log. Every single tuple stands in the change log, under the revision that the event names. */
export const RELATIONS_AUDIT_EVENTS = [
  'relation_store.created',
  'relation_store.deleted',
  'relation_model.written',
  'relation_tuples.written',
  'relation_assertions.written',
] as const;

export type RelationsAuditEvent = (typeof RELATIONS_AUDIT_EVENTS)[number];
