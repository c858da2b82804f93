import { recordEvent } from '#audit';
import { credentialHash, type Keyring, mintCredential, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { NoticePort, UserClaims } from '../ports.ts';
import { type Params, param, paramsNamed, printable, requiredParam } from '../protocol/read-params.ts';
import type { OAuthTables } from '../tables.ts';
import { tokenTypeOf } from '../tokens/confirmation.ts';
import { clientPrincipal } from './acting-principal.ts';
import { findRefreshToken } from './find-refresh-token.ts';
import { type GrantRow, grantedApi, grantedDetails, grantedPerson, grantedScopes } from './grant.ts';
import { type IssueAccessTokenDeps, issueAccessToken } from './issue-access-token.ts';
import { type IssueIdTokenDeps, issueIdToken, readyIdTokenKey } from './issue-id-token.ts';
import { judgeRepeat, placeOfResponse, type Repeat } from './judge-refresh-repeat.ts';
import { refreshExpiresAt } from './refresh-lifetimes.ts';
import { type RequireStandingDeps, requireStanding } from './require-standing.ts';
import { requireSameSender, type Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

export type RefreshTokensDeps = IssueAccessTokenDeps &
  IssueIdTokenDeps &
  RequireStandingDeps & {
    keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
    clients: ClientDirectory;
    notices: NoticePort;
  };

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

type Refreshed = { kind: 'refreshed'; response: TokenResponse } | { kind: 'grant_revoked' } | Repeat;

/**
 * RFC 6749 §6 with rotation (RFC 9700 §4.14.2): every refresh token is exchanged once, for one successor. A second use
 * ends the whole family, unless it is the same request again within seconds: then it gets the same response.
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
  // Others are asked before the transaction: a slow answer must not hold a connection, nor a row.
  const found = await findRefreshToken(deps.store, client.tenantId, request.hash);
  if (found?.clientResourceId !== client.resourceId) throw oauthErrors.refresh_token_invalid();
  const { userId, sessionId, grantedAt: createdAt } = found;
  await readyIdTokenKey(deps, client);
  const user = await requireStanding(deps, client.tenantId, { userId, sessionId, createdAt });
  const outcome = await deps.store.transaction({ tenantId: client.tenantId }, (tx) =>
    exchange(tx, deps, client, user, request),
  );
  switch (outcome.kind) {
    case 'refreshed':
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

function readRequest(
  deps: RefreshTokensDeps,
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

async function exchange(
  tx: Tx,
  deps: RefreshTokensDeps,
  client: Client,
  user: UserClaims,
  request: RefreshRequest,
): Promise<Refreshed> {
  const db = tx.withTables<OAuthTables>();
  const now = deps.clock.now();
  // One statement decides. Whoever comes second waits here for the first to commit, and then finds it consumed.
  const taken = await db
    .updateTable('refresh_tokens')
    .set({ consumed_at: now })
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', request.hash)
    .where('client_id', '=', client.id)
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('grant_id')
    .executeTakeFirst();
  if (taken === undefined) return judgeRepeat(tx, deps, client, request);
  // Shared lock: a revocation under way is waited for, a later one waits for us and then ends what we issue here.
  const grant = await db
    .selectFrom('oauth_grants')
    .selectAll()
    .where('tenant_id', '=', client.tenantId)
    .where('id', '=', taken.grant_id)
    .forShare()
    .executeTakeFirst();
  if (grant === undefined || grant.revoked_at !== null || grant.expires_at <= now) return { kind: 'grant_revoked' };
  // Throws, so that the token is not spent by whoever stole it without its key.
  requireSameSender(grant.confirmation, request.sender);
  if (grant.client_secret_id !== (request.sender.secretId ?? null)) await rememberSecret(tx, grant, request.sender);
  return { kind: 'refreshed', response: await succeed(tx, deps, client, { grant, user, request, now }) };
}

/** From now on the grant hangs on the secret that was used last: the one before may go without ending it. */
async function rememberSecret(tx: Tx, grant: GrantRow, { secretId }: Sender): Promise<void> {
  await tx
    .withTables<OAuthTables>()
    .updateTable('oauth_grants')
    .set({ client_secret_id: secretId ?? null })
    .where('tenant_id', '=', grant.tenant_id)
    .where('id', '=', grant.id)
    .execute();
}

interface Succession {
  grant: GrantRow;
  user: UserClaims;
  request: RefreshRequest;
  now: number;
}

async function succeed(
  tx: Tx,
  deps: RefreshTokensDeps,
  client: Client,
  succession: Succession,
): Promise<TokenResponse> {
  const { grant, request, now } = succession;
  const db = tx.withTables<OAuthTables>();
  const successor = mintCredential('refresh_token', deps.random);
  const successorHash = credentialHash(deps.keyring, successor);
  const response = await buildResponse(deps, client, succession, successor);
  await db
    .insertInto('refresh_tokens')
    .values({
      tenant_id: client.tenantId,
      hash: successorHash,
      grant_id: grant.id,
      client_id: client.id,
      created_at: now,
      expires_at: refreshExpiresAt(now, grant.expires_at),
    })
    .execute();
  await db
    .updateTable('refresh_tokens')
    .set({
      request_hash: request.requestHash,
      response_sealed: deps.keyring.seal(JSON.stringify(response), placeOfResponse(request.hash)),
      successor_hash: successorHash,
    })
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', request.hash)
    .execute();
  await recordEvent(tx, deps, {
    tenantId: client.tenantId,
    type: 'token.issued',
    actor: clientPrincipal(client),
    target: { type: 'grant', id: grant.id },
    detail: { grant_type: 'refresh_token', user_id: grant.user_id, scope: response.scope },
  });
  return response;
}

async function buildResponse(
  deps: RefreshTokensDeps,
  client: Client,
  { grant, user, request }: Succession,
  refreshToken: string,
): Promise<TokenResponse> {
  const api = grantedApi(deps.clients, client, grant, request.resources);
  const scopes = grantedScopes(client, api, narrowedScopes(readScope(grant.scope), request.scopes));
  const details = grantedDetails(grant, api, request.details);
  const person = grantedPerson(grant, user);
  const { sender } = request;
  const { token, expiresInSeconds } = await issueAccessToken(
    deps,
    client,
    { api, scopes, details },
    person,
    deps.clock.now(),
    sender,
  );
  return {
    access_token: token,
    token_type: tokenTypeOf(sender.confirmation),
    expires_in: expiresInSeconds,
    scope: scopes.join(' '),
    refresh_token: refreshToken,
    ...(details.length === 0 ? {} : { authorization_details: details }),
    // OpenID Connect Core §12.2: a refreshed id token carries no nonce.
    ...(scopes.includes('openid')
      ? { id_token: await issueIdToken(deps, client, person, { nonce: undefined, accessToken: token, scopes }) }
      : {}),
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
