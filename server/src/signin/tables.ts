/**
 * The tables of this room, as SQL has them. Times are milliseconds since the epoch. Types, not interfaces: Kysely
 * asks for an index signature, which an interface never has.
 */
export type SigninTables = {
  password_credentials: PasswordCredentialsTable;
  sessions: SessionsTable;
  one_time_links: OneTimeLinksTable;
};

export type PasswordCredentialsTable = {
  tenant_id: string;
  user_id: string;
  /** PHC string of argon2id: algorithm, parameters, salt and hash. */
  password_hash: string;
  created_at: number;
  updated_at: number;
};

export type SessionsTable = {
  tenant_id: string;
  id: string;
  /** The first of the sessions that this one goes on from, each replaced by the next; its own id when it is the first. */
  origin_id: string;
  token_hash: string;
  user_id: string;
  acr: string;
  amr: string[];
  authenticated_at: number;
  created_at: number;
  last_seen_at: number;
  /** End of the absolute lifetime. */
  expires_at: number;
  user_agent: string;
  address: string;
  ended_at: number | null;
  end_reason: SessionEndReason | null;
};

export type SessionEndReason = 'signed_out' | 'ended_by_user' | 'replaced' | 'another_person' | 'too_many';

export type OneTimeLinksTable = {
  tenant_id: string;
  id: string;
  kind: OneTimeLinkKind;
  token_hash: string;
  created_at: number;
  expires_at: number;
  consumed_at: number | null;
};

export type OneTimeLinkKind = 'first_administrator';
