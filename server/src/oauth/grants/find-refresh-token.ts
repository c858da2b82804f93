import type { Store } from '#store';
import type { OAuthTables } from '../tables.ts';

export interface FoundRefreshToken {
  grantId: string;
  userId: string;
  clientId: string;
  clientResourceId: string;
  sessionId: string | null;
  grantedAt: number;
  scope: string;
  createdAt: number;
  expiresAt: number;
  consumed: boolean;
  grantRevoked: boolean;
}

/** A refresh token with its grant, by its hash, whatever state both are in. */
export async function findRefreshToken(
  store: Pick<Store, 'transaction'>,
  tenantId: string,
  hash: string,
): Promise<FoundRefreshToken | undefined> {
  const row = await store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<OAuthTables>()
        .selectFrom('refresh_tokens as token')
        .innerJoin('oauth_grants as family', (join) =>
          join.onRef('family.tenant_id', '=', 'token.tenant_id').onRef('family.id', '=', 'token.grant_id'),
        )
        .select(['family.id', 'family.user_id', 'family.client_id', 'family.client_resource_id', 'family.scope'])
        .select(['family.session_id', 'family.created_at as granted_at'])
        .select(['family.revoked_at', 'token.created_at', 'token.expires_at', 'token.consumed_at'])
        .where('token.tenant_id', '=', tenantId)
        .where('token.hash', '=', hash)
        .executeTakeFirst(),
    { readOnly: true },
  );
  if (row === undefined) return undefined;
  return {
    grantId: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    clientResourceId: row.client_resource_id,
    sessionId: row.session_id,
    grantedAt: row.granted_at,
    scope: row.scope,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    consumed: row.consumed_at !== null,
    grantRevoked: row.revoked_at !== null,
  };
}
