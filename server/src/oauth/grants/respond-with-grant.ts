import { credentialHash, type Keyring } from '#keyring';
import type { Tx } from '#store';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import type { OAuthTables } from '../tables.ts';
import { tokenTypeOf } from '../tokens/confirmation.ts';
import { type GrantRow, grantedApi, grantedDetails, grantedPerson, grantedScopes } from './grant.ts';
import { type IssueAccessTokenDeps, issueAccessToken } from './issue-access-token.ts';
import { type IssueIdTokenDeps, issueIdToken } from './issue-id-token.ts';
import { refreshExpiresAt } from './refresh-lifetimes.ts';
import { type RequireStandingDeps, requireStanding } from './require-standing.ts';
import type { Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

export type RespondWithGrantDeps = IssueAccessTokenDeps &
  IssueIdTokenDeps &
  RequireStandingDeps & { clients: ClientDirectory };

export interface GrantResponse {
  grant: GrantRow;
  refreshToken: string | undefined;
  sender: Sender;
  /** What of the grant the first token is to be for; left out: all of it. */
  asked?: { resources: readonly string[]; details?: string | undefined };
}

/** The first tokens of a grant. Outside the transaction, because others are asked: a slow answer must not hold a connection. */
export async function respondWithGrant(
  deps: RespondWithGrantDeps,
  client: Client,
  { grant, refreshToken, sender, asked = { resources: [] } }: GrantResponse,
): Promise<TokenResponse> {
  // Taken before anybody is asked: what is revoked from now on, while they answer, is revoked after the token's `iat`.
  const issuedAt = deps.clock.now();
  const { user_id: userId, session_id: sessionId, created_at: createdAt } = grant;
  const user = await requireStanding(deps, client.tenantId, { userId, sessionId, createdAt });
  const api = grantedApi(deps.clients, client, grant, asked.resources);
  const details = grantedDetails(grant, api, asked.details);
  const scopes = grantedScopes(client, api, readScope(grant.scope));
  const person = grantedPerson(grant, user);
  const { token, expiresInSeconds } = await issueAccessToken(
    deps,
    client,
    { api, scopes, details },
    person,
    issuedAt,
    sender,
  );
  return {
    access_token: token,
    token_type: tokenTypeOf(sender.confirmation),
    expires_in: expiresInSeconds,
    scope: scopes.join(' '),
    ...(details.length === 0 ? {} : { authorization_details: details }),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(scopes.includes('openid')
      ? {
          id_token: await issueIdToken(deps, client, person, {
            nonce: grant.nonce ?? undefined,
            accessToken: token,
            scopes,
          }),
        }
      : {}),
  };
}

/** The first refresh token of a grant; its successors are made where it is exchanged. */
export async function storeRefreshToken(
  tx: Tx,
  deps: { keyring: Pick<Keyring, 'mac'> },
  { grant, token, now }: { grant: GrantRow; token: string; now: number },
): Promise<void> {
  await tx
    .withTables<OAuthTables>()
    .insertInto('refresh_tokens')
    .values({
      tenant_id: grant.tenant_id,
      hash: credentialHash(deps.keyring, token),
      grant_id: grant.id,
      client_id: grant.client_id,
      created_at: now,
      expires_at: refreshExpiresAt(now, grant.expires_at),
    })
    .execute();
}
