import type { MigrationSet } from '#store';

/**
 * The program's own roles may read and add, nothing else: an intruder who can run any SQL as the program still can't
 * change what was written. Who owns the database can; that is what the chain and the checkpoints are for.
 */
const events = `
  create table audit_heads (
    tenant_id text primary key,
    sequence bigint not null,
    hash bytea not null
  );
  select gatehouse_protect('audit_heads');
  revoke delete on audit_heads from gatehouse_app, gatehouse_system;

  create function audit_heads_go_forward() returns trigger language plpgsql as $$
  begin
    if new.tenant_id <> old.tenant_id or new.sequence <> old.sequence + 1 then
      raise exception 'an audit chain only grows, one event at a time' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end $$;
  create trigger go_forward before update on audit_heads for each row execute function audit_heads_go_forward();

  create table audit_events (
    tenant_id text not null,
    organization_id text,
    sequence bigint not null,
    hash bytea not null,
    body text not null,
    id text not null,
    at bigint not null,
    type text not null,
    actor_id text not null,
    target_type text not null,
    target_id text not null,
    primary key (tenant_id, sequence)
  );
  create index audit_events_by_type on audit_events (tenant_id, type, sequence);
  create index audit_events_by_actor on audit_events (tenant_id, actor_id, sequence);
  create index audit_events_by_target on audit_events (tenant_id, target_id, sequence);
  create index audit_events_by_time on audit_events (tenant_id, at);
  select gatehouse_protect('audit_events', true);
  revoke update, delete on audit_events from gatehouse_app, gatehouse_system;

  create table audit_checkpoints (
    tenant_id text not null,
    sequence bigint not null,
    hash bytea not null,
    at bigint not null,
    mac text not null,
    primary key (tenant_id, sequence)
  );
  select gatehouse_protect('audit_checkpoints');
  revoke update, delete on audit_checkpoints from gatehouse_app, gatehouse_system;
`;

/** Deleting stays allowed, for old records to be pruned; changing does not. */
const accessRecords = `
  create table access_records (
    tenant_id text not null,
    decision_id text not null,
    organization_id text,
    at bigint not null,
    principal_type text not null,
    principal_id text not null,
    credential_type text not null,
    credential_id text not null,
    client_id text,
    route text,
    method text not null,
    path text not null,
    status integer not null,
    allowed boolean not null,
    reason text not null,
    policies text[] not null,
    upstream text,
    bytes_in bigint not null,
    bytes_out bigint not null,
    duration_micros bigint not null,
    remote_address text not null,
    primary key (tenant_id, decision_id)
  );
  create index access_records_by_time on access_records (tenant_id, at);
  create index access_records_by_principal on access_records (tenant_id, principal_id, at);
  create index access_records_by_credential on access_records (tenant_id, credential_id, at);
  create index access_records_by_route on access_records (tenant_id, route, at);
  select gatehouse_protect('access_records', true);
  revoke update on access_records from gatehouse_app, gatehouse_system;
`;

export const auditMigrations: MigrationSet = {
  room: 'audit',
  steps: [
    { name: 'events', sql: events },
    { name: 'access_records', sql: accessRecords },
  ],
};
