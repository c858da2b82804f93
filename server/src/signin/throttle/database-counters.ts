import { type RawBuilder, sql } from 'kysely';
import type { Keyring } from '#keyring';
import type { Store, Tx } from '#store';
import type { SigninTables } from '../tables.ts';
import type { Count, CountedKey, Counters } from './counters.ts';

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
  const named = (
    names: ReadonlyMap<string, string>,
    rows: readonly { key: string; level: number; updated_at: number }[],
  ) =>
    new Map<string, Count>(
      rows.map(({ key, level, updated_at: at }) => [names.get(key) ?? key, { level, at }] as const),
    );

  const within = <T>(tenantId: string, tx: Tx | undefined, work: (tx: Tx) => Promise<T>, options = {}) =>
    tx === undefined ? store.transaction({ tenantId }, work, options) : work(tx);

  return {
    async read(tenantId, keys, given) {
      const names = byHash(keys);
      const read = (tx: Tx) =>
        tx
          .withTables<SigninTables>()
          .selectFrom('sign_in_counters')
          .select(['key', 'level', 'updated_at'])
          .where('tenant_id', '=', tenantId)
          .where('key', 'in', [...names.keys()])
          .execute();
      return named(names, await within(tenantId, given, read, { readOnly: true }));
    },
    async add(tenantId, keys, now, given) {
      const names = byHash(keys.map(({ key }) => key));
      const { rows } = await within(tenantId, given, (tx) => addOne(tenantId, keys.map(hashed), now).execute(tx));
      return named(names, rows);
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
  // In one order, so that two that count the same never wait for each other in a circle.
  const sorted = keys.toSorted(byKey);
  const always = sorted.filter(({ whenFirst }) => whenFirst === undefined);
  const dependent = sorted.filter(({ whenFirst }) => whenFirst !== undefined);
  const counting = (which: RawBuilder<unknown>) => sql`
    insert into sign_in_counters as c (tenant_id, key, level, updated_at)
    select ${tenantId}, k.key, 1, ${now}::bigint from ${which}
    on conflict (tenant_id, key) do update set
      level = 1 + greatest(0, c.level - greatest(0, ${now}::bigint - c.updated_at) / (
        select v.forgive from (values ${valuesOf(sorted)}) as v (key, forgive) where v.key = c.key)),
      updated_at = ${now}::bigint
    returning key, level, updated_at`;
  const first = counting(sql`(values ${valuesOf(always)}) as k (key, forgive)`);
  if (dependent.length === 0) return sql<CounterRow>`${first}`;
  const conditions = sql.join(dependent.map(({ key, whenFirst }) => sql`(${key}::text, ${whenFirst}::text)`));
  const after = counting(
    sql`(values ${conditions}) as k (key, first) join counted on counted.key = k.first and counted.level <= 1`,
  );
  return sql<CounterRow>`with counted as (${first}), after as (${after})
    select key, level, updated_at from counted union all select key, level, updated_at from after`;
}

interface CounterRow {
  key: string;
  level: number;
  updated_at: number;
}

const valuesOf = (keys: readonly CountedKey[]) =>
  sql.join(keys.map(({ key, forgiveMs }) => sql`(${key}::text, ${forgiveMs}::double precision)`));

const byKey = (one: { key: string }, other: { key: string }) => (one.key < other.key ? -1 : 1);
