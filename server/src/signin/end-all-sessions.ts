import type { IdSource, Principal } from '#base';
import type { Store } from '#store';
import { endSessions } from './end-session.ts';
import type { SigninTables } from './tables.ts';

/** In one transaction: each session is an event of its own, and nobody waits long for the audit log's head. */
const SESSIONS_PER_BATCH = 200;

/**
 * Ends every session in the tenant that has begun by now, the caller's own too (ASVS 7.4.5): after a breach, or when a
 * policy is to hold for everybody from now on. Whoever signs in meanwhile stays signed in. Broken off, it goes on when
 * called again.
 * @returns how many ended
 */
export async function endAllSessions(
  deps: IdSource & { store: Pick<Store, 'transaction'> },
  { tenantId, actor }: { tenantId: string; actor: Principal },
): Promise<number> {
  const startedAt = deps.clock.now();
  let ended = 0;
  for (;;) {
    const batch = await deps.store.transaction({ tenantId }, async (tx) => {
      const rows = await tx
        .withTables<SigninTables>()
        .selectFrom('sessions')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('ended_at', 'is', null)
        .where('created_at', '<=', startedAt)
        .where('expires_at', '>', startedAt)
        .orderBy('created_at')
        .orderBy('id')
        .limit(SESSIONS_PER_BATCH)
        .execute();
      const ids = rows.map(({ id }) => id);
      const count = await endSessions(tx, deps, { tenantId, ids, reason: 'ended_by_administrator', actor });
      return { found: ids.length, count };
    });
    ended += batch.count;
    if (batch.found < SESSIONS_PER_BATCH) return ended;
  }
}
