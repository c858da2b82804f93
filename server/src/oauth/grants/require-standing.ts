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
  /** Of the client that tokens are for, or were for: see {@link UsersPort.userClaims}. */
  organizationId: string | undefined,
): Promise<UserClaims> {
  const { userId, sessionId } = grant;
  const user = await deps.users.userClaims(tenantId, userId, sessionId ?? undefined, organizationId);
  const ended = sessionId !== null && (await deps.signin.endedSessions(tenantId, [sessionId])).has(sessionId);
  const standing = judgeStanding({ ...grant, user, sessionEnded: ended });
  if (standing !== 'session_ended') return standing;
  if (sessionId !== null) await endWithSession(deps, tenantId, sessionId);
  throw oauthErrors.grant_revoked();
}

/** The same, once those were asked; `session_ended` is for the caller to act upon. @throws `user_gone`, `grant_revoked`. */
export function judgeStanding(found: {
  user: UserClaims | undefined;
  sessionEnded: boolean;
  createdAt: number;
}): UserClaims | 'session_ended' {
  const { user } = found;
  if (user === undefined) throw oauthErrors.user_gone();
  if (found.createdAt <= (user.grantsNotBefore ?? 0)) throw oauthErrors.grant_revoked();
  return found.sessionEnded ? 'session_ended' : user;
}

/** Nobody had heard of it yet. */
export async function endWithSession(deps: RevokeTokensDeps, tenantId: string, sessionId: string): Promise<void> {
  const actor = systemPrincipal(tenantId, 'oauth');
  await revokeTokensOnce(deps, { tenantId, kind: 'session', id: sessionId, actor, because: 'session_ended' });
}
