import { recordEvent } from '#audit';
import type { Principal } from '#base';
import type { Tx } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { OAuthTables } from '../tables.ts';
import type { Revocation } from '../tokens/revocation-list.ts';
import { type RevokeTokensDeps, revokeTokensIn } from './revoke-tokens.ts';

/** An application that may act for a person, or that the person agreed to let. */
export interface ConnectedApplication {
  /** Of the client resource: another client made later under the same name is another application. */
  id: string;
  clientId: string;
  displayName: string;
  /** What was agreed to or granted, over all APIs. */
  scopes: readonly string[];
  /** Milliseconds. */
  since: number;
}

export interface ConnectedApplicationsDeps extends RevokeTokensDeps {
  clients: Pick<ClientDirectory, 'withResourceId'>;
}

interface Whose {
  tenantId: string;
  userId: string;
}

/** Bounds the work of one page; a person who uses more sees the newest. */
const ROWS_MAX = 1000;

/** Consents and living grants of one person, by application. One whose client is gone can do nothing, and is left out. */
export async function connectedApplications(
  { store, clock, clients }: ConnectedApplicationsDeps,
  { tenantId, userId }: Whose,
): Promise<ConnectedApplication[]> {
  const rows = await store.transaction(
    { tenantId },
    async (tx) => [
      ...(await consentsOf(tx, { tenantId, userId })),
      ...(await livingGrants(tx, { tenantId, userId }, clock.now())),
    ],
    { readOnly: true },
  );
  const byClient = Map.groupBy(rows, ({ client_resource_id }) => client_resource_id);
  return [...byClient]
    .flatMap(([id, found]) => {
      const client = clients.withResourceId(tenantId, id);
      if (client === undefined) return [];
      const scopes = [...new Set(found.flatMap(({ scope }) => readScope(scope)))].sort();
      const since = Math.min(...found.map(({ at }) => at));
      return [{ id, clientId: client.id, displayName: client.displayName, scopes, since }];
    })
    .sort((left, right) => left.displayName.localeCompare(right.displayName));
}

/**
 * Takes back what a person allowed an application: its tokens end everywhere at once, and it must ask again.
 * @throws `application_not_connected`
 */
export async function disconnectApplication(
  deps: ConnectedApplicationsDeps,
  { tenantId, userId, id, actor }: Whose & { id: string; actor: Principal },
): Promise<void> {
  const revocations = await deps.store.transaction({ tenantId }, async (tx) => {
    const grants = await livingGrants(tx, { tenantId, userId }, deps.clock.now(), id);
    const forgotten = await tx
      .withTables<OAuthTables>()
      .deleteFrom('consents')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('client_resource_id', '=', id)
      .returning('scope')
      .execute();
    if (grants.length === 0 && forgotten.length === 0) throw oauthErrors.application_not_connected();
    const ended: Revocation[] = [];
    for (const grant of grants) {
      ended.push(
        await revokeTokensIn(tx, deps, { tenantId, kind: 'grant', id: grant.id, actor, because: 'withdrawn' }),
      );
    }
    const scopes = [...new Set([...forgotten, ...grants].flatMap(({ scope }) => readScope(scope)))].sort();
    await recordEvent(tx, deps, {
      tenantId,
      type: 'consent.withdrawn',
      actor,
      target: { type: 'client', id },
      detail: { scope: scopes.join(' '), grants: grants.length },
    });
    return ended;
  });
  for (const revocation of revocations) deps.revocations.add(revocation);
}

async function consentsOf(tx: Tx, { tenantId, userId }: Whose) {
  const rows = await tx
    .withTables<OAuthTables>()
    .selectFrom('consents')
    .select(['client_resource_id', 'scope', 'granted_at'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .limit(ROWS_MAX)
    .execute();
  return rows.map(({ granted_at, ...row }) => ({ ...row, at: granted_at }));
}

async function livingGrants(tx: Tx, { tenantId, userId }: Whose, now: number, clientResourceId?: string) {
  const rows = await tx
    .withTables<OAuthTables>()
    .selectFrom('oauth_grants')
    .select(['id', 'client_resource_id', 'scope', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .$if(clientResourceId !== undefined, (query) => query.where('client_resource_id', '=', clientResourceId ?? ''))
    .orderBy('created_at', 'desc')
    .limit(ROWS_MAX)
    .execute();
  return rows.map(({ created_at, ...row }) => ({ ...row, at: created_at }));
}
