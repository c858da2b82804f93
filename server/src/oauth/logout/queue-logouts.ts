import { type IdSource, newId } from '#base';
import type { Tx } from '#store';
import type { LogoutTables } from './tables.ts';

/** A grant that ended with its session, or with its person. */
export interface EndedGrant {
  client_id: string;
  client_resource_id: string;
  user_id: string;
  session_id: string | null;
  scope: string;
}

/**
 * Every application that somebody was signed in to will be told, in the transaction that ends it: whatever ended it, a
 * sign-out, an administrator or time. Whether the application wants to hear of it is looked at on delivery.
 */
export async function queueLogouts(
  tx: Tx,
  ids: IdSource,
  { tenantId, grants }: { tenantId: string; grants: readonly EndedGrant[] },
): Promise<void> {
  const now = ids.clock.now();
  const values = grants.flatMap(({ session_id: sessionId, scope, ...grant }) =>
    sessionId === null || !scope.split(' ').includes('openid')
      ? []
      : [
          {
            tenant_id: tenantId,
            id: newId('delivery', ids),
            client_id: grant.client_id,
            client_resource_id: grant.client_resource_id,
            user_id: grant.user_id,
            session_id: sessionId,
            attempts: 0,
            next_at: now,
            created_at: now,
          },
        ],
  );
  if (values.length === 0) return;
  await tx
    .withTables<LogoutTables>()
    .insertInto('logout_deliveries')
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
