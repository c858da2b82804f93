import type { Tx } from '#store';
import type { ApikeysTables } from './api-key.ts';

/** The tags of these keys; one that is not there has none. */
export async function tagsOfKeys(
  tx: Tx,
  { tenantId, ids }: { tenantId: string; ids: readonly string[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .withTables<ApikeysTables>()
    .selectFrom('api_keys')
    .select(['id', 'tags'])
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map(({ id, tags }) => [id, tags]));
}
