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

/**
 * Several events at once move the head once. To where an event stands that bears the head's hash, and no further: a head
 * that ran ahead of its events would read like a log that was cut off.
 */
const severalEvents = `
  create or replace function audit_heads_go_forward() returns trigger language plpgsql as $$
  begin
    if new.tenant_id = old.tenant_id and new.sequence = old.sequence + 1 then
      return new;
    end if;
    if new.tenant_id = old.tenant_id and new.sequence > old.sequence and exists (
      select from audit_events e where e.tenant_id = new.tenant_id and e.sequence = new.sequence and e.hash = new.hash
    ) then
      return new;
    end if;
    raise exception 'an audit chain only grows, and its head names its last event' using errcode = 'insufficient_privilege';
  end $$;
`;

/**
 * A row holds a batch of access records: a row for each record costs PostgreSQL 19 µs with the indexes to find it by, a
 * batch of some hundred about 1 µs a record (docs/adr/0006-access-records-in-batches.md). Deleting stays allowed, for old
 * batches to be pruned; changing does not.
 *
 * Marks tell what occurs in a batch (access-marks.ts), and access_marks in which minutes to look for it. PostgreSQL's own
 * index over arrays is no use here: under row-level security it is never asked, as its operators are not leakproof.
 * The two BRIN indexes are for pruning across tenants and cost next to nothing.
 */
const accessRecords = `
  create table access_batches (
    tenant_id text not null,
    minute integer not null,
    last_at bigint not null,
    id text not null,
    organization_id text,
    first_at bigint not null,
    record_count integer not null,
    marks integer[] not null,
    records text not null,
    primary key (tenant_id, minute, last_at, id)
  );
  create index access_batches_by_age on access_batches using brin (minute) with (autosummarize = on);
  -- Uncompressed: PostgreSQL's own method halves the space for 0.5 to 2 µs a record, more than all the rest costs.
  alter table access_batches alter column records set storage external;
  select gatehouse_protect('access_batches', true);
  revoke update on access_batches from gatehouse_app, gatehouse_system;

  create table access_marks (
    tenant_id text not null,
    mark integer not null,
    minute integer not null,
    primary key (tenant_id, mark, minute)
  );
  create index access_marks_by_age on access_marks using brin (minute) with (autosummarize = on);
  select gatehouse_protect('access_marks');
  revoke update on access_marks from gatehouse_app, gatehouse_system;
`;

export const auditMigrations: MigrationSet = {
  room: 'audit',
  steps: [
    { name: 'events', sql: events },
    { name: 'access_records', sql: accessRecords },
    { name: 'several_events', sql: severalEvents },
  ],
};
