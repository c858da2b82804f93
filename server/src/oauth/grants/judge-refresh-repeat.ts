import { recordEvent } from '#audit';
import type { IdSource } from '#base';
import type { Keyring } from '#keyring';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import type { NoticePort } from '../ports.ts';
import type { OAuthTables } from '../tables.ts';
import type { Revocation } from '../tokens/revocation-list.ts';
import { clientPrincipal } from './acting-principal.ts';
import { REFRESH_REPEAT_MILLISECONDS } from './refresh-lifetimes.ts';
import { revokeTokensIn } from './revoke-tokens.ts';
import type { TokenResponse } from './token-response.ts';

export type Repeat =
  | { kind: 'repeated'; response: TokenResponse }
  | { kind: 'reused'; revocation: Revocation }
  | { kind: 'superseded' | 'invalid' | 'grant_revoked' };

interface JudgeDeps extends IdSource {
  keyring: Pick<Keyring, 'open'>;
  notices: NoticePort;
}

export const placeOfResponse = (hash: string) => ({ table: 'refresh_tokens', column: 'response_sealed', row: hash });

/**
 * A refresh token that can't be exchanged: an honest repeat, or the trace of a theft? The same request within seconds,
 * while the successor is unused, is a lost reply. Everything else that comes after its exchange is reuse.
 */
export async function judgeRepeat(
  tx: Tx,
  deps: JudgeDeps,
  client: Client,
  { hash, requestHash }: { hash: string; requestHash: string },
): Promise<Repeat> {
  const row = await findUsed(tx, client, hash);
  if (row === undefined) return { kind: 'invalid' };
  if (row.revoked_at !== null) return { kind: 'grant_revoked' };
  if (row.consumed_at === null) return { kind: 'invalid' };
  const early = deps.clock.now() - row.consumed_at <= REFRESH_REPEAT_MILLISECONDS;
  if (early && row.response_sealed !== null && row.successor_consumed_at === null) {
    if (row.request_hash !== requestHash) return { kind: 'superseded' };
    const response: TokenResponse = JSON.parse(
      deps.keyring.open(row.response_sealed, placeOfResponse(hash)).toString('utf8'),
    );
    return { kind: 'repeated', response };
  }
  return endFamily(tx, deps, client, row);
}

async function findUsed(tx: Tx, client: Client, hash: string) {
  return tx
    .withTables<OAuthTables>()
    .selectFrom('refresh_tokens as used')
    .innerJoin('oauth_grants as family', (join) =>
      join.onRef('family.tenant_id', '=', 'used.tenant_id').onRef('family.id', '=', 'used.grant_id'),
    )
    .leftJoin('refresh_tokens as successor', (join) =>
      join.onRef('successor.tenant_id', '=', 'used.tenant_id').onRef('successor.hash', '=', 'used.successor_hash'),
    )
    .select([
      'used.grant_id',
      'family.user_id',
      'used.consumed_at',
      // An earlier version kept it with the token that was used, and somebody may ask again in the seconds of an update.
      (eb) => eb.fn.coalesce('successor.request_hash', 'used.request_hash').as('request_hash'),
      (eb) => eb.fn.coalesce('successor.response_sealed', 'used.response_sealed').as('response_sealed'),
      'family.revoked_at',
      'successor.consumed_at as successor_consumed_at',
    ])
    .where('used.tenant_id', '=', client.tenantId)
    .where('used.hash', '=', hash)
    .where('used.client_id', '=', client.id)
    .executeTakeFirst();
}

async function endFamily(
  tx: Tx,
  deps: JudgeDeps,
  client: Client,
  { grant_id: grantId, user_id: userId }: { grant_id: string; user_id: string },
): Promise<Repeat> {
  const { tenantId } = client;
  const live = await tx
    .withTables<OAuthTables>()
    .selectFrom('oauth_grants')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', grantId)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  // Another repeat was quicker: the family has ended, once, and is recorded once.
  if (live === undefined) return { kind: 'grant_revoked' };
  const actor = clientPrincipal(client);
  await recordEvent(tx, deps, {
    tenantId,
    type: 'refresh_token.reused',
    actor,
    target: { type: 'grant', id: grantId },
  });
  const because = 'refresh_token_reused';
  await deps.notices.notify(tx, {
    kind: because,
    tenantId,
    userId,
    client: { id: client.id, displayName: client.displayName },
    at: deps.clock.now(),
  });
  return {
    kind: 'reused',
    revocation: await revokeTokensIn(tx, deps, { tenantId, kind: 'grant', id: grantId, actor, because }),
  };
}
