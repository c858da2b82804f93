import { sql } from 'kysely';
import type { Keyring } from '#keyring';
import { fixedStatement, type Store, type Tx } from '#store';
import type { SigninTables } from '../tables.ts';
import { type AddedCount, type Count, type CountedKey, type Counters, sumUp } from './counters.ts';

/**
 * A counter changes with each failure, and is looked for by its age once an hour: by what each part of the table holds at
 * most, which leaves entries of other indexes alone (heap-only tuples, PostgreSQL's manual §66.7).
 */
export const countersMigration = {
  name: 'counters by their age, without an entry for each',
  sql: `
    drop index sign_in_counters_age;
    create index sign_in_counters_age on sign_in_counters using brin (updated_at);
    alter table sign_in_counters set (fillfactor = 70);
  `,
} as const;

const readCounters = fixedStatement<{ key: string; level: number; updated_at: number }>(
  'select key, level, updated_at from sign_in_counters where tenant_id = $1 and key = any($2::text[])',
);

/**
 * Counted in the database: all processes count together, and a restart forgets nothing. Names are kept as keyed hashes,
 * since what is typed as a name is sometimes a password.
 */
export function databaseCounters({
  store,
  keyring,
}: {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
}): Counters {
  const hashOf = (key: string) => keyring.mac('sign-in counters', key).toString('base64url');
  const byHash = (keys: readonly string[]) => new Map(keys.map((key) => [hashOf(key), key]));
  const within = <T>(tenantId: string, tx: Tx | undefined, work: (tx: Tx) => Promise<T>, options = {}) =>
    tx === undefined ? store.transaction({ tenantId }, work, options) : work(tx);

  return {
    async read(tenantId, keys, given) {
      const names = byHash(keys);
      const read = (tx: Tx) => readCounters(tx, [tenantId, [...names.keys()]]);
      const rows = await within(tenantId, given, read, { readOnly: true });
      return new Map<string, Count>(
        rows.map(({ key, level, updated_at: at }) => [names.get(key) ?? key, { level, at }] as const),
      );
    },
    async add(tenantId, keys, now, given) {
      const names = byHash(keys.map(({ key }) => key));
      const { rows } = await within(tenantId, given, (tx) => addOne(tenantId, keys.map(hashed), now).execute(tx));
      return new Map<string, AddedCount>(
        rows.map(({ key, level, times }) => [names.get(key) ?? key, { level, at: now, times }] as const),
      );
    },
    async forget(tenantId, key, given) {
      await within(tenantId, given, (tx) =>
        tx
          .withTables<SigninTables>()
          .deleteFrom('sign_in_counters')
          .where('tenant_id', '=', tenantId)
          .where('key', '=', hashOf(key))
          .execute(),
      );
    },
  };

  function hashed({ key, whenFirst, ...rest }: CountedKey): CountedKey {
    return { key: hashOf(key), ...rest, ...(whenFirst === undefined ? {} : { whenFirst: hashOf(whenFirst) }) };
  }
}

/** One statement, whatever is counted: what waits for another to be the first of its kind comes after it. */
function addOne(tenantId: string, keys: readonly CountedKey[], now: number) {
  const { always, dependent } = sumUp(keys);
  const forgiven = new Map([...always, ...dependent].map(({ key, forgiveMs }) => [key, forgiveMs]));
  const counting = (which: 'given' | 'following') => sql`
    insert into sign_in_counters as c (tenant_id, key, level, updated_at)
    select ${tenantId}, k.key, k.times, ${now}::bigint from ${sql.ref(which)} k order by k.key
    on conflict (tenant_id, key) do update set
      level = excluded.level + greatest(0, c.level - greatest(0, ${now}::bigint - c.updated_at) / (
        select f.forgive from forgiven f where f.key = c.key)),
      updated_at = ${now}::bigint
    returning key, level`;
  const texts = (values: Iterable<string>) => sql`${[...values]}::text[]`;
  const numbers = (values: Iterable<number>) => sql`${[...values]}::double precision[]`;
  return sql<{ key: string; level: number; times: number }>`
    with forgiven as (
      select * from unnest(${texts(forgiven.keys())}, ${numbers(forgiven.values())}) as f (key, forgive)),
    given as (select * from unnest(${texts(always.map(({ key }) => key))},
      ${numbers(always.map(({ times }) => times))}) as g (key, times)),
    counted as (${counting('given')}),
    following as (
      select d.key, count(*)::double precision as times
      from unnest(${texts(dependent.map(({ key }) => key))}, ${texts(dependent.map(({ whenFirst }) => whenFirst))})
        as d (key, first)
      join counted on counted.key = d.first join given on given.key = d.first
      where counted.level <= given.times group by d.key),
    after as (${counting('following')})
    select counted.key, level, times from counted join given using (key)
    union all select after.key, level, times from after join following using (key)`;
}
