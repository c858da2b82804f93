/**
 * By which keys are searched: a signature of the texts of each few hundred that follow each other, which says what stands
 * in none of them. See ADR 0074.
 */
export const keySearchMigration = {
  name: 'keys by what stands in their texts',
  sql: `
    -- A page of a list is the end of a range of each of these.
    drop index api_keys_by_owner;
    create index api_keys_by_owner on api_keys (tenant_id, owner_id, id) where owner_id is not null;
    create index api_keys_by_organization on api_keys (tenant_id, organization_id, id) where organization_id is not null;
    create index api_keys_by_plan on api_keys (tenant_id, plan, id) where plan is not null;

    -- Of the keys after after_id, which is the row before's last_id, and up to last_id: of all of the tenant ('' as series), or
    -- of one organization, which sees those of its own alone. Two rows fill a page.
    create table api_key_signatures (
      tenant_id text not null,
      series text not null,
      last_id text not null,
      after_id text not null,
      organization_id text check (series = coalesce(organization_id, '')),
      signature bytea not null,
      primary key (tenant_id, series, last_id)
    );
    alter table api_key_signatures alter column signature set storage plain;
    select gatehouse_protect('api_key_signatures', true);

    -- Keys whose texts are newer than the signature that they fall under. A row for each change, and not for each key: one
    -- that is taken away with an older change would take a newer one with it.
    create table api_key_unsigned (tenant_id text not null, key_id text not null, organization_id text);
    create index api_key_unsigned_by_key on api_key_unsigned (tenant_id, key_id);
    select gatehouse_protect('api_key_unsigned', true);

    create function api_key_note_unsigned() returns trigger language plpgsql as $$
    begin
      insert into api_key_unsigned (tenant_id, key_id, organization_id) select tenant_id, id, organization_id from written;
      return null;
    end $$;
    create trigger note_new after insert on api_keys referencing new table as written
      for each statement execute function api_key_note_unsigned();
    create function api_key_note_changed() returns trigger language plpgsql as $$
    begin
      insert into api_key_unsigned (tenant_id, key_id, organization_id) values (new.tenant_id, new.id, new.organization_id);
      return null;
    end $$;
    -- Everything that the search looks at. What isn't named in an update costs it nothing.
    create trigger note_changed after update of id, name, display_prefix, last4, description, contact_email, plan, owner_id,
      tags, scopes, roles, organization_id on api_keys for each row execute function api_key_note_changed();

    -- One of each place is enough to have all of it signed.
    insert into api_key_unsigned (tenant_id, key_id, organization_id)
      select tenant_id, max(id), organization_id from api_keys group by tenant_id, organization_id;
  `,
} as const;
