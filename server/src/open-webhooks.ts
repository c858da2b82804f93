import { tagsOfKeys } from '#apikeys';
import { createMailer } from '#mail';
import { startWebhookWorker } from '#webhooks';
import type { Foundation } from './foundation.ts';
import { EVENTS } from './kinds.ts';
import { webhookFetch } from './outbound-fetches.ts';

/** The worker that follows the audit log and tells whoever wants to hear of it. */
export function openWebhooks(foundation: Foundation): { close(): Promise<void> } {
  const worker = startWebhookWorker({
    ...foundation,
    catalogue: EVENTS,
    mailer: createMailer(foundation),
    fetch: webhookFetch(foundation.configuration.outbound),
    tagsOfKeys: (tx, tenantId, ids) => tagsOfKeys(tx, { tenantId, ids }),
  });
  return { close: () => worker.stop() };
}
