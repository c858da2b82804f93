import { systemPrincipal } from '#base';
import type { Store } from '#store';
import type { SigninPort, UsersPort } from '../ports.ts';
import type { OAuthTables } from '../tables.ts';
import { type RevokeTokensDeps, revokeTokensOnce } from './revoke-tokens.ts';

export interface EndOrphansDeps extends RevokeTokensDeps {
  store: Pick<Store, 'transaction'>;
  signin: Pick<SigninPort, 'endedSessions'>;
  users: Pick<UsersPort, 'standing'>;
}

/** Grants looked at in one go: one question about their sessions, one about their people. */
const PAGE_SIZE = 500;

type LiveGrant = Pick<
  OAuthTables['oauth_grants'],
  'tenant_id' | 'id' | 'user_id' | 'session_id' | 'offline_session_id'
>;

/**
 * Ends the grants whose session or person has gone without anybody hearing of it: every process was down, or the change
 * feed was lost. Safe to run by several, and again.
 */
export async function endOrphans(deps: EndOrphansDeps, signal?: AbortSignal): Promise<void> {
  let page: LiveGrant[] = [];
  do {
    page = await liveGrants(deps, page.at(-1));
    for (const [tenantId, grants] of Map.groupBy(page, ({ tenant_id }) => tenant_id)) {
      await endOrphansAmong(deps, tenantId, grants);
    }
  } while (page.length === PAGE_SIZE && signal?.aborted !== true);
}

async function endOrphansAmong(deps: EndOrphansDeps, tenantId: string, grants: readonly LiveGrant[]): Promise<void> {
  const sessionIds = [
    ...new Set(grants.flatMap(({ session_id, offline_session_id }) => session_id ?? offline_session_id ?? [])),
  ];
  for (const id of await deps.signin.endedSessions(tenantId, sessionIds)) {
    const actor = systemPrincipal(tenantId, 'oauth');
    await revokeTokensOnce(deps, { tenantId, kind: 'session', id, actor, because: 'session_ended' });
  }
  const userIds = [...new Set(grants.map(({ user_id }) => user_id))];
  const standing = await deps.users.standing(tenantId, userIds);
  for (const userId of userIds) await endTokensOfUser(deps, { tenantId, userId, standing });
}

/** Everything of a person who may not sign in any more; what is older than that, of one who may again. */
export async function endTokensOfUser(
  deps: RevokeTokensDeps,
  { tenantId, userId, standing }: { tenantId: string; userId: string; standing: ReadonlyMap<string, number> },
): Promise<void> {
  const since = standing.get(userId);
  if (since === 0) return;
  await revokeTokensOnce(deps, {
    tenantId,
    kind: 'user',
    id: userId,
    actor: systemPrincipal(tenantId, 'oauth'),
    because: 'user_disabled',
    ...(since === undefined ? {} : { grantedUpTo: since }),
  });
}

async function liveGrants({ store, clock }: EndOrphansDeps, after: LiveGrant | undefined): Promise<LiveGrant[]> {
  return store.transaction(
    { system: true },
    (tx) =>
      tx
        .withTables<OAuthTables>()
        .selectFrom('oauth_grants')
        .select(['tenant_id', 'id', 'user_id', 'session_id', 'offline_session_id'])
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', clock.now())
        .where((where) =>
          where(where.refTuple('tenant_id', 'id'), '>', where.tuple(after?.tenant_id ?? '', after?.id ?? '')),
        )
        .orderBy('tenant_id')
        .orderBy('id')
        .limit(PAGE_SIZE)
        .execute(),
    { readOnly: true },
  );
}
