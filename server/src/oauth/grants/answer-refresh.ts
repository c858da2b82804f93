import { credentialHash, type Keyring, mintCredential } from '#keyring';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { UserClaims } from '../ports.ts';
import { printable } from '../protocol/read-params.ts';
import { tokenTypeOf } from '../tokens/confirmation.ts';
import type { RefreshToExchange } from './exchange-refresh-tokens.ts';
import { type GrantRow, grantedApi, grantedDetails, grantedPerson, grantedScopes } from './grant.ts';
import { type IssueAccessTokenDeps, issueAccessToken } from './issue-access-token.ts';
import { type IssueIdTokenDeps, issueIdToken } from './issue-id-token.ts';
import { placeOfResponse } from './judge-refresh-repeat.ts';
import { requireSameSender, type Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

export type AnswerRefreshDeps = IssueAccessTokenDeps &
  IssueIdTokenDeps & { keyring: Pick<Keyring, 'mac' | 'seal'>; clients: ClientDirectory };

/** A refresh as it was asked for. */
export interface RefreshRequest {
  hash: string;
  /** Everything in the request that could make the response another one. */
  requestHash: string;
  scopes: readonly string[];
  resources: readonly string[];
  details: string | undefined;
  sender: Sender;
}

export interface AnsweredRefresh extends RefreshToExchange {
  response: TokenResponse;
}

/**
 * The answer to a refresh and the successor in it, made before the token is exchanged for it: what the grant says was
 * fixed when it was redeemed, but for its end, and that is asked again by the statement that exchanges. An answer whose
 * token was taken meanwhile is thrown away.
 */
export async function answerRefresh(
  deps: AnswerRefreshDeps,
  client: Client,
  { grant, user, request, asOf }: { grant: GrantRow; user: UserClaims; request: RefreshRequest; asOf: number },
): Promise<AnsweredRefresh> {
  // Throws, so that the token is not spent by whoever stole it without its key.
  requireSameSender(grant.confirmation, request.sender);
  const { hash, requestHash, sender } = request;
  const successor = mintCredential('refresh_token', deps.random);
  const api = grantedApi(deps.clients, client, grant, request.resources);
  const scopes = grantedScopes(client, api, narrowedScopes(readScope(grant.scope), request.scopes));
  const details = grantedDetails(grant, api, request.details);
  const person = grantedPerson(grant, user);
  const issued = issueAccessToken(deps, client, { api, scopes, details }, person, asOf, sender);
  const { token, expiresInSeconds } = issued instanceof Promise ? await issued : issued;
  const response: TokenResponse = {
    access_token: token,
    token_type: tokenTypeOf(sender.confirmation),
    expires_in: expiresInSeconds,
    scope: scopes.join(' '),
    refresh_token: successor,
    ...(details.length === 0 ? {} : { authorization_details: details }),
    // OpenID Connect Core §12.2: a refreshed id token carries no nonce.
    ...(scopes.includes('openid')
      ? { id_token: await issueIdToken(deps, client, person, { nonce: undefined, accessToken: token, scopes }) }
      : {}),
  };
  return {
    client,
    grant,
    hash,
    requestHash,
    successorHash: credentialHash(deps.keyring, successor),
    sealed: deps.keyring.seal(JSON.stringify(response), placeOfResponse(hash)),
    response,
  };
}

/** RFC 6749 §6: never more than was granted. */
function narrowedScopes(granted: readonly string[], asked: readonly string[]): readonly string[] {
  const wider = asked.find((scope) => !granted.includes(scope));
  if (wider !== undefined) {
    throw oauthErrors.scope_exceeds_grant({
      message: `The scope ${printable(wider)} was not granted. Leave it out, or start a new authorization that asks for it.`,
    });
  }
  return asked.length > 0 ? asked : granted;
}
