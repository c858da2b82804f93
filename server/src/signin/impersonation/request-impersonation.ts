import { recordEvent } from '#audit';
import { type IdSource, newId, type Principal } from '#base';
import { type AdministrationDeps, demandPowerOver, directoryErrors, getUser, type User } from '#directory';
import type { Store, Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { signinErrors } from '../errors.ts';
import type { SignInPolicies } from '../policy/effective-policy.ts';
import type { SigninTables } from '../tables.ts';

export interface ImpersonationDeps extends IdSource, Pick<AdministrationDeps, 'roles'> {
  store: Pick<Store, 'transaction'>;
  policies: Pick<SignInPolicies<User>, 'of'>;
}

export interface RequestedImpersonation {
  id: string;
  /** Until then it can be begun. */
  expiresAt: number;
}

/** From the console to the page that begins it, with a proof of who one is on the way where that is wanted. */
const TO_BEGIN_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/**
 * The first of two steps: says who wants to act for whom, why and for how long. It is no way in by itself. The second is
 * taken in the browser in which this very administrator is signed in, freshly and strongly.
 * @throws `user_not_found`, `person_not_managed`, `person_beyond_own`, `impersonation_unavailable`, `impersonation_too_long`
 */
export async function requestImpersonation(
  deps: ImpersonationDeps,
  input: { tenantId: string; userId: string; reason: string; minutes: number; actor: Principal },
): Promise<RequestedImpersonation> {
  const { tenantId, userId, reason, minutes, actor } = input;
  // An API key has no browser of its own, and who acts for somebody already begins nothing from there.
  if (actor.type !== 'user' || actor.credential.type !== 'access_token' || actor.act !== undefined) {
    throw signinErrors.impersonation_by_people();
  }
  return deps.store.transaction({ tenantId }, async (tx) => {
    const user = await demandImpersonable(tx, deps, { tenantId, userId, actor });
    const { minutesMax } = deps.policies.of(user).impersonation;
    if (minutes > minutesMax) throw signinErrors.impersonation_too_long({ details: { minutesMax } });
    const id = newId('impersonation', deps);
    const now = deps.clock.now();
    const expiresAt = now + TO_BEGIN_MS;
    await tx
      .withTables<SigninTables>()
      .insertInto('impersonations')
      .values({
        tenant_id: tenantId,
        id,
        user_id: userId,
        actor_id: actor.id,
        reason,
        lifetime_ms: minutes * MINUTE_MS,
        created_at: now,
        expires_at: expiresAt,
      })
      .execute();
    await recordEvent(tx, deps, {
      tenantId,
      ...(user.organizationId === undefined ? {} : { organizationId: user.organizationId }),
      type: 'impersonation.requested' satisfies SigninAuditEvent,
      actor,
      target: { type: 'user', id: userId },
      detail: { impersonationId: id, reason, minutes },
    });
    return { id, expiresAt };
  });
}

/**
 * Whom this administrator may act for: an active account, of the organization that they administer if they administer one,
 * and never of somebody who may do more than themselves. Asked again when it begins.
 */
export async function demandImpersonable(
  tx: Tx,
  deps: Pick<ImpersonationDeps, 'roles' | 'policies'>,
  { tenantId, userId, actor }: { tenantId: string; userId: string; actor: Principal },
): Promise<User> {
  const user = await getUser(tx, { tenantId, id: userId });
  if (actor.organizationId !== undefined && user.organizationId !== actor.organizationId) {
    throw directoryErrors.person_not_managed();
  }
  if (actor.id === userId || user.status !== 'active' || deps.policies.of(user).impersonation.minutesMax === 0) {
    throw signinErrors.impersonation_unavailable();
  }
  await demandPowerOver(tx, deps, { tenantId, userId, actor });
  return user;
}
