/** What this room writes to the audit log. */
export const GATEWAY_AUDIT_EVENTS = [
  'upstream_secret.set',
  'upstream_secret.removed',
  'gateway_session.started',
  'gateway_session.ended',
] as const;

export type GatewayAuditEvent = (typeof GATEWAY_AUDIT_EVENTS)[number];
