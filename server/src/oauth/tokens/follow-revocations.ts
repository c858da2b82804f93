import type { Clock, Logger } from '#base';
import type { Store } from '#store';
import type { OAuthTables } from '../tables.ts';
import { decodeRevocation, REVOCATION_KINDS, REVOCATION_TOPIC, type RevocationList } from './revocation-list.ts';

interface FollowDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
  clock: Clock;
  log: Logger;
}

/** Loads what is revoked and hears of what will be. A change carries the whole revocation: no read, no wait. */
export async function followRevocations(deps: FollowDeps, list: RevocationList): Promise<() => void> {
  const stopChanges = deps.store.changes.subscribe([REVOCATION_TOPIC], (changes) => {
    for (const { tenantId, id } of changes) {
      const revocation = decodeRevocation(tenantId, id);
      if (revocation === undefined) deps.log.error({ id }, 'a revocation in the change feed could not be read');
      else list.add(revocation);
    }
    list.expire(deps.clock.now());
  });
  const stopResync = deps.store.changes.onResync(() => load(deps, list));
  await load(deps, list);
  return () => {
    stopChanges();
    stopResync();
  };
}

async function load({ store, clock }: FollowDeps, list: RevocationList): Promise<void> {
  const rows = await store.transaction(
    { system: true },
    (tx) =>
      tx
        .withTables<OAuthTables>()
        .selectFrom('token_revocations')
        .selectAll()
        .where('expires_at', '>', clock.now())
        .execute(),
    { readOnly: true },
  );
  for (const row of rows) {
    const kind = REVOCATION_KINDS.find((known) => known === row.kind);
    if (kind === undefined) continue;
    list.add({ tenantId: row.tenant_id, kind, id: row.id, beforeAt: row.before_at, expiresAt: row.expires_at });
  }
}
