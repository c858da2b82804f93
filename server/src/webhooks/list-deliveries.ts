import { readEvent } from '#audit';
import { LIMITS } from '#base';
import type { Store, Tx } from '#store';
import { webhooksErrors } from './errors.ts';
import type { EventCatalogue } from './event-catalogue.ts';
import { demandWebhook, type WebhookPlace } from './find-webhook.ts';
import type { DeliveryRow, DeliveryStatus, WebhookTables } from './tables.ts';
import { writeMessage } from './write-message.ts';

/** One event for one webhook, and how it went. */
export interface Delivery {
  id: string;
  /** What the receiver knows it by: `webhook-id`. */
  eventId: string;
  type: string;
  status: DeliveryStatus;
  attempts: number;
  createdAt: number;
  finishedAt?: number;
  /** Of one that waits. */
  nextAttemptAt?: number;
  /** Of the last attempt. */
  responseStatus?: number;
  failure?: string;
}

export interface DeliveryAttempt {
  number: number;
  at: number;
  durationMs: number;
  status?: number;
  failure?: string;
  /** The beginning of the answer, as long as it is kept. */
  answer?: string;
}

interface Deps {
  store: Pick<Store, 'transaction'>;
}

/** The newest first; `after` is a place in the audit chain, so new ones do not shift the pages. @throws `webhook_not_found` */
export async function listDeliveries(
  { store }: Deps,
  input: WebhookPlace & { status?: DeliveryStatus | undefined; limit?: number; after?: number | undefined },
): Promise<{ items: Delivery[]; next?: number }> {
  const { tenantId, webhook, status, after } = input;
  const limit = Math.min(Math.max(input.limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const rows = await store.transaction(
    { tenantId },
    async (tx) => {
      await demandWebhook(tx, input);
      let select = tx
        .withTables<WebhookTables>()
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('webhook', '=', webhook);
      if (status !== undefined) select = select.where('status', '=', status);
      if (after !== undefined) select = select.where('sequence', '<', after);
      return select
        .orderBy('sequence', 'desc')
        .limit(limit + 1)
        .execute();
    },
    { readOnly: true },
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toDelivery),
    ...(rows.length > limit && last !== undefined ? { next: last.sequence } : {}),
  };
}

export interface DeliveryInDetail extends Delivery {
  history: DeliveryAttempt[];
  /** What was posted; absent for a caller who may not read it. */
  body?: string;
}

/** @throws `webhook_not_found`, `webhook_delivery_not_found` */
export async function readDelivery(
  { store, catalogue }: Deps & { catalogue: Pick<EventCatalogue, 'namesThings'> },
  input: WebhookPlace & { id: string; mayRead: (webhook: { events: readonly string[]; details: boolean }) => boolean },
): Promise<DeliveryInDetail> {
  const { tenantId } = input;
  return store.transaction(
    { tenantId },
    async (tx) => {
      const endpoint = await demandWebhook(tx, input);
      const row = await demandDelivery(tx, input);
      const attempts = await tx
        .withTables<WebhookTables>()
        .selectFrom('webhook_attempts')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('delivery_id', '=', row.id)
        .orderBy('number', 'desc')
        .execute();
      const event = input.mayRead(endpoint) ? await readEvent(tx, { tenantId, sequence: row.sequence }) : undefined;
      const history = attempts.map(({ number, at, duration_ms: durationMs, status, failure, answer }) => ({
        number,
        at,
        durationMs,
        ...(status === null ? {} : { status }),
        ...(failure === null ? {} : { failure }),
        ...(answer === null ? {} : { answer }),
      }));
      const body = event === undefined ? {} : { body: writeMessage(catalogue, event, endpoint) };
      return { ...toDelivery(row), history, ...body };
    },
    { readOnly: true },
  );
}

/** @throws `webhook_delivery_not_found` */
export async function demandDelivery(tx: Tx, { tenantId, webhook, id }: WebhookPlace & { id: string }) {
  const row = await tx
    .withTables<WebhookTables>()
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('webhook', '=', webhook)
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw webhooksErrors.webhook_delivery_not_found();
  return row;
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    eventId: row.event_id,
    type: row.event_type,
    status: row.status,
    attempts: row.attempts_total,
    createdAt: row.created_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.status === 'queued' ? { nextAttemptAt: row.next_attempt_at } : {}),
    ...(row.last_status === null ? {} : { responseStatus: row.last_status }),
    ...(row.last_failure === null ? {} : { failure: row.last_failure }),
  };
}
