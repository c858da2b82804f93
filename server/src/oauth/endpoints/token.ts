import type { Client } from '../clients/client-directory.ts';
import { GRANT_WIRE_NAMES, type GrantType, grantTypeOf } from '../clients/grant-types.ts';
import type { CollectTokensDeps } from '../decoupled/collect-tokens.ts';
import { forGrant, oauthErrors } from '../errors.ts';
import { grantCiba } from '../grants/ciba.ts';
import { type ClientCredentialsDeps, grantClientCredentials } from '../grants/client-credentials.ts';
import { grantDeviceCode } from '../grants/device-code.ts';
import { grantJwtBearer, type JwtBearerDeps } from '../grants/jwt-bearer.ts';
import { type RedeemCodeDeps, redeemCode } from '../grants/redeem-code.ts';
import { type RefreshTokensDeps, refreshTokens } from '../grants/refresh-tokens.ts';
import type { Sender } from '../grants/sender.ts';
import { grantTokenExchange, type TokenExchangeDeps } from '../grants/token-exchange.ts';
import type { TokenResponse } from '../grants/token-response.ts';
import { type Check, type EndpointRequest, type EndpointResponse, established } from '../protocol/endpoint.ts';
import { type Params, printable, requiredParam } from '../protocol/read-params.ts';
import { CLIENT_CHECKS, type ClientEndpointDeps, runClientEndpoint } from './client-endpoint.ts';
import { establishSender, type SenderContext } from './establish-sender.ts';

export type TokenDeps = ClientCredentialsDeps &
  CollectTokensDeps &
  RedeemCodeDeps &
  RefreshTokensDeps &
  TokenExchangeDeps &
  JwtBearerDeps &
  ClientEndpointDeps &
  SenderContext['deps'];

interface TokenContext extends SenderContext {
  deps: TokenDeps;
  grantType?: GrantType;
  tokens?: TokenResponse;
}

const TOKEN_CHECKS: readonly Check<TokenContext>[] = [
  ...CLIENT_CHECKS,
  readGrantType,
  checkClientMayUseGrant,
  establishSender,
  grantTokens,
];

type Grant = (
  deps: TokenDeps,
  client: Client,
  params: Params,
  sender: Sender,
) => TokenResponse | Promise<TokenResponse>;

const GRANTS: Readonly<Partial<Record<GrantType, Grant>>> = {
  authorization_code: redeemCode,
  client_credentials: grantClientCredentials,
  refresh_token: refreshTokens,
  device_code: grantDeviceCode,
  ciba: grantCiba,
  token_exchange: grantTokenExchange,
  jwt_bearer: grantJwtBearer,
};

/** As they are said on the wire. */
export const GRANT_TYPES_SUPPORTED = Object.entries(GRANT_WIRE_NAMES).flatMap(([grant, wire]) =>
  grant in GRANTS ? [wire] : [],
);

/** The token endpoint (RFC 6749 §3.2). Never throws. */
export function tokenEndpoint(deps: TokenDeps, request: EndpointRequest): EndpointResponse | Promise<EndpointResponse> {
  const context: TokenContext = { deps, request };
  return runClientEndpoint('token', TOKEN_CHECKS, context, () => established(context, 'tokens'));
}

function readGrantType(context: TokenContext): undefined {
  const text = requiredParam(context.request.params, 'grant_type');
  const grantType = grantTypeOf(text);
  if (grantType === undefined || GRANTS[grantType] === undefined) {
    throw oauthErrors.grant_type_unsupported({
      message: `The grant_type ${printable(text)} is not supported. Use ${GRANT_TYPES_SUPPORTED.join(', ')}.`,
    });
  }
  context.grantType = grantType;
}

function checkClientMayUseGrant(context: TokenContext): undefined {
  const grantType = established(context, 'grantType');
  if (established(context, 'client').grants.has(grantType)) return;
  throw oauthErrors.grant_not_allowed(forGrant(grantType));
}

function grantTokens(context: TokenContext): undefined | Promise<undefined> {
  const grant = GRANTS[established(context, 'grantType')];
  if (grant === undefined) throw oauthErrors.grant_type_unsupported();
  const { deps, request } = context;
  const tokens = grant(deps, established(context, 'client'), request.params, established(context, 'sender'));
  if (tokens instanceof Promise) return tokens.then((granted) => takeTokens(context, granted));
  return takeTokens(context, tokens);
}

function takeTokens(context: TokenContext, tokens: TokenResponse): undefined {
  context.tokens = tokens;
}
