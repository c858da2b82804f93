import type { Clock } from '#base';
import type { Store } from '#store';
import { RATE_WINDOW_MS } from './mailer.ts';
import type { MailTables } from './tables.ts';

/** How long it is kept that there was a mail. What stood in it went with it. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

/**
 * Removes what can't matter any more. What has expired unsent is closed too: where no mail server is configured nobody
 * else does, and a link that has ended is no reason to keep an address.
 */
export async function removeOldMail({
  store,
  clock,
}: {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}): Promise<void> {
  const now = clock.now();
  await store.transaction({ system: true }, async (tx) => {
    const db = tx.withTables<MailTables>();
    await db
      .updateTable('mail_outbox')
      .set({ status: 'given_up', sealed: null, finished_at: now, failure: 'expired' })
      .where('status', '=', 'queued')
      // An hour later than the worker would, so that where there is one it is he who says so.
      .where('expires_at', '<=', now - RATE_WINDOW_MS)
      .execute();
    await db
      .deleteFrom('mail_outbox')
      .where('finished_at', '<=', now - KEPT_MS)
      .execute();
    await db
      .deleteFrom('mail_rates')
      .where('window_started_at', '<=', now - 2 * RATE_WINDOW_MS)
      .execute();
  });
}
