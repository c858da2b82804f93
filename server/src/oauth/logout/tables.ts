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
