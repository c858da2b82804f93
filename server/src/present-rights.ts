/** What a person may do here now, and not when their token was issued. */
import type { Principal } from '#base';
import { standingOf } from '#directory';
import type { Foundation } from './foundation.ts';

/**
 * The principal of a person's access token with the roles that the person still has, where the token says they act. A token
 * of the Admin API lives for minutes, and minutes are enough for somebody who was just put out to make a key that nobody
 * took away. Anybody else is as they come: keys are held to their owners when they are verified.
 * @returns undefined when they may not sign in any more, or no longer act where the token says.
 */
export async function withPresentRights(
  { store }: Pick<Foundation, 'store'>,
  principal: Principal,
): Promise<Principal | undefined> {
  const { type, tenantId, id: userId, organizationId, roles, credential } = principal;
  if (type !== 'user' || credential.type !== 'access_token') return principal;
  const standing = await store.transaction(
    { tenantId },
    (tx) => standingOf(tx, { tenantId, userId, wanted: organizationId }),
    { readOnly: true },
  );
  // The same role in the tenant and in an organization are two: who moved between them gets a new token.
  if (standing?.user.status !== 'active' || standing.organizationId !== organizationId) return undefined;
  return { ...principal, roles: roles.filter((role) => standing.roles.includes(role)) };
}
