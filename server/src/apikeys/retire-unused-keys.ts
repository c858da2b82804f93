import { sql } from 'kysely';
import { type Clock, type Random, systemPrincipal } from '#base';
import type { Store, Tx } from '#store';
import { keyPolicyOf } from './key-policy.ts';
import { endApiKey } from './revoke-api-key.ts';

const DAY_MILLISECONDS = 86_400_000;
/** So many in one round; the rest follow in the next. */
const RETIRED_MAX = 500;

/**
 * Revokes keys that nobody used for as long as the tenant's policy says, or ever since they were issued. What is counted
 * reaches the database within seconds, so a key that is in use is never near the bound, which is at least a day. Each is
 * looked at once more as it is revoked: a round of many takes a while, and one that was used meanwhile stays.
 * @returns how many.
 */
export async function retireUnusedKeys(
  deps: { store: Pick<Store, 'transaction'>; clock: Clock; random: Random },
  { tenantId }: { tenantId: string },
): Promise<number> {
  const { store } = deps;
  const now = deps.clock.now();
  const { ids } = await store.transaction({ tenantId }, (tx) => findUnused(tx, { tenantId, now }), { readOnly: true });
  const actor = systemPrincipal(tenantId, 'retire_unused_keys');
  let retired = 0;
  for (const id of ids) {
    await store.transaction({ tenantId }, async (tx) => {
      const { days, ids: still } = await findUnused(tx, { tenantId, now, id });
      if (still.length === 0) return;
      await endApiKey(tx, deps, { tenantId, actor, id, reason: `not used for ${days} days` });
      retired += 1;
    });
  }
  return retired;
}

async function findUnused(
  tx: Tx,
  { tenantId, now, id }: { tenantId: string; now: number; id?: string },
): Promise<{ days: number; ids: string[] }> {
  const { retireUnusedAfterDays: days } = await keyPolicyOf(tx, tenantId);
  if (days === undefined) return { days: 0, ids: [] };
  const { rows } = await sql<{ id: string }>`
    select id from api_keys as keys
    left join api_key_last_use as used on used.tenant_id = keys.tenant_id and used.key_id = keys.id
    where keys.tenant_id = ${tenantId} and revoked_at is null and (expires_at is null or expires_at > ${now})
      and ${id === undefined ? sql`true` : sql`keys.id = ${id}`}
      and greatest(created_at, coalesce(used.at, 0)) < ${now - days * DAY_MILLISECONDS}::bigint
    order by id limit ${RETIRED_MAX}`.execute(tx);
  return { days, ids: rows.map(({ id: found }) => found) };
}
