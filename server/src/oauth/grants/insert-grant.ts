import { type IdSource, newId } from '#base';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import type { OAuthTables } from '../tables.ts';
import type { GrantRow } from './grant.ts';

export interface NewGrant {
  userId: string;
  client: Pick<Client, 'id' | 'resourceId' | 'tenantId'>;
  scopes: readonly string[];
  api: string | undefined;
  /** Seconds. */
  authTime: number;
  acr: string | undefined;
  amr: readonly string[];
  /** Milliseconds. */
  expiresAt: number;
}

/** A grant that hangs on no browser's session. */
export async function insertGrant(tx: Tx, ids: IdSource, grant: NewGrant): Promise<GrantRow> {
  return tx
    .withTables<OAuthTables>()
    .insertInto('oauth_grants')
    .values({
      tenant_id: grant.client.tenantId,
      id: newId('grant', ids),
      user_id: grant.userId,
      client_id: grant.client.id,
      client_resource_id: grant.client.resourceId,
      session_id: null,
      scope: grant.scopes.join(' '),
      api: grant.api ?? null,
      nonce: null,
      auth_time: grant.authTime,
      acr: grant.acr ?? null,
      amr: grant.amr.join(' '),
      created_at: ids.clock.now(),
      expires_at: grant.expiresAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
