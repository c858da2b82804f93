import { sql } from 'kysely';
import { recordEvents } from '#audit';
import type { IdSource } from '#base';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { clientPrincipal } from './acting-principal.ts';
import type { GrantRow } from './grant.ts';
import { refreshExpiresAt } from './refresh-lifetimes.ts';
import type { TokenResponse } from './token-response.ts';

/** A refresh token and what it is to be exchanged for. */
export interface RefreshToExchange {
  client: Client;
  grant: GrantRow;
  hash: string;
  requestHash: string;
  successorHash: string;
  /** The response, for whoever repeats the request. */
  sealed: string;
  response: Pick<TokenResponse, 'scope'>;
}

/**
 * Exchanges refresh tokens of one tenant for their successors, each once, whoever else is at it: one statement looks
 * whether their grants live, consumes them and adds the successors. Who comes second waits here for the first to commit
 * and then finds the token consumed; a revocation under way is waited for, a later one waits for us and then ends what
 * was issued here.
 *
 * The update is written as an insert that always finds its row: so it goes by the primary key, row for row, whatever the
 * planner believes. As a join it went through all tokens of the tenant while the table's statistics were young.
 * @returns hashes of those that were exchanged. The others are as they were.
 */
export async function exchangeRefreshTokens(
  tx: Tx,
  ids: IdSource,
  tenantId: string,
  tokens: readonly RefreshToExchange[],
): Promise<ReadonlySet<string>> {
  const now = ids.clock.now();
  // In the same order everywhere, so that of several who share tokens or grants none waits for one who waits for it.
  const asked = tokens.toSorted((left, right) => (left.hash < right.hash ? -1 : 1));
  const { rows } = await sql<{ hash: string }>`
    with asked as (
      select * from unnest(
        ${asked.map(({ hash }) => hash)}::text[], ${asked.map(({ grant }) => grant.id)}::text[],
        ${asked.map(({ client }) => client.id)}::text[], ${asked.map(({ requestHash }) => requestHash)}::text[],
        ${asked.map(({ sealed }) => sealed)}::text[], ${asked.map(({ successorHash }) => successorHash)}::text[],
        ${asked.map(({ grant }) => refreshExpiresAt(now, grant.expires_at))}::bigint[]
      ) as asked (hash, grant_id, client_id, request_hash, response_sealed, successor_hash, expires_at)
    ),
    found as (
      select asked.* from asked cross join lateral (
        select id from oauth_grants
        where tenant_id = ${tenantId} and id = asked.grant_id and revoked_at is null and expires_at > ${now} for share
      ) living
    ),
    consumed as (
      insert into refresh_tokens as token (tenant_id, hash, grant_id, client_id, created_at, expires_at, consumed_at,
        request_hash, response_sealed, successor_hash)
      select ${tenantId}, hash, grant_id, client_id, ${now}, ${now}, ${now}, request_hash, response_sealed, successor_hash
      from found
      on conflict (tenant_id, hash) do update
      set consumed_at = excluded.consumed_at, request_hash = excluded.request_hash,
        response_sealed = excluded.response_sealed, successor_hash = excluded.successor_hash
      where token.client_id = excluded.client_id and token.grant_id = excluded.grant_id
        and token.consumed_at is null and token.expires_at > ${now}
      returning token.hash
    ),
    born as (
      insert into refresh_tokens (tenant_id, hash, grant_id, client_id, created_at, expires_at)
      select ${tenantId}, successor_hash, grant_id, client_id, ${now}, expires_at from consumed join asked using (hash)
    )
    select hash from consumed`.execute(tx);
  const exchanged = new Set(rows.map(({ hash }) => hash));
  const events = tokens
    .filter(({ hash }) => exchanged.has(hash))
    .map(({ client, grant, response }) => ({
      type: 'token.issued' as const,
      actor: clientPrincipal(client),
      target: { type: 'grant', id: grant.id },
      detail: { grant_type: 'refresh_token', user_id: grant.user_id, scope: response.scope },
    }));
  await recordEvents(tx, ids, { tenantId, events });
  return exchanged;
}
