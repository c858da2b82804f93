import { sql } from 'kysely';
import type { Clock } from '#base';
import { findAccountStates } from '#directory';
import type { Store, Tx } from '#store';
import type { SigninTables } from './tables.ts';

/**
 * Of these sessions, by the id that applications know them by, those that are over: signed out, past their absolute life,
 * removed, or of someone who was disabled since. Not those that lie idle: an application that goes on is not the
 * person's browser, and its tokens have an idle limit of their own.
 */
export async function endedSessions(
  { store, clock }: { store: Pick<Store, 'transaction'>; clock: Clock },
  { tenantId, ids }: { tenantId: string; ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  return store.transaction({ tenantId }, (tx) => endedSessionsIn(tx, clock, { tenantId, ids }), {
    readOnly: true,
    byIndex: true,
  });
}

/** The same in the caller's transaction. */
export async function endedSessionsIn(
  tx: Tx,
  clock: Clock,
  { tenantId, ids }: { tenantId: string; ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const open = await tx
    .withTables<SigninTables>()
    .selectFrom('sessions')
    .select(['origin_id', 'user_id', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('origin_id', '=', sql<string>`any(${ids}::text[])`)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .execute();
  const users = await findAccountStates(tx, { tenantId, ids: [...new Set(open.map(({ user_id }) => user_id))] });
  const ended = new Set(ids);
  for (const { origin_id, user_id, created_at } of open) {
    const user = users.get(user_id);
    if (user?.status === 'active' && created_at > user.sessionsNotBefore) ended.delete(origin_id);
  }
  return ended;
}
