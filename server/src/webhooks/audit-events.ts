/** What this room writes to the audit log, besides `webhook.created`, `.updated` and `.deleted`, which come with the kind. */
export const WEBHOOKS_AUDIT_EVENTS = [
  'webhook.secret_issued',
  'webhook.tested',
  'webhook.enabled',
  'webhook.disabled',
] as const;

export type WebhooksAuditEvent = (typeof WEBHOOKS_AUDIT_EVENTS)[number];
