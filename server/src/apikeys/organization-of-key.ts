import type { Tx } from '#store';
import type { ApikeysTables } from './api-key.ts';

/** The organization that a key is confined to; undefined for a key of the tenant, and for one that is not there. */
export async function organizationOfKey(
  tx: Tx,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<string | undefined> {
  const row = await tx
    .withTables<ApikeysTables>()
    .selectFrom('api_keys')
    .select('organization_id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.organization_id ?? undefined;
}
