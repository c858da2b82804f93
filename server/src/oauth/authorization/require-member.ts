import { oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import type { AuthorizationContext } from './context.ts';

/**
 * An organization's client signs in its own people and nobody else's. Asked again whenever tokens are given out: a
 * membership may end.
 */
export async function requireMember(context: AuthorizationContext): Promise<undefined> {
  const { deps, request } = context;
  const { organizationId } = established(context, 'client');
  if (organizationId === undefined) return;
  const { userId, sessionId } = established(context, 'session');
  if ((await deps.users.userClaims(request.tenantId, userId, sessionId, organizationId)) !== undefined) return;
  // Asked in silence, it learns no more of others' people than that none of its own is there.
  if (context.prompt?.has('none') === true) throw oauthErrors.login_required();
  throw oauthErrors.members_only();
}
