import type { MigrationSet } from '#store';

/**
 * One table for every kind. Names sort by byte, as JavaScript sorts them. References are rows of their own, so that a
 * deletion finds who refers without reading every spec. The revision counts changes of a tenant's configuration; its row
 * is also the lock that makes writers take turns.
 */
export const resourcesMigrations: MigrationSet = {
  room: 'resources',
  steps: [
    {
      name: '0001-resources',
      sql: `
        create table resources (
          tenant_id text not null,
          kind text collate "C" not null,
          name text collate "C" not null,
          id text not null,
          spec jsonb not null,
          version integer not null check (version > 0),
          created_at bigint not null,
          updated_at bigint not null,
          primary key (tenant_id, kind, name),
          unique (tenant_id, id)
        );
        select gatehouse_protect('resources');

        create table resource_references (
          tenant_id text not null,
          kind text collate "C" not null,
          name text collate "C" not null,
          path text not null,
          target_kind text collate "C" not null,
          target_name text collate "C" not null,
          primary key (tenant_id, kind, name, path),
          foreign key (tenant_id, kind, name) references resources (tenant_id, kind, name) on delete cascade
        );
        create index resource_references_target on resource_references (tenant_id, target_kind, target_name);
        select gatehouse_protect('resource_references');

        create table resource_revisions (
          tenant_id text not null primary key,
          revision bigint not null
        );
        select gatehouse_protect('resource_revisions');
      `,
    },
    {
      // Inside an organization: what its people may be given (roles, plans), how they are described, and the
      // organization itself. Everything else of the tenant's configuration is not there, and nothing can be written.
      // Locking a row asks the policy for updates as well, so that one shows the same rows and accepts none.
      name: '0002-organizations-see-what-concerns-them',
      sql: `
        create function gatehouse_resource_in_scope(kind text, id text) returns boolean language sql stable as $$
          select coalesce(current_setting('gatehouse.organization', true), '') = ''
            or kind in ('role', 'plan', 'user_schema')
            or (kind = 'organization' and id = current_setting('gatehouse.organization', true))
        $$;
        drop policy in_scope on resources;
        create policy seen on resources for select to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '') and gatehouse_resource_in_scope(kind, id));
        create policy held on resources for update to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '') and gatehouse_resource_in_scope(kind, id))
          with check (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and coalesce(current_setting('gatehouse.organization', true), '') = '');
        create policy added on resources for insert to gatehouse_app with check (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and coalesce(current_setting('gatehouse.organization', true), '') = '');
        create policy removed on resources for delete to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and coalesce(current_setting('gatehouse.organization', true), '') = '');
      `,
    },
    {
      // What an organization owns it sees and writes itself; APIs it sees, since its clients and keys are for them.
      name: '0003-organizations-own-resources',
      sql: `
        alter table resources add column organization_id text;
        create index resources_organization on resources (tenant_id, organization_id) where organization_id is not null;
        create function gatehouse_resource_seen(kind text, id text, owner text) returns boolean language sql stable as $$
          select coalesce(current_setting('gatehouse.organization', true), '') = ''
            or kind in ('role', 'plan', 'user_schema', 'api')
            or (kind = 'organization' and id = current_setting('gatehouse.organization', true))
            or coalesce(owner = current_setting('gatehouse.organization', true), false)
        $$;
        create function gatehouse_resource_owned(owner text) returns boolean language sql stable as $$
          select coalesce(current_setting('gatehouse.organization', true), '') = ''
            or coalesce(owner = current_setting('gatehouse.organization', true), false)
        $$;
        drop policy seen on resources;
        drop policy held on resources;
        drop policy added on resources;
        drop policy removed on resources;
        drop function gatehouse_resource_in_scope(text, text);
        create policy seen on resources for select to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and gatehouse_resource_seen(kind, id, organization_id));
        create policy held on resources for update to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and gatehouse_resource_seen(kind, id, organization_id))
          with check (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and gatehouse_resource_owned(organization_id));
        create policy added on resources for insert to gatehouse_app with check (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and gatehouse_resource_owned(organization_id));
        create policy removed on resources for delete to gatehouse_app using (
          tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
          and gatehouse_resource_owned(organization_id));
      `,
    },
    {
      // What holds for all keys holds for those of organizations: unseen, it would be as if there were none.
      name: '0004-organizations-are-held-to-the-key-policy',
      sql: `
        create or replace function gatehouse_resource_seen(kind text, id text, owner text) returns boolean
          language sql stable as $$
          select coalesce(current_setting('gatehouse.organization', true), '') = ''
            or kind in ('role', 'plan', 'user_schema', 'api', 'key_policy')
            or (kind = 'organization' and id = current_setting('gatehouse.organization', true))
            or coalesce(owner = current_setting('gatehouse.organization', true), false)
        $$;
      `,
    },
    {
      // `invited` was accepted and did what `off` does: who was invited makes an account in either.
      name: '0005-registration-for-the-invited-is-off',
      sql: `
        update resources set spec = jsonb_set(spec, '{mode}', '"off"'), version = version + 1
        where kind = 'registration_policy' and spec->>'mode' = 'invited';
      `,
    },
  ],
};
