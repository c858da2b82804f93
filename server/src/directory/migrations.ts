import type { MigrationSet } from '#store';

/** Append only: a step that has run somewhere is never edited (the store refuses one whose checksum changed). */
export const directoryMigrations: MigrationSet = {
  room: 'directory',
  steps: [
    {
      name: 'users',
      sql: `
        create table users (
          tenant_id text not null,
          id text not null,
          organization_id text,
          email text not null,
          email_key text not null,
          name text not null,
          roles text[] not null default '{}',
          status text not null check (status in ('active', 'disabled')),
          sessions_not_before bigint not null,
          created_at bigint not null,
          updated_at bigint not null,
          primary key (tenant_id, id),
          unique (tenant_id, email_key)
        );
        create index users_roles on users using gin (roles);
        select gatehouse_protect('users', true);
      `,
    },
    {
      name: 'service accounts',
      sql: `
        create table service_accounts (
          tenant_id text not null,
          id text not null,
          name text not null,
          roles text[] not null default '{}',
          created_at bigint not null,
          primary key (tenant_id, id),
          unique (tenant_id, name)
        );
        select gatehouse_protect('service_accounts');
      `,
    },
  ],
};
