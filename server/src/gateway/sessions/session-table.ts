/** What the gateway keeps of a person's session in a browser. */
export type GatewaySessionTables = {
  gateway_sessions: {
    tenant_id: string;
    id: string;
    /** Keyed hash of what the cookie holds. */
    hash: string;
    /** Name of the browser_session. */
    kind: string;
    user_id: string;
    /** Of the issuer. */
    issuer_session_id: string | null;
    /** The tokens. */
    sealed: string;
    /** One more with each renewal of the tokens. */
    version: number;
    /** Somebody renews them, until then. Milliseconds, as all that follow. */
    renewing_until: number | null;
    created_at: number;
    seen_at: number;
    /** Over then, whatever happens. */
    expires_at: number;
  };
};

/** Change topic: the session of this id has other tokens, or is over. */
export const GATEWAY_SESSION_TOPIC = 'gateway_session';

export const placeOfTokens = (tenantId: string, id: string) => ({
  table: 'gateway_sessions',
  column: 'sealed',
  row: `${tenantId}/${id}`,
});

export const gatewaySessionsStep = {
  name: 'gateway_sessions',
  sql: `
    create table gateway_sessions (
      tenant_id text not null,
      id text not null,
      hash text not null,
      kind text not null,
      user_id text not null,
      issuer_session_id text,
      sealed text not null,
      version integer not null,
      renewing_until bigint,
      created_at bigint not null,
      seen_at bigint not null,
      expires_at bigint not null,
      primary key (tenant_id, id)
    );
    create unique index gateway_sessions_hash on gateway_sessions (tenant_id, hash);
    create index gateway_sessions_expires_at on gateway_sessions (expires_at);
    select gatehouse_protect('gateway_sessions');
  `,
};
