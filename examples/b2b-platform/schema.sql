-- The application works as `freight`, which owns nothing: the owner of a table is above its policies.
create role freight;

create table shipments (
  id uuid primary key default gen_random_uuid(),
  -- Never said by a query: it is the caller's organization, or nothing can be written.
  organization_id text not null default current_setting('gatehouse.organization'),
  goods text not null,
  destination text not null,
  planned_by text not null default current_setting('gatehouse.subject')
);
alter table shipments enable row level security;
-- For reading and for writing. Without a caller the setting is empty, and equals no organization's id.
create policy own_organization on shipments
  using (organization_id = nullif(current_setting('gatehouse.organization', true), ''));

grant select, insert, update, delete on shipments to freight;
