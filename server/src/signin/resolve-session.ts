import type { Clock, Principal } from '#base';
import { standingClaims, standingOf, type User } from '#directory';
import { credentialHash, type Keyring, recogniseCredential } from '#keyring';
import type { Store } from '#store';
import { activeOrganizationOf } from './active-organization.ts';
import type { EffectivePolicy, SignInPolicies } from './policy/effective-policy.ts';
import { isAlive, LAST_SEEN_STEP_MS } from './session-lifetimes.ts';
import { type Session, type SessionActor, toSession } from './session-record.ts';
import { reaches } from './strength.ts';
import type { SigninTables } from './tables.ts';
import { userPrincipal } from './user-principal.ts';

export interface ResolvedSession {
  session: Session;
  user: User;
  principal: Principal;
}

export interface ResolveDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  policies: Pick<SignInPolicies<User>, 'of'>;
  clock: Clock;
}

/**
 * Whose session is this, if it still is one? The person and the policy are read with it: a disabled account is out at
 * once, and so is a session that is weaker, or unused for longer, than the policy now lets it be. One in which somebody acts
 * for another is found for that `actor` alone.
 */
export async function resolveSession(
  deps: ResolveDeps,
  { tenantId, token, actor }: { tenantId: string; token: string; actor?: SessionActor },
): Promise<ResolvedSession | undefined> {
  if (recogniseCredential(token)?.kind !== 'session') return undefined;
  const tokenHash = credentialHash(deps.keyring, token);
  return deps.store.transaction({ tenantId }, async (tx) => {
    const db = tx.withTables<SigninTables>();
    const row = await db
      .selectFrom('sessions')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const session = toSession(row);
    const now = deps.clock.now();
    if (!isAlive(session, now) || !isFor(session, actor)) return undefined;
    const wanted = await activeOrganizationOf(tx, { tenantId, sessionId: session.originId });
    const standing = await standingOf(tx, { tenantId, userId: session.userId, wanted });
    const user = standing?.user;
    if (
      standing === undefined ||
      user === undefined ||
      user.status !== 'active' ||
      session.createdAt <= user.sessionsNotBefore
    )
      return undefined;
    // Who acts proved more than the policy asks for, and is let in for as long as was agreed.
    if (actor === undefined && !meetsPolicy(session, deps.policies.of(user), now)) return undefined;
    if (now - session.lastSeenAt >= LAST_SEEN_STEP_MS) {
      await db
        .updateTable('sessions')
        .set({ last_seen_at: now })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', session.id)
        .where('last_seen_at', '<', now)
        .execute();
      session.lastSeenAt = now;
    }
    return { session, user, principal: userPrincipal({ id: user.id, tenantId, ...standingClaims(standing) }, session) };
  });
}

const isFor = ({ actor }: Session, wanted: SessionActor | undefined): boolean =>
  actor?.id === wanted?.id && actor?.sessionId === wanted?.sessionId;

function meetsPolicy(session: Session, policy: EffectivePolicy, now: number): boolean {
  const strongEnough =
    !policy.secondFactorRequired ||
    reaches(session.acr, 'aal2') ||
    // A code by mail: a second factor to the policy, as long as the policy takes it for one.
    (session.amr.includes('mfa') && policy.factors.has('email')) ||
    (session.deviceRemembered && policy.rememberDeviceMs > 0);
  return strongEnough && now < session.createdAt + policy.absoluteMs && now < session.lastSeenAt + policy.idleMs;
}
