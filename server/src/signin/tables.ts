import type { ColumnType } from 'kysely';
import type { FlowState } from './flow/sign-in-steps.ts';
import type { Place } from './place.ts';

/**
 * The tables of this room, as SQL has them. Times are milliseconds since the epoch. Types, not interfaces: Kysely
 * asks for an index signature, which an interface never has.
 */
export type SigninTables = {
  password_credentials: PasswordCredentialsTable;
  sessions: SessionsTable;
  one_time_links: OneTimeLinksTable;
  sign_in_flows: SignInFlowsTable;
  totp_credentials: TotpCredentialsTable;
  totp_enrolments: TotpEnrolmentsTable;
  recovery_codes: RecoveryCodesTable;
  passkeys: PasskeysTable;
  webauthn_challenges: WebauthnChallengesTable;
  known_devices: KnownDevicesTable;
  sign_in_counters: SignInCountersTable;
  impersonations: ImpersonationsTable;
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
  /** Ends when unused for so long: what the policy said when it began. */
  idle_ms: ColumnType<number, number | undefined, number>;
  /** A remembered device stood in for the second factor. */
  device_remembered: ColumnType<boolean, boolean | undefined, boolean>;
  /** Where it began, as JSON; null where nobody says. */
  place: ColumnType<Place | null, string | null | undefined, string | null>;
  /** Who acts in it for its person; null when that is the person. */
  actor_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** The origin of the actor's own session, beside which alone it is good. */
  actor_session_id: ColumnType<string | null, string | null | undefined, string | null>;
};

/** Asked for and not begun yet. */
export type ImpersonationsTable = {
  tenant_id: string;
  id: string;
  user_id: string;
  actor_id: string;
  reason: string;
  lifetime_ms: number;
  created_at: number;
  /** Until then it can be begun. */
  expires_at: number;
};

export type SessionEndReason =
  | 'signed_out'
  | 'ended_by_user'
  | 'ended_by_administrator'
  | 'factors_changed'
  | 'password_recovered'
  | 'replaced'
  | 'another_person'
  | 'impersonation_ended'
  | 'actor_signed_out'
  /** Its time was over. */
  | 'expired'
  | 'too_many';

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

export type SignInFlowsTable = {
  tenant_id: string;
  id: string;
  token_hash: string;
  user_id: string;
  state: ColumnType<FlowState, string, string>;
  /** Wrong codes so far: a flow bears a few. */
  failures: number;
  created_at: number;
  expires_at: number;
};

export type TotpCredentialsTable = {
  tenant_id: string;
  user_id: string;
  secret_sealed: string;
  last_step: number;
  created_at: number;
};

export type TotpEnrolmentsTable = {
  tenant_id: string;
  user_id: string;
  secret_sealed: string;
  expires_at: number;
};

export type RecoveryCodesTable = {
  tenant_id: string;
  user_id: string;
  code_hash: string;
  created_at: number;
  used_at: number | null;
};

export type PasskeysTable = {
  tenant_id: string;
  id: string;
  user_id: string;
  /** As the authenticator names it, base64url. */
  credential_id: string;
  /** COSE_Key, base64url. */
  public_key: string;
  counter: number;
  transports: string[];
  aaguid: string;
  backed_up: boolean;
  multi_device: boolean;
  name: string;
  created_at: number;
  last_used_at: number | null;
};

export type WebauthnChallengesTable = {
  tenant_id: string;
  challenge_hash: string;
  ceremony: Ceremony;
  bound_to: string;
  expires_at: number;
};

/** What a challenge was made for: the answer to one is no answer to another. */
export type Ceremony = 'sign_in' | 'second_factor' | 'register';

export type KnownDevicesTable = {
  tenant_id: string;
  token_hash: string;
  user_id: string;
  user_agent: string;
  created_at: number;
  last_seen_at: number;
  remembered_until: number | null;
};

export type SignInCountersTable = {
  tenant_id: string;
  key: string;
  level: number;
  updated_at: number;
};
