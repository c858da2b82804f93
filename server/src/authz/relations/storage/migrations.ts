import type { MigrationSet } from '#store';

/**
 * A store's row is locked by whoever writes to the store, so its revisions become visible one after the other: whoever has
 * seen one has seen all before it. A change is kept for good under its revision; `relation_tuples` is what they add up to.
 */
const relations = `
  create table relation_stores (
    tenant_id text not null,
    id text not null,
    name text not null,
    revision bigint not null default 0,
    model_count integer not null default 0,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    primary key (tenant_id, id)
  );
  select gatehouse_protect('relation_stores');

  create table relation_models (
    tenant_id text not null,
    store_id text not null,
    position integer not null,
    id text not null,
    -- As text, so that it comes back as it was written: jsonb sorts the members of objects.
    model text not null,
    created_at bigint not null,
    primary key (tenant_id, store_id, position),
    unique (tenant_id, store_id, id)
  );
  select gatehouse_protect('relation_models');

  create table relation_tuples (
    tenant_id text not null,
    store_id text not null,
    object_type text not null,
    object_id text not null,
    relation text not null,
    subject text not null,
    condition_name text,
    condition_context jsonb,
    written_at bigint not null,
    primary key (tenant_id, store_id, object_type, object_id, relation, subject)
  );
  create index relation_tuples_by_subject on relation_tuples (tenant_id, store_id, subject, object_type);
  select gatehouse_protect('relation_tuples');

  create table relation_changes (
    tenant_id text not null,
    store_id text not null,
    revision bigint not null,
    ordinal integer not null,
    operation text not null check (operation in ('write', 'delete')),
    object_type text not null,
    object_id text not null,
    relation text not null,
    subject text not null,
    condition_name text,
    condition_context jsonb,
    changed_at bigint not null,
    primary key (tenant_id, store_id, revision, ordinal)
  );
  select gatehouse_protect('relation_changes');

  create table relation_assertions (
    tenant_id text not null,
    store_id text not null,
    model_id text not null,
    assertions jsonb not null,
    primary key (tenant_id, store_id, model_id)
  );
  select gatehouse_protect('relation_assertions');
`;

/** Large stores are asked set by set: of a group with a million members, its few nested groups are found without them. */
const usersets = `
  create index relation_tuples_usersets on relation_tuples (tenant_id, store_id, object_type, object_id, relation)
    where position('#' in subject) > 0;
`;

export const relationsMigrations: MigrationSet = {
  room: 'relations',
  steps: [
    { name: 'relations', sql: relations },
    { name: 'usersets', sql: usersets },
  ],
};
