import { credentialHash, recogniseCredential } from '#keyring';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { clientPrincipal } from '../grants/acting-principal.ts';
import { findRefreshToken } from '../grants/find-refresh-token.ts';
import { type RevokeTokensDeps, type RevokeTokensInput, revokeTokens } from '../grants/revoke-tokens.ts';
import { type Check, type EndpointRequest, type EndpointResponse, established } from '../protocol/endpoint.ts';
import { requiredParam } from '../protocol/read-params.ts';
import type { AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { CLIENT_CHECKS, type ClientContext, type ClientEndpointDeps, runClientEndpoint } from './client-endpoint.ts';

export interface RevokeEndpointDeps extends RevokeTokensDeps, ClientEndpointDeps {
  verifier: AccessTokenVerifier;
}

interface RevokeContext extends ClientContext {
  deps: RevokeEndpointDeps;
}

const REVOKE_CHECKS: readonly Check<RevokeContext>[] = [...CLIENT_CHECKS, revokeToken];

/** Token revocation (RFC 7009). Never throws. */
export function revokeEndpoint(
  deps: RevokeEndpointDeps,
  request: EndpointRequest,
): EndpointResponse | Promise<EndpointResponse> {
  const context: RevokeContext = { deps, request };
  return runClientEndpoint('revoke', REVOKE_CHECKS, context, () => undefined);
}

/** RFC 7009 §2.2: a token that is unknown, or dead already, is as good as revoked. The type is seen, not believed. */
async function revokeToken(context: RevokeContext): Promise<undefined> {
  const token = requiredParam(context.request.params, 'token');
  const client = established(context, 'client');
  if (recogniseCredential(token)?.kind === 'refresh_token') return revokeRefreshToken(context.deps, client, token);
  const read = context.deps.verifier.readAccessToken(token, context.deps.clock.now());
  if ('reason' in read) return;
  demandOwnToken(client, read.claims.client_id);
  await revoke(context.deps, client, { kind: 'jti', id: read.claims.jti, expiresAt: read.claims.exp * 1000 });
}

/** RFC 7009 §2.1: with the refresh token goes everything of its grant. */
async function revokeRefreshToken(deps: RevokeEndpointDeps, client: Client, token: string): Promise<undefined> {
  const found = await findRefreshToken(deps.store, client.tenantId, credentialHash(deps.keyring, token));
  if (found === undefined) return;
  demandOwnToken(client, found.clientId);
  if (found.clientResourceId !== client.resourceId || found.grantRevoked) return;
  await revoke(deps, client, { kind: 'grant', id: found.grantId });
}

function demandOwnToken(client: Client, clientId: string): void {
  if (clientId !== client.id) throw oauthErrors.token_of_other_client();
}

function revoke(
  deps: RevokeEndpointDeps,
  client: Client,
  what: Pick<RevokeTokensInput, 'kind' | 'id' | 'expiresAt'>,
): Promise<void> {
  const { tenantId } = client;
  return revokeTokens(deps, { ...what, tenantId, actor: clientPrincipal(client), because: 'client_request' });
}
