import type { MigrationSet } from '#store';

/** Of the key itself only a keyed hash is kept. It is unique among all tenants: a key is looked up before its tenant is known. */
const apiKeys = `
  create table api_keys (
    tenant_id text not null,
    id text not null,
    organization_id text,
    hash text not null unique,
    display_prefix text not null,
    last4 text not null,
    name text not null,
    environment text not null check (environment in ('live', 'test')),
    owner_type text check (owner_type in ('user', 'service_account')),
    owner_id text,
    scopes text[] not null,
    roles text[] not null,
    plan text,
    created_at bigint not null,
    created_by text not null,
    expires_at bigint,
    revoked_at bigint,
    revoke_reason text,
    primary key (tenant_id, id),
    check ((owner_type is null) = (owner_id is null))
  );
  create index api_keys_by_owner on api_keys (tenant_id, owner_id) where owner_id is not null;
  select gatehouse_protect('api_keys', true);
`;

/** Null restricts nothing; an empty list would admit nothing, and can't be stored. */
const restrictions = `
  alter table api_keys
    add column description text,
    add column tags text[] not null default '{}',
    add column contact_email text,
    add column allowed_addresses text[] check (cardinality(allowed_addresses) > 0),
    add column allowed_apis text[] check (cardinality(allowed_apis) > 0),
    add column allowed_routes text[] check (cardinality(allowed_routes) > 0),
    add column replaces text,
    add column replaced_by text,
    add column quarantined_at bigint,
    add column quarantine_reason text;
`;

export const apikeysMigrations: MigrationSet = {
  room: 'apikeys',
  steps: [
    { name: 'api_keys', sql: apiKeys },
    { name: 'restrictions, rotation, quarantine', sql: restrictions },
  ],
};
