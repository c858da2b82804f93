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

export const apikeysMigrations: MigrationSet = { room: 'apikeys', steps: [{ name: 'api_keys', sql: apiKeys }] };
