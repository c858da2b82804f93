import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, systemPrincipal } from '#base';
import type { Mailer } from '#mail';
import type { Store, Tx } from '#store';
import type { WebhooksAuditEvent } from './audit-events.ts';
import { pauseAfter } from './retry-schedule.ts';
import type { AttemptOutcome } from './send-message.ts';
import type { DeliveryRow, DisabledReason, EndpointRow, WebhookTables } from './tables.ts';

export interface SettleAttemptDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  mailer: Pick<Mailer, 'queue'>;
}

/** A receiver that took nothing for so long is not there any more. */
const FAILING_MAX_MS = 5 * 24 * 3_600_000;
/** RFC 9110 §15.5.11: it is gone for good, and says so itself. */
const GONE = 410;

/** Writes down what came of an attempt, and what follows: again later, given up, or the webhook is disabled. */
export async function settleAttempt(
  deps: SettleAttemptDeps,
  delivery: DeliveryRow,
  outcome: AttemptOutcome,
): Promise<void> {
  await deps.store.transaction(placeOf(delivery), async (tx) => {
    if (!(await writeOutcome(tx, deps, delivery, outcome))) return;
    const endpoint = await writeHealth(tx, deps, delivery, outcome.failure === undefined);
    if (endpoint === undefined || outcome.failure === undefined) return;
    const { failing_since: since } = endpoint;
    const now = deps.clock.now();
    if (outcome.status === GONE) await disable(tx, deps, endpoint, 'gone');
    else if (since !== null && now - since >= FAILING_MAX_MS) await disable(tx, deps, endpoint, 'failing');
  });
}

/** Row-level security holds that what belongs to an organization is settled within it. */
export const placeOf = ({
  tenant_id: tenantId,
  organization_id: owner,
}: Pick<DeliveryRow, 'tenant_id' | 'organization_id'>) =>
  owner === null ? { tenantId } : { tenantId, organizationId: owner };

/** @returns false when the delivery is gone, or was settled by another. */
async function writeOutcome(
  tx: Tx,
  deps: SettleAttemptDeps,
  delivery: DeliveryRow,
  { status = null, failure = null, answer = null, retryAfter, durationMs }: NullableOutcome,
): Promise<boolean> {
  const db = tx.withTables<WebhookTables>();
  const now = deps.clock.now();
  const { tenant_id: tenantId, id, attempts, attempts_total: number } = delivery;
  const pause = status === GONE ? undefined : pauseAfter(attempts, { random: deps.random, retryAfter, now });
  const next =
    failure === null
      ? { status: 'delivered' as const, finished_at: now }
      : pause === undefined
        ? { status: 'given_up' as const, finished_at: now }
        : { next_attempt_at: now + pause };
  const { numUpdatedRows } = await db
    .updateTable('webhook_deliveries')
    .set({ ...next, taken_at: null, last_status: status, last_failure: failure })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .where('attempts_total', '=', number)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await db
    .insertInto('webhook_attempts')
    .values({
      tenant_id: tenantId,
      delivery_id: id,
      number,
      organization_id: delivery.organization_id,
      at: now,
      status,
      failure,
      duration_ms: durationMs,
      answer,
    })
    .execute();
  return true;
}

type NullableOutcome = { [Name in keyof AttemptOutcome]: AttemptOutcome[Name] | null | undefined } & {
  retryAfter: string | undefined;
  durationMs: number;
};

function writeHealth(
  tx: Tx,
  { clock }: SettleAttemptDeps,
  { tenant_id: tenantId, webhook }: DeliveryRow,
  isDelivered: boolean,
): Promise<EndpointRow | undefined> {
  const now = clock.now();
  return tx
    .withTables<WebhookTables>()
    .updateTable('webhook_endpoints')
    .set(
      isDelivered
        ? { failing_since: null, last_delivered_at: now, dropped: 0 }
        : { failing_since: sql<number>`coalesce(failing_since, ${now}::bigint)` },
    )
    .where('tenant_id', '=', tenantId)
    .where('webhook', '=', webhook)
    .returningAll()
    .executeTakeFirst();
}

/** What waits stays, and goes out when somebody enables the webhook in time. */
async function disable(tx: Tx, deps: SettleAttemptDeps, endpoint: EndpointRow, reason: DisabledReason): Promise<void> {
  const { tenant_id: tenantId, webhook, id, organization_id: owner, contact_email: to } = endpoint;
  const now = deps.clock.now();
  const { numUpdatedRows } = await tx
    .withTables<WebhookTables>()
    .updateTable('webhook_endpoints')
    .set({ disabled_at: now, disabled_reason: reason })
    .where('tenant_id', '=', tenantId)
    .where('webhook', '=', webhook)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  if (to !== null) {
    const values = { webhook, receiver: new URL(endpoint.url).host, time: timeText(now) };
    await deps.mailer.queue(tx, { tenantId, to, name: '', template: `webhook_${reason}`, values });
  }
  await recordEvent(tx, deps, {
    tenantId,
    ...(owner === null ? {} : { organizationId: owner }),
    type: 'webhook.disabled' satisfies WebhooksAuditEvent,
    actor: systemPrincipal(tenantId, 'webhooks'),
    target: { type: 'webhook', id, name: webhook },
    detail: { reason },
  });
}

const timeText = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
