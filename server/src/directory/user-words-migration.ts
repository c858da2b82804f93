/**
 * By which people are searched: the words of their names and addresses, one row each, so that the words that begin with
 * something are a range of an index. Row-level security asks of whoever finds rows by an index that the comparison can
 * tell nothing of other rows ("leakproof"): that holds for `<` and `>=`, and neither for LIKE nor for what full text and
 * trigram indexes are asked with. See ADR 0064.
 */
export const userWordsMigration = {
  name: 'people by the words of their name and address',
  sql: `
    -- What is typed and what is kept are folded by the same function. Small letters are those of Unicode where the
    -- server has them whatever the database's locale is (PostgreSQL 17 on, or one with ICU).
    do $do$
    declare
      unicode text := (select 'collate ' || quote_ident(collname) from pg_collation
        where collname in ('pg_c_utf8', 'und-x-icu') and collnamespace = 'pg_catalog'::regnamespace
          and collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))
        order by collname limit 1);
    begin
      -- Compatible forms are one (NFKD), marks above and below letters go, and what is no letter, digit or ideograph parts
      -- words. Each word stands between two blanks.
      execute format($f$
        create function directory_words(given text) returns text language sql immutable strict parallel safe
        return ' ' || btrim(regexp_replace(regexp_replace(
          replace(replace(lower(normalize(given, NFKD) %s), 'ß', 'ss'), 'ς', 'σ') collate "C",
          '[\\u0300-\\u036f]+', '', 'g'),
          '[^0-9a-z\\u00c0-\\u1fff\\u2070-\\u218f\\u2c00-\\u2dff\\u3005-\\u3007\\u3021-\\uff00\\uff10-\\U0010ffff]+', ' ', 'g')) || ' '
      $f$, coalesce(unicode, ''));
    end $do$;

    create function directory_split(words text) returns setof text language sql immutable strict parallel safe
      -- An index takes no more than 2,704 bytes.
      return left(string_to_table(nullif(btrim(words), ''), ' '), 40);

    alter table users add column words text collate "C" not null
      generated always as (directory_words(name || ' ' || email)) stored;

    create table user_words (tenant_id text not null, word text collate "C" not null, user_id text not null);
    insert into user_words (tenant_id, word, user_id)
      select tenant_id, word, id from users cross join lateral (select distinct directory_split(words) as word) w;
    alter table user_words add primary key (tenant_id, word, user_id);
    select gatehouse_protect('user_words');
    -- Whoever is confined to an organization sees the words of its members.
    drop policy in_scope on user_words;
    create policy in_scope on user_words to gatehouse_app using (
      tenant_id = nullif(current_setting('gatehouse.tenant', true), '')
      and (coalesce(current_setting('gatehouse.organization', true), '') = ''
        or exists (select from memberships m where m.tenant_id = user_words.tenant_id and m.user_id = user_words.user_id
          and m.organization_id = current_setting('gatehouse.organization', true))));

    -- For each statement, so that many people who come at once cost one insertion.
    create function directory_add_words() returns trigger language plpgsql as $$
    begin
      insert into user_words (tenant_id, word, user_id)
        select tenant_id, word, id from added cross join lateral (select distinct directory_split(words) as word) w;
      return null;
    end $$;
    create trigger add_words after insert on users referencing new table as added
      for each statement execute function directory_add_words();

    create function directory_replace_words() returns trigger language plpgsql as $$
    begin
      delete from user_words where tenant_id = old.tenant_id and user_id = old.id
        and word = any (array(select directory_split(old.words)));
      if tg_op = 'DELETE' then return old; end if;
      insert into user_words (tenant_id, word, user_id)
        select distinct new.tenant_id, word, new.id from directory_split(new.words) word;
      return new;
    end $$;
    create trigger replace_words after update on users
      for each row when (old.words is distinct from new.words) execute function directory_replace_words();
    -- Before: afterwards nobody would be a member, and the words be nobody's.
    create trigger remove_words before delete on users for each row execute function directory_replace_words();

    -- Few of very many, who are asked for again and again; GIN on roles can't be used under row-level security either.
    create index users_administrators on users (tenant_id, id) where roles @> array['administrator'];
    create index users_disabled on users (tenant_id, id) where status = 'disabled';
  `,
} as const;
