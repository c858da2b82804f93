import type { Clock } from '#base';
import { recordChange, type Store } from '#store';
import { webhooksErrors } from './errors.ts';
import { demandWebhook, type WebhookPlace } from './find-webhook.ts';
import { demandDelivery } from './list-deliveries.ts';
import { WEBHOOK_TOPIC, type WebhookTables } from './tables.ts';

/**
 * Sends a message once more, now, under the id that it had, and from the beginning of the schedule.
 * @throws `webhook_not_found`, `webhook_delivery_not_found`, `webhook_stopped`
 */
export async function redeliver(
  { store, clock }: { store: Pick<Store, 'transaction'>; clock: Clock },
  { id, ...place }: WebhookPlace & { id: string },
): Promise<void> {
  const { tenantId, webhook } = place;
  await store.transaction({ tenantId }, async (tx) => {
    const endpoint = await demandWebhook(tx, place);
    await demandDelivery(tx, { ...place, id });
    if (endpoint.paused || endpoint.disabled_at !== null) throw webhooksErrors.webhook_stopped();
    await tx
      .withTables<WebhookTables>()
      .updateTable('webhook_deliveries')
      .set({ status: 'queued', attempts: 0, next_attempt_at: clock.now(), finished_at: null })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      // One that is on its way gets there by itself.
      .where('taken_at', 'is', null)
      .execute();
    await recordChange(tx, { tenantId, topic: WEBHOOK_TOPIC, id: webhook, operation: 'put' });
  });
}
