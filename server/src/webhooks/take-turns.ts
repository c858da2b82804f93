import { sql } from 'kysely';
import type { Clock } from '#base';
import type { Store } from '#store';
import type { DeliveryRow, WebhookTables } from './tables.ts';

export interface TurnDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}

/** A webhook that has something to send. */
export interface Due {
  tenant_id: string;
  webhook: string;
  organization_id: string | null;
}

/** Deliveries to one webhook at once: the width of its lane. One that fails gets one at a time. */
const WIDTH = 4;
const WIDTH_OF_FAILING = 1;
/** What was taken is another's again after this, should who took it have died. Longer than an attempt can take. */
const LEASE_MS = 60_000;
const DUE_MAX = 2_000;

/**
 * Webhooks with something that is due. One look into an index for each webhook, however much waits; in no order, so that
 * beyond the bound it is not always the same who are left out.
 */
export function dueWebhooks({ store, clock }: TurnDeps): Promise<Due[]> {
  return store.transaction(
    { system: true },
    async (tx) => {
      const { rows } = await sql<Due>`
        select tenant_id, webhook, organization_id from webhook_endpoints e
        where not paused and disabled_at is null and exists (
          select from webhook_deliveries d where d.tenant_id = e.tenant_id and d.webhook = e.webhook
            and d.status = 'queued' and d.next_attempt_at <= ${clock.now()}
        )
        order by random() limit ${DUE_MAX}`.execute(tx);
      return rows;
    },
    { readOnly: true },
  );
}

/**
 * The next few deliveries of one webhook, taken by one statement that also says when they are due again: who dies with them
 * in his hands delays them, and loses nothing. That a message may go twice then is the price; its id is the same.
 */
export function takeDue({ store, clock }: TurnDeps, { tenant_id: tenantId, webhook }: Due): Promise<DeliveryRow[]> {
  const now = clock.now();
  return store.transaction({ tenantId }, async (tx) => {
    const db = tx.withTables<WebhookTables>();
    const endpoint = await db
      .selectFrom('webhook_endpoints')
      .select('failing_since')
      .where('tenant_id', '=', tenantId)
      .where('webhook', '=', webhook)
      .where('disabled_at', 'is', null)
      .where('paused', '=', false)
      .executeTakeFirst();
    if (endpoint === undefined) return [];
    return db
      .updateTable('webhook_deliveries')
      .set({
        attempts: sql<number>`attempts + 1`,
        attempts_total: sql<number>`attempts_total + 1`,
        next_attempt_at: now + LEASE_MS,
        taken_at: now,
      })
      .where((where) =>
        where(
          where.refTuple('tenant_id', 'id'),
          'in',
          db
            .selectFrom('webhook_deliveries')
            .select(['tenant_id', 'id'])
            .where('tenant_id', '=', tenantId)
            .where('webhook', '=', webhook)
            .where('status', '=', 'queued')
            .where('next_attempt_at', '<=', now)
            .orderBy('next_attempt_at')
            .orderBy('sequence')
            .limit(endpoint.failing_since === null ? WIDTH : WIDTH_OF_FAILING)
            .forUpdate()
            .skipLocked()
            .$asTuple('tenant_id', 'id'),
        ),
      )
      .returningAll()
      .execute();
  });
}

/**
 * What was taken and has no outcome is due at once. For who has just won the lock: whoever held it before is most likely
 * dead. Should he live, a message goes twice.
 */
export async function releaseTaken({ store, clock }: TurnDeps): Promise<void> {
  await store.transaction({ system: true }, (tx) =>
    tx
      .withTables<WebhookTables>()
      .updateTable('webhook_deliveries')
      .set({ next_attempt_at: clock.now(), taken_at: null })
      .where('status', '=', 'queued')
      .where('taken_at', 'is not', null)
      .execute(),
  );
}
