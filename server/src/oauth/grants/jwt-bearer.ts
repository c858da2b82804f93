import { recordEvent } from '#audit';
import { type JudgeAssertionDeps, type JudgedAssertion, judgeAssertion } from '../assertions/judge-assertion.ts';
import { chooseTarget } from '../clients/choose-target.ts';
import type { Client } from '../clients/client-directory.ts';
import { GRANT_WIRE_NAMES } from '../clients/grant-types.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { UsersPort } from '../ports.ts';
import { type Params, param, paramsNamed, printable, requiredParam } from '../protocol/read-params.ts';
import { clientPrincipal } from './acting-principal.ts';
import { insertGrant } from './insert-grant.ts';
import { type RespondWithGrantDeps, respondWithGrant, takeStanding } from './respond-with-grant.ts';
import type { Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

export type JwtBearerDeps = RespondWithGrantDeps & JudgeAssertionDeps & { users: UsersPort };

/** The grant outlives its one access token by nothing that matters: its row says until when it can be revoked. */
const GRANT_MILLISECONDS = 24 * 3_600_000;

/**
 * What a trusted issuer says about a person, exchanged for an access token (RFC 7523 §2.1), identity assertions among it
 * (ID-JAG §4.4). No refresh token: the client asks its issuer again, who may have changed his mind.
 */
export async function grantJwtBearer(
  deps: JwtBearerDeps,
  client: Client,
  params: Params,
  sender: Sender,
): Promise<TokenResponse> {
  const judged = await judgeAssertion(deps, client, requiredParam(params, 'assertion'));
  const userId = await subjectOf(deps, client.tenantId, judged);
  const ceiling = ceilingOf(judged);
  const asked = readScope(param(params, 'scope'));
  const wider = asked.find((scope) => !ceiling.has(scope));
  if (wider !== undefined) {
    throw oauthErrors.scope_exceeds_grant({
      message: `The scope ${printable(wider)} is more than this assertion can give. Leave it out.`,
    });
  }
  const target = chooseTarget(deps.clients, client, { resources: resourcesOf(params, judged), scopes: asked }, true);
  const scopes = target.scopes.filter((scope) => ceiling.has(scope) && scope !== 'offline_access');
  const now = deps.clock.now();
  const { auth_time: authTime, acr } = judged.claims;
  const grant = await deps.store.transaction({ tenantId: client.tenantId }, async (tx) => {
    const made = await insertGrant(tx, deps, {
      userId,
      client,
      scopes,
      api: target.api?.name,
      authTime: typeof authTime === 'number' ? Math.floor(authTime) : Math.floor(now / 1000),
      acr: typeof acr === 'string' ? acr : undefined,
      amr: [],
      expiresAt: now + GRANT_MILLISECONDS,
    });
    await recordEvent(tx, deps, {
      tenantId: client.tenantId,
      type: 'token.issued',
      actor: clientPrincipal(client),
      target: { type: 'grant', id: made.id },
      detail: {
        grant_type: GRANT_WIRE_NAMES.jwt_bearer,
        user_id: userId,
        scope: made.scope,
        issuer: judged.trusted.issuer,
      },
    });
    return made;
  });
  const { user_id, session_id, created_at } = grant;
  const standing = await takeStanding(deps, client, {
    userId: user_id,
    sessionId: session_id,
    createdAt: created_at,
  });
  return respondWithGrant(deps, client, { grant, standing, refreshToken: undefined, sender });
}

/** Of the issuer's ceiling, what the assertion itself allows (ID-JAG §3.1: `scope`). */
function ceilingOf({ trusted, claims, isIdJag }: JudgedAssertion): ReadonlySet<string> {
  if (!isIdJag || typeof claims.scope !== 'string') return new Set(trusted.scopes);
  const said = new Set(readScope(claims.scope));
  return new Set(trusted.scopes.filter((scope) => said.has(scope)));
}

/** An identity assertion may name the API (`resource`); what the request names must then be the same one. */
function resourcesOf(params: Params, { claims, isIdJag }: JudgedAssertion): string[] {
  const named = isIdJag && typeof claims.resource === 'string' ? [claims.resource] : [];
  return [...new Set([...named, ...paramsNamed(params, 'resource')])];
}

async function subjectOf({ users }: JwtBearerDeps, tenantId: string, judged: JudgedAssertion): Promise<string> {
  const { subject } = judged.trusted;
  const claim = judged.claims[subject.claim ?? (subject.mapping === 'email' ? 'email' : 'sub')];
  const userId = subject.mapping === 'fixed' ? subject.user : await byClaim(users, tenantId, judged, claim);
  const person = userId === undefined ? undefined : await users.userClaims(tenantId, userId);
  if (userId === undefined || person === undefined) throw oauthErrors.assertion_subject_unknown();
  // An address that was only typed here, by an administrator or in an import, may belong to somebody else: whom its issuer
  // vouches for would get another person's account.
  if (subject.mapping === 'email' && person.emailVerified !== true) throw oauthErrors.assertion_subject_unknown();
  return userId;
}

async function byClaim(users: UsersPort, tenantId: string, { trusted, claims }: JudgedAssertion, claim: unknown) {
  if (typeof claim !== 'string' || claim === '' || claim.length > 320) return undefined;
  if (trusted.subject.mapping === 'user_id') return claim;
  // An address that its issuer did not verify may be anybody's.
  return claims.email_verified === true ? users.userByEmail(tenantId, claim) : undefined;
}
