import type { IdSource } from '#base';
import type { Store } from '#store';
import { endSessions } from './end-session.ts';
import type { SigninTables } from './tables.ts';

/** Found by its end, among those that nobody has ended: however many live, only what is due is read. */
export const sessionExpiryMigration = {
  name: 'open sessions by when they expire',
  // What expired long ago was told of by the hourly look for it, and needs no event each.
  sql: `
    update sessions set ended_at = expires_at, end_reason = 'expired'
      where ended_at is null and expires_at < (extract(epoch from now()) * 1000)::bigint - 7200000;
    create index sessions_expiry on sessions (expires_at) where ended_at is null;
  `,
} as const;

/**
 * The condition that is always so keeps other statements about open sessions from this index. While there were some dozen,
 * going through all of it looked as cheap to them as looking up one person, and such plans are kept.
 */
export const sessionsDueMigration = {
  name: 'open sessions by when they expire, for nobody else',
  sql: `
    drop index sessions_expiry;
    create index sessions_due on sessions (expires_at) where ended_at is null and expires_at > 0;
  `,
} as const;

/** Of one tenant in one transaction: each is an event in its chain. */
const BATCH = 100;

/**
 * Ends sessions that have outlived their time, as if somebody had: their applications are told (Back-Channel Logout), and
 * what hangs on them ends. For one process at a time, again and again. Returns how many ended.
 */
export async function endExpiredSessions(
  deps: IdSource & { store: Pick<Store, 'transaction'> },
  signal?: AbortSignal,
): Promise<number> {
  let ended = 0;
  for (;;) {
    const due = await dueSessions(deps);
    for (const [tenantId, sessions] of Map.groupBy(due, ({ tenant_id }) => tenant_id)) {
      const ids = sessions.map(({ id }) => id);
      ended += await deps.store.transaction({ tenantId }, (tx) =>
        endSessions(tx, deps, { tenantId, ids, reason: 'expired' }),
      );
    }
    if (due.length < BATCH || signal?.aborted === true) return ended;
  }
}

function dueSessions({ store, clock }: IdSource & { store: Pick<Store, 'transaction'> }) {
  return store.transaction(
    { system: true },
    (tx) =>
      tx
        .withTables<SigninTables>()
        .selectFrom('sessions')
        .select(['tenant_id', 'id'])
        .where('ended_at', 'is', null)
        .where('expires_at', '>', 0)
        .where('expires_at', '<=', clock.now())
        // The newest first: after a long stop, those whose people may still be at an application.
        .orderBy('expires_at', 'desc')
        .limit(BATCH)
        .execute(),
    { readOnly: true, byIndex: true },
  );
}
