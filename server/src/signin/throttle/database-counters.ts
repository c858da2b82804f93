import { sql } from 'kysely';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import type { SigninTables } from '../tables.ts';
import type { Count, Counters } from './counters.ts';

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

  return {
    async read(tenantId, keys) {
      const names = byHash(keys);
      const rows = await store.transaction(
        { tenantId },
        (tx) =>
          tx
            .withTables<SigninTables>()
            .selectFrom('sign_in_counters')
            .select(['key', 'level', 'updated_at'])
            .where('tenant_id', '=', tenantId)
            .where('key', 'in', [...names.keys()])
            .execute(),
        { readOnly: true },
      );
      return named(names, rows);
    },
    async add(tenantId, keys, now) {
      const names = byHash(keys.map(({ key }) => key));
      // In one order, so that two that count the same never wait for each other in a circle.
      const sorted = keys.map(({ key, forgiveMs }) => ({ hash: hashOf(key), forgiveMs })).sort(byName);
      const values = sql.join(
        sorted.map(({ hash, forgiveMs }) => sql`(${hash}::text, ${forgiveMs}::double precision)`),
      );
      const { rows } = await store.transaction({ tenantId }, (tx) =>
        sql<{ key: string; level: number; updated_at: number }>`
          insert into sign_in_counters as c (tenant_id, key, level, updated_at)
          select ${tenantId}, k.key, 1, ${now}::bigint from (values ${values}) as k (key, forgive)
          on conflict (tenant_id, key) do update set
            level = 1 + greatest(0, c.level - greatest(0, ${now}::bigint - c.updated_at) / (
              select v.forgive from (values ${values}) as v (key, forgive) where v.key = c.key)),
            updated_at = ${now}::bigint
          returning key, level, updated_at`.execute(tx),
      );
      return named(names, rows);
    },
    async forget(tenantId, key) {
      await store.transaction({ tenantId }, (tx) =>
        tx
          .withTables<SigninTables>()
          .deleteFrom('sign_in_counters')
          .where('tenant_id', '=', tenantId)
          .where('key', '=', hashOf(key))
          .execute(),
      );
    },
  };
}

const byName = (one: { hash: string }, other: { hash: string }) => (one.hash < other.hash ? -1 : 1);
