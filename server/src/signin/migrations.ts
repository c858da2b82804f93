import type { MigrationSet } from '#store';

/** Append only: a step that has run somewhere is never edited (the store refuses one whose checksum changed). */
export const signinMigrations: MigrationSet = {
  room: 'signin',
  steps: [
    {
      name: 'passwords, sessions and one-time links',
      sql: `
        create table password_credentials (
          tenant_id text not null,
          user_id text not null,
          password_hash text not null,
          created_at bigint not null,
          updated_at bigint not null,
          primary key (tenant_id, user_id)
        );
        select gatehouse_protect('password_credentials');

        create table sessions (
          tenant_id text not null,
          id text not null,
          token_hash text not null,
          user_id text not null,
          acr text not null,
          amr text[] not null,
          authenticated_at bigint not null,
          created_at bigint not null,
          last_seen_at bigint not null,
          expires_at bigint not null,
          user_agent text not null,
          address text not null,
          ended_at bigint,
          end_reason text,
          primary key (tenant_id, id),
          unique (tenant_id, token_hash)
        );
        create index sessions_of_user on sessions (tenant_id, user_id, last_seen_at) where ended_at is null;
        select gatehouse_protect('sessions');

        create table one_time_links (
          tenant_id text not null,
          id text not null,
          kind text not null,
          token_hash text not null,
          created_at bigint not null,
          expires_at bigint not null,
          consumed_at bigint,
          primary key (tenant_id, id),
          unique (tenant_id, token_hash)
        );
        -- One open link to become the first administrator: a newer one takes the older one's place.
        create unique index one_time_links_first_administrator on one_time_links (tenant_id)
          where kind = 'first_administrator' and consumed_at is null;
        select gatehouse_protect('one_time_links');
      `,
    },
    {
      name: 'sessions go on in one another',
      sql: `
        alter table sessions add column origin_id text;
        update sessions set origin_id = id;
        alter table sessions alter column origin_id set not null;
        create index sessions_of_origin on sessions (tenant_id, origin_id) where ended_at is null;
      `,
    },
  ],
};
