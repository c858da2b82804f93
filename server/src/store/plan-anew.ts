import type pg from 'pg';

/**
 * A plan that is kept stays as it was made until PostgreSQL hears of other statistics, which autovacuum brings a minute or two
 * after a table grew. One that was made for sixty rows goes through all of fifty thousand meanwhile: 6 ms for the memberships of
 * a person and 38 ms for a page of people, where a plan made anew (it asks how long the file is) takes 0.03 and 0.1. Making one
 * costs some 0.4 ms; so often that is nothing, whatever is kept. Those of foreign keys go as well.
 */
const PLANS_KEPT_MILLISECONDS = 20_000;

const plannedSince = new WeakMap<pg.PoolClient, number>();

/** Before a transaction begins: goes out together with it, and nobody waits for it. */
export function planAnew(client: pg.PoolClient): void {
  const now = performance.now();
  const since = plannedSince.get(client);
  if (since !== undefined && now - since < PLANS_KEPT_MILLISECONDS) return;
  plannedSince.set(client, now);
  // A connection that is new has none. One that is broken says so to the transaction.
  if (since !== undefined) client.query('discard plans').catch(() => undefined);
}
