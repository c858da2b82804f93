import { APPROVAL_CODE_MIGRATION } from './ciba/approval-code-table.ts';
import { DECOUPLED_DETAILS_MIGRATION, DECOUPLED_MIGRATION, PING_MIGRATION } from './decoupled/migration.ts';
import { ENCRYPTION_SALTS_MIGRATION } from './jwt/encryption-salts.ts';
import { LOGOUT_MIGRATION, OFFLINE_SESSION_MIGRATION } from './logout/tables.ts';
import { REFUSALS_MIGRATION } from './refusals/tables.ts';
import { REGISTRATION_MIGRATION } from './registration/tables.ts';

/** Append only: a step that was released is never edited. */
export const oauthMigrations = {
  room: 'oauth',
  steps: [
    {
      name: '0001-clients-grants-tokens',
      sql: `
        create table client_secrets (
          tenant_id text not null,
          id text not null,
          client_resource_id text not null,
          hash text not null,
          hint text not null,
          description text,
          created_at bigint not null,
          expires_at bigint,
          primary key (tenant_id, id)
        );
        create index client_secrets_client on client_secrets (tenant_id, client_resource_id);
        select gatehouse_protect('client_secrets');

        create table oauth_grants (
          tenant_id text not null,
          id text not null,
          user_id text not null,
          client_id text not null,
          client_resource_id text not null,
          session_id text,
          scope text not null,
          api text,
          nonce text,
          auth_time bigint not null,
          acr text,
          amr text not null,
          created_at bigint not null,
          expires_at bigint not null,
          revoked_at bigint,
          revoked_because text,
          primary key (tenant_id, id)
        );
        create index oauth_grants_user on oauth_grants (tenant_id, user_id);
        create index oauth_grants_client on oauth_grants (tenant_id, client_id);
        create index oauth_grants_session on oauth_grants (tenant_id, session_id) where session_id is not null;
        create index oauth_grants_expiry on oauth_grants (expires_at);
        select gatehouse_protect('oauth_grants');

        create table authorization_codes (
          tenant_id text not null,
          hash text not null,
          grant_id text not null,
          client_id text not null,
          redirect_uri text not null,
          code_challenge text not null,
          expires_at bigint not null,
          consumed_at bigint,
          primary key (tenant_id, hash),
          foreign key (tenant_id, grant_id) references oauth_grants on delete cascade
        );
        create index authorization_codes_grant on authorization_codes (tenant_id, grant_id);
        select gatehouse_protect('authorization_codes');

        create table refresh_tokens (
          tenant_id text not null,
          hash text not null,
          grant_id text not null,
          client_id text not null,
          created_at bigint not null,
          expires_at bigint not null,
          consumed_at bigint,
          request_hash text,
          response_sealed text,
          successor_hash text,
          primary key (tenant_id, hash),
          foreign key (tenant_id, grant_id) references oauth_grants on delete cascade
        );
        create index refresh_tokens_grant on refresh_tokens (tenant_id, grant_id);
        select gatehouse_protect('refresh_tokens');

        create table consents (
          tenant_id text not null,
          user_id text not null,
          client_resource_id text not null,
          api text not null,
          scope text not null,
          granted_at bigint not null,
          primary key (tenant_id, user_id, client_resource_id, api)
        );
        select gatehouse_protect('consents');

        create table authorization_requests (
          tenant_id text not null,
          hash text not null,
          session_id text not null,
          request text not null,
          expires_at bigint not null,
          decided_at bigint,
          primary key (tenant_id, hash)
        );
        create index authorization_requests_expiry on authorization_requests (expires_at);
        select gatehouse_protect('authorization_requests');

        create table token_revocations (
          tenant_id text not null,
          kind text not null check (kind in ('jti', 'grant', 'client', 'session', 'user')),
          id text not null,
          before_at bigint not null,
          expires_at bigint not null,
          primary key (tenant_id, kind, id)
        );
        create index token_revocations_expiry on token_revocations (expires_at);
        select gatehouse_protect('token_revocations');
      `,
    },
    {
      name: '0002-open-questions-of-a-session',
      sql: 'create index authorization_requests_session on authorization_requests (tenant_id, session_id);',
    },
    {
      name: '0003-senders-and-pushed-requests',
      sql: `
        alter table oauth_grants
          add column confirmation text,
          add column client_secret_id text,
          add column authorization_details text,
          add column claims text;
        create index oauth_grants_secret on oauth_grants (tenant_id, client_secret_id) where client_secret_id is not null;
        alter table authorization_codes add column dpop_jkt text;
        alter table token_revocations drop constraint token_revocations_kind_check;
        alter table token_revocations add constraint token_revocations_kind_check
          check (kind in ('jti', 'grant', 'client', 'secret', 'session', 'user'));

        create table used_once (
          tenant_id text not null,
          purpose text not null,
          hash text not null,
          expires_at bigint not null,
          primary key (tenant_id, purpose, hash)
        );
        create index used_once_expiry on used_once (expires_at);
        select gatehouse_protect('used_once');

        create table pushed_requests (
          tenant_id text not null,
          hash text not null,
          client_resource_id text not null,
          request text not null,
          expires_at bigint not null,
          claimed_at bigint,
          finished_at bigint,
          primary key (tenant_id, hash)
        );
        create index pushed_requests_expiry on pushed_requests (expires_at);
        select gatehouse_protect('pushed_requests');
      `,
    },
    DECOUPLED_MIGRATION,
    REGISTRATION_MIGRATION,
    LOGOUT_MIGRATION,
    OFFLINE_SESSION_MIGRATION,
    REFUSALS_MIGRATION,
    PING_MIGRATION,
    {
      name: '0011-remembered-details',
      sql: 'alter table consents add column details text;',
    },
    APPROVAL_CODE_MIGRATION,
    {
      name: '0012-who-acts-in-a-grant',
      sql: 'alter table oauth_grants add column actor_id text;',
    },
    {
      // A response of some two kilobytes is kept for seconds: in its row, not in pieces in a second table. And the grant
      // is locked wherever a refresh token is added, so looking for it once more, for each, finds nothing new.
      name: '0013-quick-refreshes',
      sql: `
        alter table refresh_tokens drop constraint refresh_tokens_tenant_id_grant_id_fkey;
        alter table refresh_tokens set (toast_tuple_target = 8160);
        alter table refresh_tokens alter column response_sealed set storage external;
      `,
    },
    DECOUPLED_DETAILS_MIGRATION,
    ENCRYPTION_SALTS_MIGRATION,
    {
      // The tenant comes last in them. As long as a table has no statistics the planner takes a tenant for few rows, and an
      // index that begins with it for as good as the primary key: each look for one grant went through all of its tenant's.
      name: '0016-one-grant-by-its-key-alone',
      sql: `
        drop index oauth_grants_user;
        create index oauth_grants_user on oauth_grants (user_id, tenant_id);
        drop index oauth_grants_client;
        create index oauth_grants_client on oauth_grants (client_id, tenant_id);
        drop index oauth_grants_session;
        create index oauth_grants_session on oauth_grants (session_id, tenant_id) where session_id is not null;
        drop index oauth_grants_secret;
        create index oauth_grants_secret on oauth_grants (client_secret_id, tenant_id) where client_secret_id is not null;
        drop index oauth_grants_offline_session;
        create index oauth_grants_offline_session on oauth_grants (offline_session_id, tenant_id)
          where offline_session_id is not null;
        drop index refresh_tokens_grant;
        create index refresh_tokens_grant on refresh_tokens (grant_id, tenant_id);
        drop index authorization_codes_grant;
        create index authorization_codes_grant on authorization_codes (grant_id, tenant_id);
      `,
    },
  ],
} as const;
