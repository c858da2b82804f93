import type { MigrationSet } from '#store';
import { keySearchMigration } from './key-search-migration.ts';

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

/**
 * What each key did, by the hour and route. Arrays of counts are added place by place; `sum` knows no arrays.
 * The index is for whole tenants: reports and pruning go by time.
 */
const usage = `
  create table api_key_usage (
    tenant_id text not null,
    key_id text not null,
    hour integer not null,
    route text not null,
    organization_id text,
    calls bigint not null,
    client_errors bigint not null,
    server_errors bigint not null,
    refused bigint not null,
    denied bigint not null,
    limited bigint not null,
    bytes_in bigint not null,
    bytes_out bigint not null,
    duration_micros bigint not null,
    latencies bigint[] not null,
    primary key (tenant_id, key_id, hour, route)
  );
  create index api_key_usage_by_hour on api_key_usage (tenant_id, hour);
  select gatehouse_protect('api_key_usage', true);

  create table api_key_last_use (
    tenant_id text not null,
    key_id text not null,
    organization_id text,
    at bigint not null,
    address text not null,
    route text not null,
    primary key (tenant_id, key_id)
  );
  select gatehouse_protect('api_key_last_use', true);

  create function api_key_usage_add(first bigint[], second bigint[]) returns bigint[] language sql immutable as
    $$ select array_agg(coalesce(a, 0) + coalesce(b, 0) order by place) from unnest(first, second) with ordinality as u (a, b, place) $$;
  create aggregate api_key_usage_sum (bigint[]) (sfunc = api_key_usage_add, stype = bigint[], initcond = '{}');
`;

/** How keys that came from elsewhere were hashed: sealed, since salt and HMAC secret are in it. */
const formats = `
  create table api_key_formats (
    tenant_id text not null,
    id text not null,
    sealed text not null,
    created_at bigint not null,
    primary key (tenant_id, id)
  );
  select gatehouse_protect('api_key_formats');
`;

/** Which reminders were sent, for which end: an end that is moved is told of anew. */
const reminders = `
  create table api_key_reminders (
    tenant_id text not null,
    key_id text not null,
    kind text not null check (kind in ('expiry', 'rotation')),
    due_at bigint not null,
    days integer not null,
    sent_at bigint not null,
    primary key (tenant_id, key_id, kind, due_at, days)
  );
  create index api_key_reminders_by_due on api_key_reminders (due_at);
  select gatehouse_protect('api_key_reminders');
`;

const retirementReminders = `
  alter table api_key_reminders drop constraint api_key_reminders_kind_check;
  alter table api_key_reminders add check (kind in ('expiry', 'rotation', 'retirement'));
`;

/** Links by which a key is replaced: one for each time that it is due. */
const pickUps = `
  create table api_key_pick_ups (
    tenant_id text not null,
    key_id text not null,
    due_at bigint not null,
    token_hash text not null,
    offered_at bigint not null,
    expires_at bigint not null,
    primary key (tenant_id, key_id, due_at)
  );
  create unique index api_key_pick_ups_token on api_key_pick_ups (tenant_id, token_hash);
  select gatehouse_protect('api_key_pick_ups');
`;

/**
 * Successors were written as issued by whoever replaced the key, so that one whose owner had given it its scopes himself
 * was no longer held to what he may do.
 */
const issuersOfSuccessors = `
  with recursive line as (
    select tenant_id, id, created_by from api_keys where replaces is null
    union all
    select successor.tenant_id, successor.id, line.created_by from api_keys as successor
    join line on successor.tenant_id = line.tenant_id and successor.replaces = line.id
  )
  update api_keys as keys set created_by = line.created_by from line
  where keys.tenant_id = line.tenant_id and keys.id = line.id and keys.replaces is not null
    and keys.created_by <> line.created_by;
`;

/** Where a key was found, as its reports tell it, hashed: so that a report that comes again is known. */
const leakPlaces = `
  create table api_key_leak_places (
    tenant_id text not null,
    key_id text not null,
    place_hash text not null,
    organization_id text,
    reported_at bigint not null,
    primary key (tenant_id, key_id, place_hash)
  );
  select gatehouse_protect('api_key_leak_places', true);
`;

export const apikeysMigrations: MigrationSet = {
  room: 'apikeys',
  steps: [
    { name: 'api_keys', sql: apiKeys },
    { name: 'restrictions, rotation, quarantine', sql: restrictions },
    { name: 'usage', sql: usage },
    { name: 'formats of imported keys', sql: formats },
    { name: 'reminders', sql: reminders },
    { name: 'pick-ups', sql: pickUps },
    { name: 'reminders of retirement', sql: retirementReminders },
    { name: 'issuers of successors', sql: issuersOfSuccessors },
    { name: 'places of leaks', sql: leakPlaces },
    keySearchMigration,
  ],
};
