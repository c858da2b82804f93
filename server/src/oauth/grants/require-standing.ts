import { systemPrincipal } from '#base';
import { oauthErrors } from '../errors.ts';
import type { SigninPort, UserClaims, UsersPort } from '../ports.ts';
import { type RevokeTokensDeps, revokeTokensOnce } from './revoke-tokens.ts';

export interface RequireStandingDeps extends RevokeTokensDeps {
  users: Pick<UsersPort, 'userClaims'>;
  signin: Pick<SigninPort, 'endedSessions'>;
}

/**
 * Asked each time before a grant gives out tokens: may its person still sign in, and does its session go on? The end of
 * either is followed elsewhere; but a grant can be made in the very moment in which its session ends, and a follower
 * may be late or dead.
 * @throws `user_gone`, `grant_revoked`.
 */
export async function requireStanding(
  deps: RequireStandingDeps,
  tenantId: string,
  grant: { userId: string; sessionId: string | null; createdAt: number },
): Promise<UserClaims> {
  const user = await deps.users.userClaims(tenantId, grant.userId, grant.sessionId ?? undefined);
  if (user === undefined) throw oauthErrors.user_gone();
  if (grant.createdAt <= (user.grantsNotBefore ?? 0)) throw oauthErrors.grant_revoked();
  const { sessionId } = grant;
  if (sessionId === null || !(await deps.signin.endedSessions(tenantId, [sessionId])).has(sessionId)) return user;
  const actor = systemPrincipal(tenantId, 'oauth');
  await revokeTokensOnce(deps, { tenantId, kind: 'session', id: sessionId, actor, because: 'session_ended' });
  throw oauthErrors.grant_revoked();
}
