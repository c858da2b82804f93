import type { ChallengePurpose } from './challenge-purposes.ts';

/** As SQL has them; times in milliseconds since the epoch. */
export type EmailProofTables = {
  email_challenges: EmailChallengesTable;
  email_attempts: EmailAttemptsTable;
};

export type EmailChallengesTable = {
  tenant_id: string;
  id: string;
  purpose: ChallengePurpose;
  user_id: string | null;
  address_sealed: string | null;
  token_hash: string;
  code_hash: string | null;
  /** Keyed hash of a secret of the browser that asked: only there does the code, and with some purposes the link, work. */
  browser_hash: string | null;
  attempts: number;
  created_at: number;
  expires_at: number;
  consumed_at: number | null;
};

export type EmailAttemptsTable = {
  tenant_id: string;
  key_hash: string;
  window_started_at: number;
  count: number;
};

export const addressPlace = (id: string) => ({ table: 'email_challenges', column: 'address_sealed', row: id });
