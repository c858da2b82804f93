import { credentialHash, type Keyring } from '#keyring';
import type { Tx } from '#store';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import type { UserClaims } from '../ports.ts';
import type { OAuthTables } from '../tables.ts';
import { tokenTypeOf } from '../tokens/confirmation.ts';
import { type GrantRow, grantedApi, grantedDetails, grantedPerson, grantedScopes } from './grant.ts';
import { type IssueAccessTokenDeps, issueAccessToken } from './issue-access-token.ts';
import { type IssueIdTokenDeps, issueIdToken, readyKeys } from './issue-id-token.ts';
import { refreshExpiresAt } from './refresh-lifetimes.ts';
import { type RequireStandingDeps, requireStanding } from './require-standing.ts';
import type { Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

export type RespondWithGrantDeps = IssueAccessTokenDeps &
  IssueIdTokenDeps &
  RequireStandingDeps & { clients: ClientDirectory };

/** What was found out about a grant's person, and as of when (milliseconds). */
export interface Standing {
  user: UserClaims;
  asOf: number;
}

export interface GrantResponse {
  grant: GrantRow;
  standing: Standing;
  refreshToken: string | undefined;
  sender: Sender;
  /** What of the grant the first token is to be for; left out: all of it. */
  asked?: { resources: readonly string[]; details?: string | undefined };
}

/**
 * May the grant's person still get tokens? Asked before anything is consumed, and outside the transaction that does: a
 * slow answer must hold no connection, and a lost one must not cost a code. The moment is taken before anybody is asked:
 * what is revoked while they answer is revoked after the token's `iat`.
 */
export async function takeStanding(
  deps: RespondWithGrantDeps,
  client: Client,
  grant: { userId: string; sessionId: string | null; createdAt: number },
): Promise<Standing> {
  const asOf = deps.clock.now();
  await readyKeys(deps, client);
  return { asOf, user: await requireStanding(deps, client.tenantId, grant, client.organizationId) };
}

/**
 * The first tokens of a grant. Nobody is asked and nothing waits but for a signature, so it stands inside the transaction
 * that consumes: either that is over and here is the answer, or nothing was consumed and the same may be sent again.
 */
export async function respondWithGrant(
  deps: RespondWithGrantDeps,
  client: Client,
  { grant, standing, refreshToken, sender, asked = { resources: [] } }: GrantResponse,
): Promise<TokenResponse> {
  const api = grantedApi(deps.clients, client, grant, asked.resources);
  const details = grantedDetails(grant, api, asked.details);
  const scopes = grantedScopes(client, api, readScope(grant.scope));
  const person = grantedPerson(grant, standing.user);
  const { token, expiresInSeconds } = await issueAccessToken(
    deps,
    client,
    { api, scopes, details },
    person,
    standing.asOf,
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
