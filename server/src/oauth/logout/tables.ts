/** Times are milliseconds since the epoch. */
export type LogoutTables = {
  /** Applications that must be told that somebody is no longer signed in (OpenID Connect Back-Channel Logout). */
  logout_deliveries: {
    tenant_id: string;
    id: string;
    client_id: string;
    client_resource_id: string;
    user_id: string;
    session_id: string;
    attempts: number;
    next_at: number;
    created_at: number;
  };
};

export const LOGOUT_MIGRATION = {
  name: '0007-logout-deliveries',
  sql: `
    create table logout_deliveries (
      tenant_id text not null,
      id text not null,
      client_id text not null,
      client_resource_id text not null,
      user_id text not null,
      session_id text not null,
      attempts integer not null default 0,
      next_at bigint not null,
      created_at bigint not null,
      primary key (tenant_id, id)
    );
    create unique index logout_deliveries_once on logout_deliveries (tenant_id, client_resource_id, session_id);
    create index logout_deliveries_due on logout_deliveries (next_at);
    select gatehouse_protect('logout_deliveries');
  `,
} as const;

/** Offline access outlives its session; whoever has it hears of the session's end all the same. */
export const OFFLINE_SESSION_MIGRATION = {
  name: '0008-sessions-of-offline-grants',
  sql: `
    alter table oauth_grants add column offline_session_id text;
    create index oauth_grants_offline_session on oauth_grants (tenant_id, offline_session_id)
      where offline_session_id is not null;
  `,
} as const;
