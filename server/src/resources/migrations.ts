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
  ],
};
