import { createAttemptBudget, GatehouseError, networkOf, type Principal } from '#base';
import { checkAuthorizationRequest } from '../authorization/authorize.ts';
import type { AuthorizationContext } from '../authorization/context.ts';
import type { AuthorizeDeps } from '../authorization/deps.ts';
import { storePushedRequest } from '../authorization/pushed-requests.ts';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors, wireErrorOf } from '../errors.ts';
import { sessionPrincipal } from '../grants/acting-principal.ts';
import { type RedeemCodeDeps, redeemCode } from '../grants/redeem-code.ts';
import { type RefreshTokensDeps, refreshTokens } from '../grants/refresh-tokens.ts';
import { revokeTokens } from '../grants/revoke-tokens.ts';
import type { TokenResponse } from '../grants/token-response.ts';
import { PROFILES } from '../profiles/profile.ts';
import type { Params } from '../protocol/read-params.ts';
import { readJws } from '../tokens/read-jws.ts';
import type { AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { ENDPOINTS } from './paths.ts';

/**
 * The authorization code flow for a part of this program that is a client itself: the gateway, where it keeps people's
 * sessions. The same rules as at the endpoints, but for the proof of who the client is, since there is nobody between;
 * so there is no secret, and no token leaves the program.
 */
export interface CodeFlows {
  /**
   * Where to send the browser; the request is pushed (RFC 9126) for a client that must push, and nothing is stored for
   * others: anybody can ask for this. @throws `too_many_failures` where one network asks for too much.
   */
  begin(request: FlowRequest): Promise<{ location: string }>;
  /** @throws what the token endpoint would answer; `code_invalid` when the id token is not for this sign-in. */
  redeem(answer: FlowAnswer): Promise<FlowTokens>;
  /** undefined: the grant is over. @throws what says nothing about the grant. */
  refresh(input: { tenantId: string; clientId: string; refreshToken: string }): Promise<FlowTokens | undefined>;
  /** Signs the person out here, and so of every application (OpenID Connect RP-Initiated Logout). */
  end(session: { tenantId: string } & Pick<FlowTokens, 'userId' | 'sessionId' | 'grantId'>): Promise<void>;
  /** RFC 9207: the `iss` of answers. */
  issuerOf(tenantId: string): string;
}

export interface FlowRequest {
  tenantId: string;
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
  /** Name of the API. */
  api: string;
  state: string;
  nonce: string;
  codeChallenge: string;
  /** RFC 9470, for who must sign in again. */
  acrValues?: string | undefined;
  maxAgeSeconds?: number | undefined;
  ip: string;
}

export interface FlowAnswer {
  tenantId: string;
  clientId: string;
  redirectUri: string;
  code: string;
  codeVerifier: string;
  nonce: string;
}

export interface FlowTokens {
  accessToken: string;
  refreshToken: string | undefined;
  /** Milliseconds, as the next. */
  issuedAt: number;
  expiresAt: number;
  userId: string;
  /** Of the issuer. */
  sessionId: string | undefined;
  grantId: string | undefined;
}

export type CodeFlowDeps = AuthorizeDeps &
  RedeemCodeDeps &
  RefreshTokensDeps & { verifier: Pick<AccessTokenVerifier, 'readAccessToken'> };

/** Of people behind one address who begin to sign in; each is a row for a minute. */
const PUSHES = { atOnce: 60, perSecond: 1, keysMax: 20_000 };

const mustPush = ({ spec, profile }: Client) => spec.pushedRequestsOnly === true || PROFILES[profile].pushedRequests;

export function createCodeFlows(deps: CodeFlowDeps): CodeFlows {
  const { issuers, clock } = deps;
  const pushes = createAttemptBudget(deps, PUSHES);

  async function push(client: Client, params: Params, ip: string): Promise<Record<string, string>> {
    const network = networkOf(ip);
    const retryAfterSeconds = pushes.retryAfterSeconds(network);
    if (retryAfterSeconds !== undefined) throw oauthErrors.too_many_failures({ details: { retryAfterSeconds } });
    pushes.spend(network);
    return { client_id: client.id, request_uri: await storePushedRequest(deps, client, { params }) };
  }

  return {
    async begin(request) {
      const { tenantId, ip } = request;
      const client = clientOf(deps, request, 'authorization_code');
      const sent = { tenantId, params: paramsOf(deps, request), ip, cookie: undefined, userAgent: undefined };
      const context: AuthorizationContext = { deps, request: sent, sent, isPushing: true };
      await checkAuthorizationRequest(context);
      const { params } = context.request;
      const query = new URLSearchParams(
        mustPush(client) ? await push(client, params, ip) : params.map(([...each]) => each),
      );
      return { location: `${issuers.issuerOf(tenantId)}${ENDPOINTS.authorize}?${query}` };
    },
    async redeem({ codeVerifier, redirectUri, nonce, ...answer }) {
      const client = clientOf(deps, answer, 'authorization_code');
      const params: Params = [
        ['code', answer.code],
        ['code_verifier', codeVerifier],
        ['redirect_uri', redirectUri],
      ];
      const response = await redeemCode(deps, client, params, {});
      // OpenID Connect Core §3.1.3.7: that it is the answer to this question, and to no other.
      if (readJws(response.id_token ?? '')?.payload.nonce !== nonce) throw oauthErrors.code_invalid();
      return tokensOf(deps, response);
    },
    async refresh({ refreshToken, ...whose }) {
      const client = clientOf(deps, whose, 'refresh_token');
      try {
        return tokensOf(deps, await refreshTokens(deps, client, [['refresh_token', refreshToken]], {}));
      } catch (error) {
        if (error instanceof GatehouseError && wireErrorOf(error) === 'invalid_grant') return undefined;
        throw error;
      }
    },
    async end({ tenantId, userId, sessionId, grantId }) {
      const actor: Principal = sessionPrincipal(tenantId, {
        userId,
        sessionId: sessionId ?? 'none',
        authTime: Math.floor(clock.now() / 1000),
        amr: [],
        acr: undefined,
      });
      if (sessionId !== undefined) await deps.signin.endSession({ tenantId, userId, id: sessionId, actor });
      else if (grantId !== undefined)
        await revokeTokens(deps, { tenantId, kind: 'grant', id: grantId, actor, because: 'signed_out' });
    },
    issuerOf: (tenantId) => issuers.issuerOf(tenantId),
  };
}

function clientOf(
  { clients }: CodeFlowDeps,
  { tenantId, clientId }: { tenantId: string; clientId: string },
  grant: 'authorization_code' | 'refresh_token',
): Client {
  const client = clients.client(tenantId, clientId);
  if (client === undefined) throw oauthErrors.client_unknown();
  // A public client proves nothing anywhere: whoever has its code could have been given these tokens.
  if (client.type === 'public') throw oauthErrors.client_public();
  if (!client.grants.has(grant)) throw oauthErrors.grant_not_allowed();
  return client;
}

function paramsOf({ clients }: CodeFlowDeps, request: FlowRequest): Params {
  const api = clients.api(request.tenantId, request.api);
  if (api === undefined) throw oauthErrors.target_unknown();
  return [
    ['client_id', request.clientId],
    ['response_type', 'code'],
    ['redirect_uri', request.redirectUri],
    ['scope', request.scopes.join(' ')],
    ['resource', api.audience],
    ['state', request.state],
    ['nonce', request.nonce],
    ['code_challenge', request.codeChallenge],
    ['code_challenge_method', 'S256'],
    ...(request.acrValues === undefined ? [] : [['acr_values', request.acrValues] as const]),
    ...(request.maxAgeSeconds === undefined ? [] : [['max_age', String(request.maxAgeSeconds)] as const]),
  ];
}

function tokensOf({ verifier, clock }: CodeFlowDeps, response: TokenResponse): FlowTokens {
  const now = clock.now();
  const read = verifier.readAccessToken(response.access_token, now);
  // Revoked in the very moment in which it was issued.
  if ('reason' in read) throw oauthErrors.grant_revoked();
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token,
    issuedAt: read.claims.iat * 1000,
    expiresAt: read.claims.exp * 1000,
    userId: read.claims.sub,
    sessionId: read.claims.sid,
    grantId: read.claims.grant_id,
  };
}
