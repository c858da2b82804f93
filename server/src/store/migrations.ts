/** One room's schema, step by step. Steps are only ever added at the end: what ran somewhere is never edited. */
export interface MigrationSet {
  room: string;
  steps: readonly { name: string; sql: string }[];
}

/**
 * The store's own schema, first of all. `gatehouse_protect` is what every room ends a tenant table with: the table's rows
 * are then visible and writable only under the scope they belong to, whatever a query forgot to say (invariant 7).
 */
export const storeMigrations: MigrationSet = {
  room: 'store',
  steps: [
    {
      name: 'row_level_security',
      sql: `
create function gatehouse_protect(table_name text, has_organization boolean default false) returns void
language plpgsql as $$
declare
  in_scope text := 'tenant_id = nullif(current_setting(''gatehouse.tenant'', true), '''')';
begin
  -- Without an organization in the scope all of the tenant is visible; with one, only its rows.
  if has_organization then
    in_scope := in_scope || ' and (coalesce(current_setting(''gatehouse.organization'', true), '''') = ''''
      or organization_id = current_setting(''gatehouse.organization'', true))';
  end if;
  execute format('alter table %I enable row level security', table_name);
  execute format('alter table %I force row level security', table_name);
  execute format('create policy in_scope on %I to gatehouse_app using (%s) with check (%s)', table_name, in_scope, in_scope);
  -- current_user is who migrates: without a policy, forced row-level security would hide the rows from later migrations.
  execute format('create policy everything on %I to gatehouse_system, current_user using (true) with check (true)', table_name);
  execute format('revoke all on %I from public', table_name);
  execute format('grant select, insert, update, delete on %I to gatehouse_app, gatehouse_system', table_name);
end $$;

-- A table without tenants, or whose rows no tenant may touch: only the system scope sees it.
create function gatehouse_reserve(table_name text) returns void
language plpgsql as $$
begin
  execute format('alter table %I enable row level security', table_name);
  execute format('alter table %I force row level security', table_name);
  execute format('create policy everything on %I to gatehouse_system, current_user using (true) with check (true)', table_name);
  execute format('revoke all on %I from public', table_name);
  execute format('grant select, insert, update, delete on %I to gatehouse_system', table_name);
end $$;

revoke execute on function gatehouse_protect(text, boolean), gatehouse_reserve(text) from public;
select gatehouse_reserve('gatehouse_migrations');
`,
    },
    {
      name: 'changes',
      sql: `
create table changes (
  -- The one table whose key does not begin with the tenant: the feed is read across tenants, in this order.
  sequence bigint generated always as identity primary key,
  tenant_id text not null,
  topic text not null,
  id text not null,
  operation text not null check (operation in ('put', 'delete')),
  -- Sequence numbers are drawn before commit, so they do not become visible in order. The transaction number, held
  -- against a snapshot's xmin, tells for certain what may still be unseen.
  transaction xid8 not null default pg_current_xact_id(),
  recorded_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint
);
create index changes_transaction on changes (transaction);
create index changes_recorded_at on changes (recorded_at);
select gatehouse_protect('changes');

-- How far the feed was pruned. A reader that had not got past this must load everything anew.
create table changes_pruned (only_row boolean primary key default true check (only_row), through xid8 not null);
insert into changes_pruned (through) values ('0');
select gatehouse_reserve('changes_pruned');
`,
    },
  ],
};
