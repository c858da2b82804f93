import type { Clock } from '#base';
import type { Store } from '#store';
import type { DecoupledTables } from './decoupled/tables.ts';
import { REFRESH_REPEAT_MILLISECONDS } from './grants/refresh-lifetimes.ts';
import type { OAuthTables } from './tables.ts';

/** Rows a statement removes at most, so that no lock is held for long. */
const BATCH_MAX = 5000;
/** A grant that ended is kept this long, so that a late replay of its tokens still finds out what they were. */
const KEPT_MILLISECONDS = 24 * 3_600_000;

/** A device that asks too late is told so for as long. */
const EXPLAINED_MILLISECONDS = 600_000;

/** Removes what can't matter any more, in all tenants. Run now and then by one process; safe to run by several. */
export async function removeExpired({
  store,
  clock,
}: {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}): Promise<void> {
  const now = clock.now();
  await store.transaction({ system: true }, async (tx) => {
    const db = tx.withTables<OAuthTables>();
    await db.deleteFrom('authorization_requests').where('expires_at', '<=', now).execute();
    await db.deleteFrom('pushed_requests').where('expires_at', '<=', now).execute();
    await db.deleteFrom('used_once').where('expires_at', '<=', now).execute();
    await tx
      .withTables<DecoupledTables>()
      .deleteFrom('decoupled_requests')
      .where('expires_at', '<=', now - EXPLAINED_MILLISECONDS)
      .execute();
    await db.deleteFrom('token_revocations').where('expires_at', '<=', now).execute();
    await db
      .updateTable('refresh_tokens')
      .set({ response_sealed: null })
      .where('response_sealed', 'is not', null)
      .where('created_at', '<', now - REFRESH_REPEAT_MILLISECONDS)
      .execute();
    // Codes go with their grant by themselves.
    await db
      .with('gone', (from) =>
        from
          .deleteFrom('oauth_grants')
          .where((where) =>
            where(
              where.refTuple('tenant_id', 'id'),
              'in',
              where
                .selectFrom('oauth_grants')
                .select(['tenant_id', 'id'])
                .where('expires_at', '<=', now - KEPT_MILLISECONDS)
                .limit(BATCH_MAX)
                .$asTuple('tenant_id', 'id'),
            ),
          )
          .returning(['tenant_id', 'id']),
      )
      .deleteFrom('refresh_tokens as token')
      .using('gone')
      .whereRef('token.tenant_id', '=', 'gone.tenant_id')
      .whereRef('token.grant_id', '=', 'gone.id')
      .execute();
  });
}
