import { recordEvent } from '#audit';
import { networkOf, systemPrincipal } from '#base';
import { findUser, setEmailVerified, type User } from '#directory';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import type { BreachedPasswords } from '../breached-passwords.ts';
import { forgetRememberedDevices } from '../devices/known-devices.ts';
import { consumeLink, consumeOthers, peekLink } from '../email-proof/consume-challenge.ts';
import { endSessions } from '../end-session.ts';
import { signinErrors } from '../errors.ts';
import { dropFactors } from '../factors/drop-factors.ts';
import { endFlowsOf } from '../flow/sign-in-flow.ts';
import { type Passwords, setPasswordHash } from '../password-credentials.ts';
import { checkNewPassword } from '../password-rules.ts';
import type { Device } from '../start-session.ts';
import type { SigninTables } from '../tables.ts';
import { sendNotice } from './notices.ts';
import type { RecoveryDeps } from './request-recovery.ts';

export interface ResetDeps extends RecoveryDeps {
  /** Looks new passwords up in a service, where the policy names one. */
  breached?: BreachedPasswords | undefined;
  passwords: Pick<Passwords, 'hashPassword'>;
}

/** Which links set a password: one's own, and an administrator's, with which the second factors go as well. */
const PURPOSES = ['password_recovery', 'administrator_recovery'] as const;

export interface OpenRecovery {
  user: User;
  purpose: (typeof PURPOSES)[number];
}

/** Whose password this link can set. For showing the form; {@link resetPassword} decides. */
export async function findRecovery(
  deps: RecoveryDeps,
  { tenantId, token }: { tenantId: string; token: string },
): Promise<OpenRecovery | undefined> {
  return deps.store.transaction({ tenantId }, async (tx) => {
    for (const purpose of PURPOSES) {
      const met = await peekLink(tx, deps, { tenantId, purpose, token });
      const user = met?.userId === undefined ? undefined : await findUser(tx, { tenantId, id: met.userId });
      if (user?.status === 'active') return { user, purpose };
    }
    return undefined;
  });
}

/**
 * Sets a new password by a link. Every session ends, and every other link that could do the same. Nobody is signed in by
 * it: the mailbox stands for the password and for nothing more, so the sign-in that follows asks for the second factor as
 * ever (ASVS 6.4.3). By an administrator's link the second factors go too, and new ones are set up at that sign-in.
 * @throws `recovery_link_refused`, `password_refused`
 */
export async function resetPassword(
  deps: ResetDeps,
  input: { tenantId: string; token: string; password: string; device: Device; locale?: string },
): Promise<User> {
  const { tenantId, token, password, device, locale } = input;
  // Looked at first, so that only the holder of an open link can make the server hash a password.
  const candidate = await findRecovery(deps, input);
  if (candidate === undefined) throw signinErrors.recovery_link_refused();
  const { purpose } = candidate;
  await checkNewPassword(password, candidate.user, { tenantId, breached: deps.breached });
  const passwordHash = await deps.passwords.hashPassword(password, networkOf(device.address));
  return deps.store.transaction({ tenantId }, async (tx) => {
    const met = await consumeLink(tx, deps, { tenantId, purpose, token });
    const user = met?.userId === undefined ? undefined : await findUser(tx, { tenantId, id: met.userId });
    if (met === undefined || user === undefined || user.status !== 'active') throw signinErrors.recovery_link_refused();
    const actor = systemPrincipal(tenantId, 'password_recovery');
    const purposes = [...PURPOSES, 'sign_in', 'email_change'] as const;
    await consumeOthers(tx, deps, { tenantId, userId: user.id, purposes });
    await setPasswordHash(tx, deps, { tenantId, userId: user.id, passwordHash, actor });
    // Whoever used the link reads that mailbox; an administrator's may have been handed over.
    if (purpose === 'password_recovery') {
      await setEmailVerified(tx, deps, { tenantId, id: user.id, email: user.email, actor });
    } else await dropFactors(tx, deps, { user, device, locale, actor });
    await sendNotice(tx, deps, { user, notice: 'password_changed', happening: { device }, locale });
    await endAllSessions(tx, deps, user);
    await forgetRememberedDevices(tx, { tenantId, userId: user.id });
    await recordEvent(tx, deps, {
      tenantId,
      type: 'user.password_recovered' satisfies SigninAuditEvent,
      actor,
      target: { type: 'user', id: user.id },
      detail: { challengeId: met.id, address: device.address, purpose },
    });
    return user;
  });
}

/** Sign-ins that are under way first: one that ends in a session at this moment is waited for, and its session ends. */
export async function endAllSessions(tx: Tx, deps: RecoveryDeps, { tenantId, id: userId }: User): Promise<void> {
  await endFlowsOf(tx, { tenantId, userId });
  const open = await tx
    .withTables<SigninTables>()
    .selectFrom('sessions')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .execute();
  const ids = open.map(({ id }) => id);
  await endSessions(tx, deps, { tenantId, userId, ids, reason: 'password_recovered' });
}
