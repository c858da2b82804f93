import type { ColumnType } from 'kysely';

/** The room's tables. Times are milliseconds since the epoch; secrets are kept as keyed hashes or sealed, never plain. */
export type OAuthTables = {
  client_secrets: {
    tenant_id: string;
    id: string;
    /** The client resource's id, not its name: a client made anew under an old name inherits no secret. */
    client_resource_id: string;
    hash: string;
    /** The last characters, so that people can tell secrets apart. */
    hint: string;
    description: string | null;
    created_at: number;
    expires_at: number | null;
  };
  oauth_grants: {
    tenant_id: string;
    id: string;
    user_id: string;
    client_id: string;
    client_resource_id: string;
    /** The session it lives and dies with; null for offline access. */
    session_id: string | null;
    /** Of offline access: the session it was granted in, until that ends and its client is told. */
    offline_session_id: string | null;
    scope: string;
    /** Name of the API, null when only identity scopes were granted. */
    api: string | null;
    nonce: string | null;
    auth_time: number;
    acr: string | null;
    amr: string;
    created_at: number;
    expires_at: number;
    revoked_at: number | null;
    revoked_because: string | null;
    /** JSON of the confirmation its refresh tokens are bound to; null when client authentication binds them. */
    confirmation: string | null;
    /** The client secret that its newest tokens were obtained with. */
    client_secret_id: string | null;
    /** JSON: authorization details (RFC 9396) that were agreed to. */
    authorization_details: string | null;
    /** JSON: the `claims` parameter (OpenID Connect Core §5.5). */
    claims: string | null;
    /** Who acted for the person when it was granted, and so in all that comes of it. */
    actor_id: ColumnType<string | null, string | null | undefined, string | null>;
  };
  authorization_codes: {
    tenant_id: string;
    hash: string;
    grant_id: string;
    client_id: string;
    redirect_uri: string;
    code_challenge: string;
    expires_at: number;
    consumed_at: number | null;
    /** The DPoP key that must redeem it (RFC 9449 §10). */
    dpop_jkt: string | null;
  };
  refresh_tokens: {
    tenant_id: string;
    hash: string;
    grant_id: string;
    client_id: string;
    created_at: number;
    expires_at: number;
    consumed_at: number | null;
    /**
     * Of the refresh that it was born of, while it is unused itself: whoever repeats that very request soon after gets the
     * same response again.
     */
    request_hash: string | null;
    response_sealed: string | null;
    successor_hash: string | null;
  };
  consents: {
    tenant_id: string;
    user_id: string;
    client_resource_id: string;
    /** Name of the API, empty for identity scopes alone. */
    api: string;
    scope: string;
    /** JSON: authorization details of the types that are remembered. */
    details: string | null;
    granted_at: number;
  };
  authorization_requests: {
    tenant_id: string;
    hash: string;
    session_id: string;
    request: string;
    expires_at: number;
    decided_at: number | null;
  };
  /** Things that count once: proofs, assertions, request objects. */
  used_once: {
    tenant_id: string;
    purpose: string;
    hash: string;
    expires_at: number;
  };
  pushed_requests: {
    tenant_id: string;
    hash: string;
    client_resource_id: string;
    request: string;
    expires_at: number;
    /** A browser has come with it. */
    claimed_at: number | null;
    /** A code was issued for it, or the person declined. */
    finished_at: number | null;
  };
  token_revocations: {
    tenant_id: string;
    kind: string;
    id: string;
    /** Tokens issued up to then are dead. */
    before_at: number;
    /** When the last token it could concern has expired. */
    expires_at: number;
  };
};
