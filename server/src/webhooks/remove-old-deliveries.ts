import type { Clock } from '#base';
import type { Store } from '#store';
import type { WebhookTables } from './tables.ts';

const DAY_MS = 24 * 3_600_000;
/** How long it is kept that a message went, and how. */
const DELIVERIES_KEPT_MS = 30 * DAY_MS;
/** Of an answer nobody knows what stands in it. */
const ANSWERS_KEPT_MS = 3 * DAY_MS;
/** What waits for a webhook that was disabled or paused is no news any more. */
const QUEUED_MAX_MS = 7 * DAY_MS;

/** Removes what can't matter any more. */
export async function removeOldDeliveries({
  store,
  clock,
}: {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}): Promise<void> {
  const now = clock.now();
  await store.transaction({ system: true }, async (tx) => {
    const db = tx.withTables<WebhookTables>();
    await db
      .updateTable('webhook_attempts')
      .set({ answer: null })
      .where('answer', 'is not', null)
      .where('at', '<=', now - ANSWERS_KEPT_MS)
      .execute();
    await db
      .updateTable('webhook_deliveries')
      .set({ status: 'given_up', finished_at: now, last_failure: 'the webhook was disabled or paused' })
      .where('status', '=', 'queued')
      .where('taken_at', 'is', null)
      .where('next_attempt_at', '<=', now - QUEUED_MAX_MS)
      .execute();
    await db
      .deleteFrom('webhook_deliveries')
      // Said although it follows: the index of what is finished is asked only by who says so.
      .where('status', '<>', 'queued')
      .where('finished_at', '<=', now - DELIVERIES_KEPT_MS)
      .execute();
    await db.deleteFrom('webhook_secrets').where('expires_at', '<=', now).execute();
  });
}
