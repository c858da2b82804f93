import { recordEvent } from '#audit';
import type { Clock, IdSource, Principal } from '#base';
import { recordChange, type Store, type Tx } from '#store';
import type { WebhooksAuditEvent } from './audit-events.ts';
import { webhooksErrors } from './errors.ts';
import { demandWebhook, inside, targetOf, type WebhookPlace } from './find-webhook.ts';
import type { WebhookSecretInfo } from './issue-webhook-secret.ts';
import { type DisabledReason, type EndpointRow, WEBHOOK_TOPIC, type WebhookTables } from './tables.ts';

/** How a webhook fares. */
export interface WebhookState {
  status: 'active' | 'failing' | 'paused' | 'disabled' | 'without_secret';
  disabledAt?: number;
  disabledReason?: DisabledReason;
  failingSince?: number;
  lastDeliveredAt?: number;
  /** Deliveries that wait, those for another attempt among them. */
  queued: number;
  /** Events that found the queue full since the last delivery. */
  dropped: number;
  /** Those that messages are signed with, the newest first. */
  secrets: WebhookSecretInfo[];
}

interface Deps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}

/** @throws `webhook_not_found` */
export async function webhookState({ store, clock }: Deps, place: WebhookPlace): Promise<WebhookState> {
  const { tenantId, webhook } = place;
  return store.transaction(
    { tenantId },
    async (tx) => {
      const endpoint = await demandWebhook(tx, place);
      const secrets = await liveSecrets(tx, clock.now(), place);
      const { count } = await tx
        .withTables<WebhookTables>()
        .selectFrom('webhook_deliveries')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('tenant_id', '=', tenantId)
        .where('webhook', '=', webhook)
        .where('status', '=', 'queued')
        .executeTakeFirstOrThrow();
      const { disabled_at, disabled_reason, failing_since, last_delivered_at, dropped } = endpoint;
      return {
        status: statusOf(endpoint, secrets.length),
        ...(disabled_at === null ? {} : { disabledAt: disabled_at }),
        ...(disabled_reason === null ? {} : { disabledReason: disabled_reason }),
        ...(failing_since === null ? {} : { failingSince: failing_since }),
        ...(last_delivered_at === null ? {} : { lastDeliveredAt: last_delivered_at }),
        queued: Number(count),
        dropped,
        secrets,
      };
    },
    { readOnly: true },
  );
}

/**
 * Lets a webhook that was disabled be told again; what waits since then goes out at once. One that is not disabled stays as
 * it is. @throws `webhook_not_found`
 */
export async function enableWebhook(
  deps: IdSource & Pick<Deps, 'store'>,
  { actor, ...place }: WebhookPlace & { actor: Principal },
): Promise<void> {
  const { tenantId, webhook } = place;
  await deps.store.transaction({ tenantId }, async (tx) => {
    const endpoint = await demandWebhook(tx, place, { lock: true });
    if (endpoint.disabled_at === null) return;
    await tx
      .withTables<WebhookTables>()
      .updateTable('webhook_endpoints')
      .set({ disabled_at: null, disabled_reason: null, failing_since: null })
      .where('tenant_id', '=', tenantId)
      .where('webhook', '=', webhook)
      .execute();
    await announce(tx, deps, { endpoint, actor, type: 'webhook.enabled' });
  });
}

/**
 * Has a test message sent: an event like any other, for this webhook alone.
 * @throws `webhook_not_found`, `webhook_without_secret`, `webhook_stopped`
 */
export async function testWebhook(
  deps: IdSource & Pick<Deps, 'store'>,
  { actor, ...place }: WebhookPlace & { actor: Principal },
): Promise<void> {
  await deps.store.transaction({ tenantId: place.tenantId }, async (tx) => {
    const endpoint = await demandWebhook(tx, place);
    const secrets = await liveSecrets(tx, deps.clock.now(), place);
    if (secrets.length === 0) throw webhooksErrors.webhook_without_secret();
    if (endpoint.paused || endpoint.disabled_at !== null) throw webhooksErrors.webhook_stopped();
    await announce(tx, deps, { endpoint, actor, type: 'webhook.tested' });
  });
}

async function announce(
  tx: Tx,
  deps: IdSource,
  { endpoint, actor, type }: { endpoint: EndpointRow; actor: Principal; type: WebhooksAuditEvent },
): Promise<void> {
  const { tenant_id: tenantId, webhook } = endpoint;
  await recordChange(tx, { tenantId, topic: WEBHOOK_TOPIC, id: webhook, operation: 'put' });
  await recordEvent(tx, deps, { tenantId, ...inside(endpoint), type, actor, target: targetOf(endpoint) });
}

function statusOf({ disabled_at, paused, failing_since }: EndpointRow, secrets: number): WebhookState['status'] {
  if (disabled_at !== null) return 'disabled';
  if (paused) return 'paused';
  if (secrets === 0) return 'without_secret';
  return failing_since === null ? 'active' : 'failing';
}

async function liveSecrets(tx: Tx, now: number, { tenantId, webhook }: WebhookPlace): Promise<WebhookSecretInfo[]> {
  const rows = await tx
    .withTables<WebhookTables>()
    .selectFrom('webhook_secrets')
    .select(['id', 'hint', 'created_at', 'expires_at'])
    .where('tenant_id', '=', tenantId)
    .where('webhook', '=', webhook)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .orderBy('id', 'desc')
    .execute();
  return rows.map(({ id, hint, created_at: createdAt, expires_at }) => ({
    id,
    hint,
    createdAt,
    ...(expires_at === null ? {} : { expiresAt: expires_at }),
  }));
}
