import { sql } from 'kysely';
import { followEvents, grownChains, headOf, type ListedAuditEvent } from '#audit';
import { type IdSource, type Logger, newId } from '#base';
import type { Store, Tx } from '#store';
import { matchesSome } from './event-patterns.ts';
import type { DeliveryRow, EndpointRow, WebhookTables } from './tables.ts';

export interface QueueDeliveriesDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  log: Logger;
  /** The tags of these API keys; one that is not there has none. */
  tagsOfKeys(tx: Tx, tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** Events in one transaction. */
const EVENTS_MAX = 500;
/** One receiver that is down must not fill the house. What finds the queue full is counted, and told of nowhere else. */
export const QUEUED_MAX = 10_000;

type Listener = Pick<EndpointRow, 'webhook' | 'id' | 'organization_id' | 'events' | 'key_tags' | 'since_sequence'> & {
  queued: number;
};

/**
 * Follows the audit chains and queues what webhooks want to hear of. What happened and how far it was read are one
 * transaction: an event is queued once, whoever dies in between, and whoever writes an event does nothing for it.
 * @returns how many events were read, or that nobody declared a webhook
 */
export async function queueDeliveries(deps: QueueDeliveriesDeps): Promise<number | 'nothing_to_follow'> {
  const tenants = await deps.store.transaction({ system: true }, tenantsToRead, { readOnly: true });
  if (tenants === undefined) return 'nothing_to_follow';
  let read = 0;
  for (const tenantId of tenants)
    read += await deps.store.transaction({ tenantId }, (tx) => readOn(tx, deps, tenantId));
  return read;
}

/** undefined: nobody declared a webhook. */
async function tenantsToRead(tx: Tx): Promise<string[] | undefined> {
  const cursors = await tx
    .withTables<WebhookTables>()
    .selectFrom('webhook_cursors')
    .select(['tenant_id', 'sequence'])
    // Where the last webhook is gone nobody reads on: a new one hears of what happens after it was declared.
    .where((where) =>
      where.exists(
        where
          .selectFrom('webhook_endpoints')
          .select('webhook')
          .whereRef('webhook_endpoints.tenant_id', '=', 'webhook_cursors.tenant_id'),
      ),
    )
    .execute();
  if (cursors.length === 0) return undefined;
  return grownChains(
    tx,
    cursors.map(({ tenant_id: tenantId, sequence }) => ({ tenantId, sequence })),
  );
}

async function readOn(tx: Tx, deps: QueueDeliveriesDeps, tenantId: string): Promise<number> {
  const db = tx.withTables<WebhookTables>();
  // Held until commit: a second process that does this for a moment reads on from here.
  const cursor = await db
    .selectFrom('webhook_cursors')
    .select('sequence')
    .where('tenant_id', '=', tenantId)
    .forUpdate()
    .executeTakeFirst();
  if (cursor === undefined) return 0;
  // Each statement sees what is committed by then. Of what happened up to here it is known who listens, and of nothing else:
  // a webhook that is there before an event must not be missing when that event is read.
  const head = await headOf(tx, tenantId);
  const listeners = await listenersOf(tx, deps, tenantId);
  const since = Math.min(...listeners.map(({ since_sequence: from }) => from));
  const after = Math.max(cursor.sequence, since);
  const moveTo = (sequence: number) =>
    db.updateTable('webhook_cursors').set({ sequence }).where('tenant_id', '=', tenantId).execute();
  if (listeners.length === 0) {
    await moveTo(Math.max(cursor.sequence, head));
    return 0;
  }
  const events = await followEvents(tx, { tenantId, after, through: head, limit: EVENTS_MAX });
  const last = events.at(-1)?.sequence;
  if (last === undefined) return 0;
  const tags = await tagsFor(tx, deps, { tenantId, listeners, events });
  await queue(tx, deps, { tenantId, listeners, wanted: (listener, event) => hears(listener, event, tags), events });
  await moveTo(last);
  return events.length;
}

/** Those that can be sent to: neither paused nor disabled, with a secret to sign with. */
async function listenersOf(tx: Tx, { clock }: QueueDeliveriesDeps, tenantId: string): Promise<Listener[]> {
  const { rows } = await sql<Listener>`
    select webhook, id, organization_id, events, key_tags, since_sequence,
      (select count(*) from (
        select from webhook_deliveries d
        where d.tenant_id = e.tenant_id and d.webhook = e.webhook and d.status = 'queued' limit ${QUEUED_MAX}
      ) waiting)::int as queued
    from webhook_endpoints e
    where tenant_id = ${tenantId} and not paused and disabled_at is null and exists (
      select from webhook_secrets s where s.tenant_id = e.tenant_id and s.webhook = e.webhook
        and (s.expires_at is null or s.expires_at > ${clock.now()})
    )
    order by webhook`.execute(tx);
  return rows;
}

function hears(
  { id, organization_id: owner, events, key_tags: wanted, since_sequence: since }: Listener,
  event: ListedAuditEvent,
  tags: ReadonlyMap<string, readonly string[]>,
): boolean {
  if (event.sequence <= since) return false;
  // Also held by the database when the event is read to be sent.
  if (owner !== null && owner !== event.organizationId) return false;
  // A test is for the one that is tested, whatever it asked for.
  if (event.type === 'webhook.tested') return event.target.id === id;
  if (!matchesSome(events, event.type)) return false;
  if (wanted === null || !isAboutKey(event)) return true;
  return tags.get(event.target.id)?.some((tag) => wanted.includes(tag)) === true;
}

const isAboutKey = ({ type, target }: ListedAuditEvent): boolean =>
  target.type === 'api_key' || (type.startsWith('quota.') && target.type === 'quota');

async function tagsFor(
  tx: Tx,
  deps: QueueDeliveriesDeps,
  input: { tenantId: string; listeners: readonly Listener[]; events: readonly ListedAuditEvent[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (input.listeners.every(({ key_tags: wanted }) => wanted === null)) return new Map();
  const ids = new Set(input.events.filter(isAboutKey).map(({ target }) => target.id));
  return deps.tagsOfKeys(tx, input.tenantId, [...ids]);
}

async function queue(
  tx: Tx,
  deps: QueueDeliveriesDeps,
  input: {
    tenantId: string;
    listeners: readonly Listener[];
    events: readonly ListedAuditEvent[];
    wanted(listener: Listener, event: ListedAuditEvent): boolean;
  },
): Promise<void> {
  const db = tx.withTables<WebhookTables>();
  for (const listener of input.listeners) {
    const heard = input.events.filter((event) => input.wanted(listener, event));
    const fit = heard.slice(0, Math.max(0, QUEUED_MAX - listener.queued));
    if (fit.length > 0) {
      const rows = fit.map((event) => newDelivery(deps, input.tenantId, listener, event));
      await db
        .insertInto('webhook_deliveries')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['tenant_id', 'webhook', 'sequence']).doNothing())
        .execute();
    }
    const dropped = heard.length - fit.length;
    if (dropped === 0) continue;
    deps.log.warn({ webhook: listener.webhook, dropped }, 'the queue of a webhook is full: events were not queued');
    await db
      .updateTable('webhook_endpoints')
      .set({ dropped: sql<number>`dropped + ${dropped}` })
      .where('tenant_id', '=', input.tenantId)
      .where('webhook', '=', listener.webhook)
      .execute();
  }
}

function newDelivery(
  deps: IdSource,
  tenantId: string,
  { webhook, organization_id }: Listener,
  { sequence, id, type }: ListedAuditEvent,
): DeliveryRow {
  const now = deps.clock.now();
  return {
    tenant_id: tenantId,
    id: newId('delivery', deps),
    webhook,
    organization_id,
    sequence,
    event_id: id,
    event_type: type,
    status: 'queued',
    attempts: 0,
    attempts_total: 0,
    next_attempt_at: now,
    taken_at: null,
    created_at: now,
    finished_at: null,
    last_status: null,
    last_failure: null,
  };
}
