import type { Clock } from '#base';
import type { Store } from '#store';
import { WINDOW_MS } from './count-attempts.ts';
import type { EmailProofTables } from './email-proof-tables.ts';

/** Removes challenges that have ended and counts that no longer count. */
export async function removeOldChallenges({
  store,
  clock,
}: {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}): Promise<void> {
  const now = clock.now();
  await store.transaction({ system: true }, async (tx) => {
    const db = tx.withTables<EmailProofTables>();
    await db.deleteFrom('email_challenges').where('expires_at', '<=', now).execute();
    await db
      .deleteFrom('email_attempts')
      .where('window_started_at', '<=', now - 2 * WINDOW_MS)
      .execute();
  });
}
