import type { Tx } from '#store';
import type { ApiKeyRow, ApikeysTables } from './api-key.ts';
import { apikeysErrors } from './errors.ts';

/**
 * The row of a key that can still be used or set free, locked until the transaction ends.
 * @throws `api_key_not_found`, `api_key_ended`
 */
export async function takeLiveKey(
  tx: Tx,
  { tenantId, id, now }: { tenantId: string; id: string; now: number },
): Promise<ApiKeyRow> {
  const row = await tx
    .withTables<ApikeysTables>()
    .selectFrom('api_keys')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw apikeysErrors.api_key_not_found();
  if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now))
    throw apikeysErrors.api_key_ended();
  return row;
}
