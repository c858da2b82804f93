/** Webhooks: what happened, posted to whoever wants to hear of it, signed and tried again (Standard Webhooks). */
export { WEBHOOKS_AUDIT_EVENTS } from './audit-events.ts';
export { webhooksErrors } from './errors.ts';
export { detailFields, type EventCatalogue } from './event-catalogue.ts';
export { permissionsToHear } from './event-patterns.ts';
export { issueWebhookSecret, type WebhookSecretDeps, type WebhookSecretInfo } from './issue-webhook-secret.ts';
export {
  type Delivery,
  type DeliveryAttempt,
  type DeliveryInDetail,
  listDeliveries,
  readDelivery,
} from './list-deliveries.ts';
export { webhooksMigrations } from './migrations.ts';
export { redeliver } from './redeliver.ts';
export { removeOldDeliveries } from './remove-old-deliveries.ts';
export { settleWebhooks } from './settle-webhooks.ts';
export { webhookKind } from './webhook-kind.ts';
export { enableWebhook, testWebhook, type WebhookState, webhookState } from './webhook-state.ts';
export { startWebhookWorker, type WebhookWorkerDeps } from './webhook-worker.ts';
export { type WebhookMessage, writeMessage } from './write-message.ts';
