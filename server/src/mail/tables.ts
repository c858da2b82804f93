/**
 * The tables of this room, as SQL has them. Times are milliseconds since the epoch. Types, not interfaces: Kysely
 * asks for an index signature, which an interface never has.
 */
export type MailTables = {
  mail_outbox: MailOutboxTable;
  mail_requests: MailRequestsTable;
  mail_rates: MailRatesTable;
};

export type MailOutboxTable = {
  tenant_id: string;
  id: string;
  template: string;
  /** Keyed hash of the address and the class of mail: what limits are counted by. */
  recipient_hash: string;
  /** Null once the mail has gone or was given up. */
  sealed: string | null;
  status: 'queued' | 'sent' | 'given_up';
  attempts: number;
  next_attempt_at: number;
  /** After this it is not sent any more: the link in it has ended. */
  expires_at: number;
  created_at: number;
  finished_at: number | null;
  /** Why the last attempt failed, in our words: a server's own answer repeats the address. */
  failure: string | null;
};

export type MailRequestsTable = {
  tenant_id: string;
  id: string;
  kind: string;
  sealed: string;
  attempts: number;
  next_attempt_at: number;
  created_at: number;
};

export type MailRatesTable = {
  tenant_id: string;
  recipient_hash: string;
  window_started_at: number;
  count: number;
};

export const outboxPlace = (id: string) => ({ table: 'mail_outbox', column: 'sealed', row: id });
export const requestPlace = (id: string) => ({ table: 'mail_requests', column: 'sealed', row: id });
