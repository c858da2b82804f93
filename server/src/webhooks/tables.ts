/**
 * The tables of this room, as SQL has them. Times are milliseconds since the epoch. Types, not interfaces: Kysely
 * asks for an index signature, which an interface never has.
 */
export type WebhookTables = {
  webhook_endpoints: EndpointRow;
  webhook_secrets: SecretRow;
  webhook_deliveries: DeliveryRow;
  webhook_attempts: AttemptRow;
  webhook_cursors: { tenant_id: string; sequence: number };
};

/** What a declared webhook says, as the worker needs it, and how it fares. */
export type EndpointRow = {
  tenant_id: string;
  /** The name that it is declared under. */
  webhook: string;
  /** Of the resource: another one under the same name has another. */
  id: string;
  organization_id: string | null;
  url: string;
  events: string[];
  key_tags: string[] | null;
  details: boolean;
  contact_email: string | null;
  /** Declared: nothing is queued or sent. */
  paused: boolean;
  /** The end of the audit chain when it was declared: what happened before is not told. */
  since_sequence: number;
  disabled_at: number | null;
  disabled_reason: DisabledReason | null;
  /** Since when every attempt has failed; null when the last one succeeded. */
  failing_since: number | null;
  last_delivered_at: number | null;
  /** Events that found the queue full since the last delivery. */
  dropped: number;
};

export type DisabledReason = 'gone' | 'failing';

export type SecretRow = {
  tenant_id: string;
  id: string;
  webhook: string;
  organization_id: string | null;
  sealed: string;
  hint: string;
  created_at: number;
  /** Null: the one that stays. */
  expires_at: number | null;
};

export type DeliveryStatus = 'queued' | 'delivered' | 'given_up';

export type DeliveryRow = {
  tenant_id: string;
  id: string;
  webhook: string;
  organization_id: string | null;
  /** The place of the event in the audit chain. */
  sequence: number;
  event_id: string;
  event_type: string;
  status: DeliveryStatus;
  /** In this course of the schedule: one that is begun again by hand begins at 0. */
  attempts: number;
  /** Of all courses. */
  attempts_total: number;
  next_attempt_at: number;
  /** Set while somebody has it in hand. */
  taken_at: number | null;
  created_at: number;
  finished_at: number | null;
  last_status: number | null;
  last_failure: string | null;
};

export type AttemptRow = {
  tenant_id: string;
  delivery_id: string;
  number: number;
  organization_id: string | null;
  at: number;
  status: number | null;
  failure: string | null;
  duration_ms: number;
  /** The beginning of what was answered; erased after some days. */
  answer: string | null;
};

export const secretPlace = (id: string) => ({ table: 'webhook_secrets', column: 'sealed', row: id });

/** Wakes the worker. */
export const WEBHOOK_TOPIC = 'webhook';
