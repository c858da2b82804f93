/** Requests whose person answers on another device or at another time (RFC 8628, CIBA), while the client asks for the result. */
export const DECOUPLED_MIGRATION = {
  name: '0004-decoupled-requests',
  sql: `
    create table decoupled_requests (
      tenant_id text not null,
      hash text not null,
      kind text not null check (kind in ('device', 'ciba')),
      client_id text not null,
      client_resource_id text not null,
      scope text not null,
      api text,
      user_code_hash text,
      user_id text,
      binding_message text,
      acr text,
      notify_sealed text,
      address text not null,
      created_at bigint not null,
      expires_at bigint not null,
      interval_seconds integer not null,
      polled_at bigint,
      decided_at bigint,
      decision text check (decision in ('allow', 'deny')),
      grant_id text,
      primary key (tenant_id, hash)
    );
    create unique index decoupled_requests_user_code on decoupled_requests (tenant_id, user_code_hash)
      where user_code_hash is not null;
    create index decoupled_requests_user on decoupled_requests (tenant_id, user_id) where user_id is not null;
    create index decoupled_requests_expiry on decoupled_requests (expires_at);
    select gatehouse_protect('decoupled_requests');
  `,
} as const;

/** A ping that got lost is sent again, by whichever process is there then. */
export const PING_MIGRATION = {
  name: '0010-pings-again',
  sql: `
    alter table decoupled_requests
      add column notify_at bigint,
      add column notify_attempts integer not null default 0;
    create index decoupled_requests_notify on decoupled_requests (notify_at) where notify_at is not null;
  `,
} as const;

/** What exactly is asked for waits with the rest for the person. */
export const DECOUPLED_DETAILS_MIGRATION = {
  name: '0014-details-of-decoupled-requests',
  sql: 'alter table decoupled_requests add column authorization_details text;',
} as const;
