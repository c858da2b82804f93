import { credentialHash, recogniseCredential } from '#keyring';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { findRefreshToken } from '../grants/find-refresh-token.ts';
import type { RevokeTokensDeps } from '../grants/revoke-tokens.ts';
import { type Check, type EndpointRequest, type EndpointResponse, established } from '../protocol/endpoint.ts';
import { requiredParam } from '../protocol/read-params.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';
import { tokenTypeOf } from '../tokens/confirmation.ts';
import type { AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { CLIENT_CHECKS, type ClientContext, type ClientEndpointDeps, runClientEndpoint } from './client-endpoint.ts';

export interface IntrospectDeps extends ClientEndpointDeps {
  store: RevokeTokensDeps['store'];
  verifier: AccessTokenVerifier;
}

interface IntrospectContext extends ClientContext {
  deps: IntrospectDeps;
  answer?: IntrospectionAnswer;
}

/** RFC 7662 §2.2. About a token that is no good, or none of the asker's business, nothing but that is said. */
type IntrospectionAnswer = { active: false } | ({ active: true; token_type: string } & Record<string, unknown>);

const INACTIVE: IntrospectionAnswer = { active: false };

const INTROSPECT_CHECKS: readonly Check<IntrospectContext>[] = [...CLIENT_CHECKS, refusePublicClients, lookAtToken];

/** Token introspection (RFC 7662). Never throws. */
export function introspectEndpoint(deps: IntrospectDeps, request: EndpointRequest): Promise<EndpointResponse> {
  const context: IntrospectContext = { deps, request };
  return runClientEndpoint('introspect', INTROSPECT_CHECKS, context, () => established(context, 'answer'));
}

/** RFC 7662 §2.1 and §4: the endpoint requires authorization, or anyone could try tokens out on it. */
function refusePublicClients(context: IntrospectContext): undefined {
  if (established(context, 'client').type === 'public') throw oauthErrors.client_public();
}

async function lookAtToken(context: IntrospectContext): Promise<undefined> {
  const { deps, request } = context;
  const token = requiredParam(request.params, 'token');
  const client = established(context, 'client');
  if (recogniseCredential(token)?.kind === 'refresh_token') {
    context.answer = await describeRefreshToken(deps, client, token);
    return;
  }
  const read = deps.verifier.readAccessToken(token, deps.clock.now());
  const concerned = !('reason' in read) && isConcerned(deps, client, read.claims);
  context.answer = concerned ? { active: true, token_type: tokenTypeOf(read.claims.cnf), ...read.claims } : INACTIVE;
}

/** The client that holds the token, or one that stands for the API the token is for. */
function isConcerned({ clients, issuers }: IntrospectDeps, client: Client, { aud, client_id, iss }: AccessTokenClaims) {
  if (iss !== issuers.issuerOf(client.tenantId)) return false;
  const audiences = typeof aud === 'string' ? [aud] : aud;
  return client_id === client.id || clients.apisOf(client).some(({ audience }) => audiences.includes(audience));
}

/** A refresh token is between its client and us: nobody else is told about it. */
async function describeRefreshToken(deps: IntrospectDeps, client: Client, token: string): Promise<IntrospectionAnswer> {
  const found = await findRefreshToken(deps.store, client.tenantId, credentialHash(deps.keyring, token));
  if (found === undefined || found.clientResourceId !== client.resourceId) return INACTIVE;
  if (found.consumed || found.grantRevoked || found.expiresAt <= deps.clock.now()) return INACTIVE;
  return {
    active: true,
    token_type: 'refresh_token',
    iss: deps.issuers.issuerOf(client.tenantId),
    sub: found.userId,
    client_id: client.id,
    scope: found.scope,
    iat: Math.floor(found.createdAt / 1000),
    exp: Math.floor(found.expiresAt / 1000),
    grant_id: found.grantId,
  };
}
