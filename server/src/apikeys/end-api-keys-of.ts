import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import { recordChange, type Tx } from '#store';
import { API_KEY_TOPIC, type ApikeysTables } from './api-key.ts';

/** Ends every key that acts for this owner, who is gone for good. */
export async function endApiKeysOf(
  tx: Tx,
  deps: IdSource,
  { tenantId, ownerId, actor, reason }: { tenantId: string; ownerId: string; actor: Principal; reason: string },
): Promise<void> {
  const ended = await tx
    .withTables<ApikeysTables>()
    .updateTable('api_keys')
    .set({ revoked_at: deps.clock.now(), revoke_reason: reason })
    .where('tenant_id', '=', tenantId)
    .where('owner_id', '=', ownerId)
    .where('revoked_at', 'is', null)
    .returning(['id', 'name', 'organization_id'])
    .execute();
  for (const { id, name, organization_id } of ended) {
    await recordChange(tx, { tenantId, topic: API_KEY_TOPIC, id, operation: 'delete' });
    await recordEvent(tx, deps, {
      tenantId,
      ...(organization_id === null ? {} : { organizationId: organization_id }),
      type: 'api_key.revoked',
      actor,
      target: { type: 'api_key', id, name },
      detail: { reason },
    });
  }
}
