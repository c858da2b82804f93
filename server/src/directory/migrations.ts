import type { MigrationSet } from '#store';
import { userWordsMigration } from './user-words-migration.ts';

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
    {
      // users.organization_id from here on names the organization that manages the account. Such an account belongs to
      // that organization alone and has no roles of the tenant, since its administrators may change and end it; a
      // person who joins a second organization is managed by none (the trigger).
      name: 'people of several organizations',
      sql: `
        alter table users
          add column email_verified boolean not null default false,
          add column attributes jsonb not null default '{}',
          add column version integer not null default 1;

        create table memberships (
          tenant_id text not null,
          organization_id text not null,
          user_id text not null,
          roles text[] not null default '{}',
          version integer not null default 1,
          created_at bigint not null,
          updated_at bigint not null,
          primary key (tenant_id, organization_id, user_id),
          foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
        );
        create index memberships_of_user on memberships (tenant_id, user_id);
        create index memberships_roles on memberships using gin (roles);
        select gatehouse_protect('memberships', true);

        insert into memberships (tenant_id, organization_id, user_id, roles, created_at, updated_at)
          select tenant_id, organization_id, id, roles, created_at, updated_at
          from users where organization_id is not null;
        update users set roles = '{}' where organization_id is not null;
        alter table users add constraint users_managed_have_no_tenant_roles
          check (organization_id is null or roles = '{}');

        create function directory_release_account() returns trigger language plpgsql as $$
        begin
          update users set organization_id = null where tenant_id = new.tenant_id and id = new.user_id
            and organization_id <> new.organization_id;
          return new;
        end $$;
        create trigger release_account after insert on memberships
          for each row execute function directory_release_account();

        drop policy in_scope on users;
        -- An organization sees its members, and changes the accounts it manages; it makes none by itself, because
        -- whether an address is taken would tell it who else there is.
        create policy seen on users for select to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and (coalesce(current_setting('gatehouse.organization', true), '') = ''
            or organization_id = current_setting('gatehouse.organization', true)
            or exists (select from memberships m where m.tenant_id = users.tenant_id and m.user_id = users.id
              and m.organization_id = current_setting('gatehouse.organization', true))));
        create policy changed on users for update to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and (coalesce(current_setting('gatehouse.organization', true), '') = ''
            or organization_id = current_setting('gatehouse.organization', true)));
        create policy removed on users for delete to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and (coalesce(current_setting('gatehouse.organization', true), '') = ''
            or organization_id = current_setting('gatehouse.organization', true)));
        create policy added on users for insert to gatehouse_app with check (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and coalesce(current_setting('gatehouse.organization', true), '') = '');
      `,
    },
    {
      name: 'groups',
      sql: `
        create table groups (
          tenant_id text not null,
          id text not null,
          organization_id text,
          name text not null,
          description text not null,
          roles text[] not null,
          version integer not null,
          created_at bigint not null,
          updated_at bigint not null,
          primary key (tenant_id, id)
        );
        create unique index groups_name on groups (tenant_id, coalesce(organization_id, ''), name);
        select gatehouse_protect('groups', true);

        -- A member is a person, a service account or a group, so that no foreign key can say what it must be.
        create table group_members (
          tenant_id text not null,
          group_id text not null,
          organization_id text,
          member_type text not null check (member_type in ('user', 'service_account', 'group')),
          member_id text not null,
          created_at bigint not null,
          primary key (tenant_id, group_id, member_id),
          foreign key (tenant_id, group_id) references groups (tenant_id, id) on delete cascade
        );
        create index group_members_of on group_members (tenant_id, member_id);
        select gatehouse_protect('group_members', true);
      `,
    },
    {
      name: 'service accounts of organizations',
      sql: `
        alter table service_accounts
          add column organization_id text,
          add column description text not null default '',
          add column status text not null default 'active' check (status in ('active', 'disabled')),
          add column version integer not null default 1,
          add column updated_at bigint not null default 0;
        update service_accounts set updated_at = created_at;
        alter table service_accounts drop constraint service_accounts_tenant_id_name_key;
        create unique index service_accounts_name on service_accounts (tenant_id, coalesce(organization_id, ''), name);
        drop policy in_scope on service_accounts;
        drop policy everything on service_accounts;
        select gatehouse_protect('service_accounts', true);
      `,
    },
    {
      name: 'invitations',
      sql: `
        create table invitations (
          tenant_id text not null,
          id text not null,
          organization_id text,
          email text not null,
          email_key text not null,
          roles text[] not null,
          token_hash text not null,
          mailed boolean not null,
          invited_by text not null,
          expires_in_days int not null,
          created_at bigint not null,
          expires_at bigint not null,
          accepted_at bigint,
          accepted_by text,
          revoked_at bigint,
          primary key (tenant_id, id),
          unique (tenant_id, token_hash)
        );
        create unique index invitations_open on invitations (tenant_id, coalesce(organization_id, ''), email_key)
          where accepted_at is null and revoked_at is null;
        create index invitations_of_address on invitations (tenant_id, email_key);
        select gatehouse_protect('invitations', true);
      `,
    },
    {
      // Null: nobody has said; pages then go by the browser, and mails by the page that caused them.
      name: 'the language of a person',
      sql: `alter table users add column locale text`,
    },
    {
      // By code points, so that a page begins where the one before ended whatever the database's locale is.
      name: 'people by name',
      sql: `
        alter table users add column name_key text collate "C" not null generated always as (lower(name)) stored;
        create index users_by_name on users (tenant_id, name_key, id);
      `,
    },
    userWordsMigration,
  ],
};
