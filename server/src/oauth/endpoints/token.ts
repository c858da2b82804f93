import type { Logger } from '#base';
import { authenticateClient } from '../clients/authenticate-client.ts';
import type { Client } from '../clients/client-directory.ts';
import { GRANT_TYPES, type GrantType } from '../clients/client-schema.ts';
import { oauthErrors } from '../errors.ts';
import { type ClientCredentialsDeps, grantClientCredentials } from '../grants/client-credentials.ts';
import { type RedeemCodeDeps, redeemCode } from '../grants/redeem-code.ts';
import { type RefreshTokensDeps, refreshTokens } from '../grants/refresh-tokens.ts';
import type { TokenResponse } from '../grants/token-response.ts';
import {
  type Check,
  type EndpointRequest,
  type EndpointResponse,
  established,
  NO_STORE,
  runChecks,
} from '../protocol/endpoint.ts';
import { problemResponse, toProblem } from '../protocol/error-response.ts';
import { type Params, printable, refuseRepeatedParams, requiredParam } from '../protocol/read-params.ts';

export type TokenDeps = ClientCredentialsDeps &
  RedeemCodeDeps &
  RefreshTokensDeps & {
    log: Logger;
  };

interface TokenContext {
  deps: TokenDeps;
  request: EndpointRequest;
  client?: Client;
  grantType?: GrantType;
  tokens?: TokenResponse;
}

const TOKEN_CHECKS: readonly Check<TokenContext>[] = [
  refuseRepeatedParameters,
  identifyClient,
  readGrantType,
  checkClientMayUseGrant,
  grantTokens,
];

const GRANTS: Readonly<Record<GrantType, (deps: TokenDeps, client: Client, params: Params) => Promise<TokenResponse>>> =
  {
    authorization_code: redeemCode,
    client_credentials: grantClientCredentials,
    refresh_token: refreshTokens,
  };

/** The token endpoint (RFC 6749 §3.2). Never throws. */
export async function tokenEndpoint(deps: TokenDeps, request: EndpointRequest): Promise<EndpointResponse> {
  const context: TokenContext = { deps, request };
  try {
    await runChecks(TOKEN_CHECKS, context);
    return { status: 200, headers: NO_STORE, body: established(context, 'tokens') };
  } catch (thrown) {
    const problem = toProblem(deps, thrown, { endpoint: 'token', clientId: context.client?.id });
    return problemResponse(problem, deps.issuers.issuerOf(request.tenantId));
  }
}

function refuseRepeatedParameters({ request }: TokenContext): undefined {
  refuseRepeatedParams(request.params);
}

/** RFC 6749 §3.2.1. First, so that nobody learns anything about a grant without being its client. */
function identifyClient(context: TokenContext): undefined {
  context.client = authenticateClient(context.deps, context.request);
}

function readGrantType(context: TokenContext): undefined {
  const text = requiredParam(context.request.params, 'grant_type');
  const grantType = GRANT_TYPES.find((known) => known === text);
  if (grantType === undefined) {
    throw oauthErrors.grant_type_unsupported({
      message: `The grant_type ${printable(text)} is not supported. Use ${GRANT_TYPES.join(', ')}.`,
    });
  }
  context.grantType = grantType;
}

function checkClientMayUseGrant(context: TokenContext): undefined {
  const grantType = established(context, 'grantType');
  if (established(context, 'client').grants.has(grantType)) return;
  throw oauthErrors.grant_not_allowed({
    message: `The client is not allowed the grant ${grantType}. Add it to 'grants' in the client resource.`,
  });
}

async function grantTokens(context: TokenContext): Promise<undefined> {
  const grant = GRANTS[established(context, 'grantType')];
  context.tokens = await grant(context.deps, established(context, 'client'), context.request.params);
}
