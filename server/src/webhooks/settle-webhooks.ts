import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { headOf } from '#audit';
import { closestWord, type LoadedResource, type Settle } from '#resources';
import { recordChange, type Tx } from '#store';
import { webhooksErrors } from './errors.ts';
import { matchesPattern } from './event-patterns.ts';
import { type EndpointRow, WEBHOOK_TOPIC, type WebhookTables } from './tables.ts';
import { type WebhookSpec, webhookKind } from './webhook-kind.ts';

/** Of one organization, or of the tenant itself: each event is held against all of them. */
const WEBHOOKS_MAX = 100;

/**
 * What the worker reads follows the declarations, in the same transaction. A webhook that is deleted takes its secrets and
 * deliveries along, and one that is declared hears of what happens from now on.
 * @param eventTypes all there are: a pattern that stands for none is a mistake
 * @throws `webhook_event_unknown`, `webhook_limit_reached`
 */
export const settleWebhooks =
  (eventTypes: () => readonly string[]): Settle =>
  async (tx, { tenantId, load }) => {
    const declared = await load(webhookKind);
    for (const webhook of declared) demandKnownEvents(webhook, eventTypes());
    for (const [, owned] of Map.groupBy(declared, ({ organizationId }) => organizationId))
      if (owned.length > WEBHOOKS_MAX) throw webhooksErrors.webhook_limit_reached();
    const db = tx.withTables<WebhookTables>();
    await db
      .deleteFrom('webhook_endpoints')
      .where('tenant_id', '=', tenantId)
      // One that was deleted and declared anew, or given to an organization, inherits nothing.
      .where(sql<boolean>`concat(id, ' ', organization_id) <> all(${declared.map(identityOf)}::text[])`)
      .execute();
    if (declared.length === 0) return;
    const head = await headOf(tx, tenantId);
    const before = await endpointsOf(tx, tenantId);
    for (const webhook of declared) {
      const said = saidBy(webhook.spec);
      if (isDeepStrictEqual(before.get(webhook.name), said)) continue;
      await writeEndpoint(tx, tenantId, webhook, { head, said });
    }
    await db
      .insertInto('webhook_cursors')
      .values({ tenant_id: tenantId, sequence: head })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  };

const identityOf = ({ id, organizationId = '' }: LoadedResource<WebhookSpec>): string => `${id} ${organizationId}`;

/** Of an endpoint, what its declaration says. */
const SAID = ['url', 'events', 'key_tags', 'details', 'contact_email', 'paused'] as const;
type Said = Pick<EndpointRow, (typeof SAID)[number]>;

const saidBy = (spec: WebhookSpec): Said => ({
  url: spec.url,
  events: spec.events,
  key_tags: spec.keyTags ?? null,
  details: spec.details ?? false,
  contact_email: spec.contactEmail ?? null,
  paused: spec.paused ?? false,
});

/** So that of thousands only those are written that changed. */
async function endpointsOf(tx: Tx, tenantId: string): Promise<ReadonlyMap<string, Said>> {
  const rows = await tx
    .withTables<WebhookTables>()
    .selectFrom('webhook_endpoints')
    .select(['webhook', ...SAID])
    .where('tenant_id', '=', tenantId)
    .execute();
  return new Map(rows.map(({ webhook, ...said }) => [webhook, said]));
}

async function writeEndpoint(
  tx: Tx,
  tenantId: string,
  { id, organizationId, name }: LoadedResource<WebhookSpec>,
  { head, said }: { head: number; said: Said },
): Promise<void> {
  await tx
    .withTables<WebhookTables>()
    .insertInto('webhook_endpoints')
    .values({
      tenant_id: tenantId,
      webhook: name,
      id,
      organization_id: organizationId ?? null,
      ...said,
      since_sequence: head,
      disabled_at: null,
      disabled_reason: null,
      failing_since: null,
      last_delivered_at: null,
      dropped: 0,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'webhook']).doUpdateSet(said))
    .execute();
  // As long as there is none, the worker sleeps.
  await recordChange(tx, { tenantId, topic: WEBHOOK_TOPIC, id: name, operation: 'put' });
}

function demandKnownEvents({ name, spec }: { name: string; spec: WebhookSpec }, known: readonly string[]): void {
  for (const pattern of spec.events) {
    if (known.some((type) => matchesPattern(pattern, type))) continue;
    const meant = closestWord(pattern, [...known, ...new Set(known.map((type) => `${type.split('.', 1)[0]}.*`))]);
    throw webhooksErrors.webhook_event_unknown({
      message: `The webhook "${name}": no event is called "${pattern}"${meant === undefined ? '' : `; did you mean "${meant}"?`} List them with: gatehouse webhooks events.`,
    });
  }
}
