import { recordEvent } from '#audit';
import { type Clock, LIMITS, type Principal, type Random } from '#base';
import { recordChange, type Store, type Tx } from '#store';
import { API_KEY_TOPIC, type ApiKey, type ApikeysTables, toApiKey } from './api-key.ts';
import { apikeysErrors } from './errors.ts';

export interface RevokeApiKeyDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  random: Random;
}

export interface RevokeApiKeyInput {
  tenantId: string;
  organizationId?: string;
  actor: Principal;
  id: string;
  reason?: string;
}

/**
 * Ends a key on every gateway. A key that has ended already stays as it was, and nothing is recorded a second time.
 * @throws `api_key_not_found`
 */
export function revokeApiKey(deps: RevokeApiKeyDeps, input: RevokeApiKeyInput): Promise<ApiKey> {
  const { tenantId, organizationId } = input;
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  return deps.store.transaction(scope, (tx) => endApiKey(tx, deps, input));
}

/** The same, inside the caller's transaction. */
export async function endApiKey(
  tx: Tx,
  deps: Omit<RevokeApiKeyDeps, 'store'>,
  { tenantId, actor, id, reason: given }: Omit<RevokeApiKeyInput, 'organizationId'>,
): Promise<ApiKey> {
  const reason = given?.slice(0, LIMITS.textLengthMax) || 'not stated';
  const db = tx.withTables<ApikeysTables>();
  // One statement decides: of two who revoke together, one finds it done.
  const revoked = await db
    .updateTable('api_keys')
    .set({ revoked_at: deps.clock.now(), revoke_reason: reason })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (revoked === undefined) {
    const select = db.selectFrom('api_keys').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id);
    const ended = await select.executeTakeFirst();
    if (ended === undefined) throw apikeysErrors.api_key_not_found();
    return toApiKey(ended);
  }
  // 'delete', since it is final: who hears of it refuses the key at once, before reading anything.
  await recordChange(tx, { tenantId, topic: API_KEY_TOPIC, id, operation: 'delete' });
  await recordEvent(tx, deps, {
    tenantId,
    ...(revoked.organization_id === null ? {} : { organizationId: revoked.organization_id }),
    type: 'api_key.revoked',
    actor,
    target: { type: 'api_key', id, name: revoked.name },
    detail: { reason },
  });
  return toApiKey(revoked);
}
