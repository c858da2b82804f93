import type { Tx } from '#store';
import { webhooksErrors } from './errors.ts';
import type { EndpointRow, WebhookTables } from './tables.ts';

export interface WebhookPlace {
  tenantId: string;
  webhook: string;
}

/** Held until commit with `lock`, so that two at once take turns. @throws `webhook_not_found` */
export async function demandWebhook(
  tx: Tx,
  { tenantId, webhook }: WebhookPlace,
  { lock = false } = {},
): Promise<EndpointRow> {
  const select = tx
    .withTables<WebhookTables>()
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('webhook', '=', webhook);
  const found = await (lock ? select.forUpdate() : select).executeTakeFirst();
  if (found === undefined) throw webhooksErrors.webhook_not_found();
  return found;
}

/** The organization whose webhook it is reads in its own log what happens to it. */
export const inside = ({ organization_id: owner }: Pick<EndpointRow, 'organization_id'>) =>
  owner === null ? {} : { organizationId: owner };

/** As the audit log names it. */
export const targetOf = ({ id, webhook }: Pick<EndpointRow, 'id' | 'webhook'>) => ({
  type: 'webhook',
  id,
  name: webhook,
});
