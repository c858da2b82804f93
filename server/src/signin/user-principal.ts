import type { Principal } from '#base';
import type { Session } from './session-record.ts';

/**
 * A person who signed in, as the audit log and decisions know them: for decisions, with the roles and the organization that
 * `standingOf` found. `authTime` in seconds, as in tokens.
 */
export function userPrincipal(
  user: Pick<Principal, 'id' | 'tenantId' | 'organizationId' | 'roles' | 'groups'>,
  session: Pick<Session, 'id' | 'acr' | 'amr' | 'authTime' | 'expiresAt' | 'actor'>,
): Principal {
  return {
    type: 'user',
    id: user.id,
    tenantId: user.tenantId,
    ...(user.organizationId === undefined ? {} : { organizationId: user.organizationId }),
    roles: user.roles,
    ...(user.groups === undefined ? {} : { groups: user.groups }),
    scopes: [],
    credential: { type: 'session', id: session.id, expiresAt: Math.floor(session.expiresAt / 1000) },
    acr: session.acr,
    amr: session.amr,
    authTime: session.authTime,
    ...(session.actor === undefined ? {} : { act: { sub: session.actor.id } }),
  };
}
