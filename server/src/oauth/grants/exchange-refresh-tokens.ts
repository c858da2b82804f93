import { recordEvents } from '#audit';
import type { IdSource } from '#base';
import { fixedStatement, type Tx } from '#store';
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
 * `$1` is the tenant, `$2` now; the others are as long as each other.
 *
 * The response stands in the row of the successor that it told, where it is written once: what is consumed changes by some
 * bytes, in its page and without a new entry in any index. And it is gone by itself when the successor is used, from when
 * on nobody may have it again.
 */
const exchange = fixedStatement<{ hash: string }>(`
  with asked as (
    select * from unnest(
      string_to_array($3, ','), string_to_array($4, ','), $5::text[], string_to_array($6, ','),
      string_to_array($7, ','), string_to_array($8, ','), $9::bigint[]
    ) as asked (hash, grant_id, client_id, request_hash, response_sealed, successor_hash, expires_at)
  ),
  found as (
    select asked.* from asked cross join lateral (
      select id from oauth_grants
      where tenant_id = $1 and id = asked.grant_id and revoked_at is null and expires_at > $2::bigint for share
    ) living
  ),
  consumed as (
    insert into refresh_tokens as token (tenant_id, hash, grant_id, client_id, created_at, expires_at, consumed_at,
      successor_hash)
    select $1, hash, grant_id, client_id, $2::bigint, $2::bigint, $2::bigint, successor_hash from found
    on conflict (tenant_id, hash) do update
    set consumed_at = excluded.consumed_at, successor_hash = excluded.successor_hash, request_hash = null,
      response_sealed = null
    where token.client_id = excluded.client_id and token.grant_id = excluded.grant_id
      and token.consumed_at is null and token.expires_at > $2::bigint
    returning token.hash
  ),
  born as (
    insert into refresh_tokens (tenant_id, hash, grant_id, client_id, created_at, expires_at, request_hash, response_sealed)
    select $1, successor_hash, grant_id, client_id, $2::bigint, expires_at, request_hash, response_sealed
    from consumed join asked using (hash)
  )
  select hash from consumed`);

/**
 * Hashes, ids and sealed values as one text: none has a comma. As an array each of the two kilobytes of a response would be
 * looked at for something to escape here, and for something escaped there.
 */
const inOne = (values: readonly string[]): string => values.join(',');

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
  const rows = await exchange(tx, [
    tenantId,
    now,
    inOne(asked.map(({ hash }) => hash)),
    inOne(asked.map(({ grant }) => grant.id)),
    asked.map(({ client }) => client.id),
    inOne(asked.map(({ requestHash }) => requestHash)),
    inOne(asked.map(({ sealed }) => sealed)),
    inOne(asked.map(({ successorHash }) => successorHash)),
    asked.map(({ grant }) => refreshExpiresAt(now, grant.expires_at)),
  ]);
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
