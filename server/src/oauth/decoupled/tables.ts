/** Times are milliseconds since the epoch. */
export type DecoupledTables = {
  decoupled_requests: {
    tenant_id: string;
    /** Of the device code (RFC 8628) or the auth_req_id (CIBA). */
    hash: string;
    kind: 'device' | 'ciba';
    client_id: string;
    client_resource_id: string;
    scope: string;
    /** Name of the API, null when only identity scopes were asked for. */
    api: string | null;
    user_code_hash: string | null;
    /** CIBA: who is asked. Device: who answered. */
    user_id: string | null;
    binding_message: string | null;
    /** JSON: authorization details (RFC 9396), as they were asked for. */
    authorization_details: string | null;
    /** CIBA: how strongly the person must have signed in to say yes, by what the client asked for (`acr_values`). */
    acr: string | null;
    /** CIBA, ping mode: the client's token, sealed. */
    notify_sealed: string | null;
    /** When the client is to be told next that there is an answer; null: it was, or never will be. */
    notify_at: number | null;
    notify_attempts: number;
    /** Where the request came from, for the person to see. */
    address: string;
    created_at: number;
    expires_at: number;
    interval_seconds: number;
    polled_at: number | null;
    decided_at: number | null;
    decision: 'allow' | 'deny' | null;
    grant_id: string | null;
  };
};
