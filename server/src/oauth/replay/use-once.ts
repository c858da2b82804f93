import { createHash } from 'node:crypto';
import type { Store } from '#store';
import type { OAuthTables } from '../tables.ts';

/** What counts once, and so never mixes: a proof's `jti` says nothing about an assertion's. */
export type OncePurpose = 'dpop_proof' | 'client_assertion' | 'workload_token' | 'request_object' | 'assertion_grant';

export interface UseOnceDeps {
  store: Pick<Store, 'transaction'>;
}

/**
 * True for whoever comes first with it, in all processes: one statement decides. `expiresAt` (milliseconds) is when it
 * would be refused for its age anyway; until then it is remembered.
 */
export async function useOnce(
  store: UseOnceDeps['store'],
  { tenantId, purpose, id, expiresAt }: { tenantId: string; purpose: OncePurpose; id: string; expiresAt: number },
): Promise<boolean> {
  const hash = createHash('sha256').update(id).digest('base64url');
  const { numInsertedOrUpdatedRows } = await store.transaction({ tenantId }, (tx) =>
    tx
      .withTables<OAuthTables>()
      .insertInto('used_once')
      .values({ tenant_id: tenantId, purpose, hash, expires_at: Math.ceil(expiresAt) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst(),
  );
  return numInsertedOrUpdatedRows === 1n;
}
