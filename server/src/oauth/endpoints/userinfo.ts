import type { IdSource, Logger, Principal } from '#base';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import type { UserClaims, UsersPort } from '../ports.ts';
import {
  type Check,
  type EndpointRequest,
  type EndpointResponse,
  established,
  NO_STORE,
  runChecks,
} from '../protocol/endpoint.ts';
import { bearerProblemResponse, toProblem } from '../protocol/error-response.ts';
import { param } from '../protocol/read-params.ts';
import type { AccessTokenVerifier } from '../tokens/verify-access-token.ts';

export interface UserinfoDeps extends IdSource {
  verifier: AccessTokenVerifier;
  issuers: Issuers;
  users: UsersPort;
  log: Logger;
}

interface UserinfoContext {
  deps: UserinfoDeps;
  request: EndpointRequest;
  token?: string;
  principal?: Principal;
  answer?: Record<string, unknown>;
}

const USERINFO_CHECKS: readonly Check<UserinfoContext>[] = [readBearer, verifyToken, requireOpenid, describePerson];

/** Userinfo (OpenID Connect Core §5.3). Never throws. */
export async function userinfoEndpoint(deps: UserinfoDeps, request: EndpointRequest): Promise<EndpointResponse> {
  const context: UserinfoContext = { deps, request };
  try {
    await runChecks(USERINFO_CHECKS, context);
    return { status: 200, headers: NO_STORE, body: established(context, 'answer') };
  } catch (thrown) {
    const problem = toProblem(deps, thrown, { endpoint: 'userinfo' });
    return bearerProblemResponse(problem, deps.issuers.issuerOf(request.tenantId), context.token === undefined);
  }
}

/** RFC 6750 §2.1 and §2.2. A token in the query ends up in logs, and is not looked for (RFC 9700 §4.3.2). */
function readBearer(context: UserinfoContext): undefined {
  const { authorization, params } = context.request;
  const header = /^bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
  const token = header ?? param(params, 'access_token');
  if (token === undefined) throw oauthErrors.bearer_missing();
  context.token = token;
}

function verifyToken(context: UserinfoContext): undefined {
  const { deps, request } = context;
  const audience = deps.issuers.issuerOf(request.tenantId);
  const verified = deps.verifier.verifyAccessToken(established(context, 'token'), { audience }, deps.clock.now());
  if (!verified.ok) throw oauthErrors.bearer_invalid({ message: verified.description });
  if (verified.principal.tenantId !== request.tenantId) throw oauthErrors.bearer_invalid();
  context.principal = verified.principal;
}

function requireOpenid(context: UserinfoContext): undefined {
  const { type, scopes } = established(context, 'principal');
  if (type !== 'user' || !scopes.includes('openid')) throw oauthErrors.openid_scope_missing();
}

async function describePerson(context: UserinfoContext): Promise<undefined> {
  const { deps } = context;
  const { id, tenantId, scopes } = established(context, 'principal');
  const person = await deps.users.userClaims(tenantId, id);
  if (person === undefined) throw oauthErrors.bearer_invalid();
  context.answer = { sub: id };
  for (const scope of scopes) Object.assign(context.answer, CLAIMS_BY_SCOPE.get(scope)?.(person));
}

/** OpenID Connect Core §5.4. What is not known is left out. A map: a scope of an API may be named `constructor`. */
const CLAIMS_BY_SCOPE = new Map<string, (person: UserClaims) => Record<string, unknown>>([
  ['profile', ({ name }) => (name === undefined ? {} : { name })],
  ['email', ({ email, emailVerified: known = false }) => (email === undefined ? {} : { email, email_verified: known })],
  ['roles', ({ roles }) => ({ roles })],
]);
