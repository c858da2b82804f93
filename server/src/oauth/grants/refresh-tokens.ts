import { credentialHash, type Keyring, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { NoticePort } from '../ports.ts';
import { type Params, param, paramsNamed, requiredParam } from '../protocol/read-params.ts';
import type { OAuthTables } from '../tables.ts';
import type { AnsweredRefresh, RefreshRequest } from './answer-refresh.ts';
import { exchangeRefreshTokens } from './exchange-refresh-tokens.ts';
import type { GrantRow } from './grant.ts';
import { type IssueIdTokenDeps, readyKeys } from './issue-id-token.ts';
import { judgeRepeat, type Repeat } from './judge-refresh-repeat.ts';
import type { RefreshTogether } from './refresh-batches.ts';
import type { RevokeTokensDeps } from './revoke-tokens.ts';
import type { Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

export type RefreshTokensDeps = RevokeTokensDeps &
  IssueIdTokenDeps & {
    keyring: Pick<Keyring, 'mac' | 'open'>;
    notices: NoticePort;
    refreshTogether: RefreshTogether;
  };

/**
 * RFC 6749 §6 with rotation (RFC 9700 §4.14.2): every refresh token is exchanged once, for one successor. A second use
 * ends the whole family, unless it is the same request again within seconds: then it gets the same response.
 *
 * Those that come at the same time are looked up and exchanged together (ADR 46). What of them is not exchanged then is
 * judged alone.
 */
export async function refreshTokens(
  deps: RefreshTokensDeps,
  client: Client,
  params: Params,
  sender: Sender,
): Promise<TokenResponse> {
  const token = requiredParam(params, 'refresh_token');
  if (recogniseCredential(token)?.kind !== 'refresh_token') throw oauthErrors.refresh_token_invalid();
  const request = readRequest(deps, client, params, { token, sender });
  const { tenantId } = client;
  // Not in the batch: a client whose own keys are slow to come keeps nobody else waiting.
  await readyKeys(deps, client);
  const outcome = await deps.refreshTogether(tenantId, { client, request });
  switch (outcome.kind) {
    case 'refreshed':
      return outcome.response;
    case 'refused':
      throw outcome.error;
    case 'left':
      return exchangeAlone(deps, client, request, outcome.answered);
  }
}

function readRequest(
  deps: { keyring: Pick<Keyring, 'mac'> },
  client: Client,
  params: Params,
  { token, sender }: { token: string; sender: Sender },
): RefreshRequest {
  const scopes = readScope(param(params, 'scope'));
  const resources = paramsNamed(params, 'resource');
  const details = param(params, 'authorization_details');
  const hash = credentialHash(deps.keyring, token);
  const asked = JSON.stringify([
    client.resourceId,
    hash,
    [...scopes].sort(),
    [...resources].sort(),
    sender.confirmation ?? null,
    details ?? null,
  ]);
  return {
    hash,
    scopes,
    resources,
    details,
    sender,
    requestHash: deps.keyring.mac('refresh request', asked).toString('hex'),
  };
}

interface Exchanged {
  kind: 'exchanged';
  response: TokenResponse;
}

/** One that is something else than an exchange of a good token, or that others are racing. */
async function exchangeAlone(
  deps: RefreshTokensDeps,
  client: Client,
  request: RefreshRequest,
  answered: AnsweredRefresh | undefined,
): Promise<TokenResponse> {
  const { tenantId } = client;
  const outcome = await deps.store.transaction({ tenantId }, async (tx): Promise<Exchanged | Repeat> => {
    if (answered !== undefined && (await exchangeRefreshTokens(tx, deps, tenantId, [answered])).size > 0) {
      await rememberSecret(tx, answered.grant, request.sender);
      return { kind: 'exchanged', response: answered.response };
    }
    return judgeRepeat(tx, deps, client, request);
  });
  switch (outcome.kind) {
    case 'exchanged':
    case 'repeated':
      return outcome.response;
    case 'reused':
      deps.revocations.add(outcome.revocation);
      throw oauthErrors.refresh_token_reused();
    case 'superseded':
      throw oauthErrors.refresh_token_superseded();
    case 'grant_revoked':
      throw oauthErrors.grant_revoked();
    case 'invalid':
      throw oauthErrors.refresh_token_invalid();
  }
}

/** From now on the grant hangs on the secret that was used last: the one before may go without ending it. */
async function rememberSecret(tx: Tx, grant: GrantRow, sender: Sender): Promise<void> {
  const secretId = sender.secretId ?? null;
  if (grant.client_secret_id === secretId) return;
  await tx
    .withTables<OAuthTables>()
    .updateTable('oauth_grants')
    .set({ client_secret_id: secretId })
    .where('tenant_id', '=', grant.tenant_id)
    .where('id', '=', grant.id)
    .execute();
}
