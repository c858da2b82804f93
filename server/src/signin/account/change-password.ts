import { type Clock, networkOf } from '#base';
import { emailKey, findUser } from '#directory';
import type { BreachedPasswords } from '../breached-passwords.ts';
import { forgetRememberedDevices } from '../devices/known-devices.ts';
import { endOtherSessions } from '../end-session.ts';
import { signinErrors } from '../errors.ts';
import type { Visitor } from '../flow/complete-sign-in.ts';
import { endFlowsOf } from '../flow/sign-in-flow.ts';
import { findPasswordHash, setPasswordHash } from '../password-credentials.ts';
import { checkNewPassword } from '../password-rules.ts';
import { tellIfPossible } from '../recovery/notices.ts';
import type { ResolvedSession } from '../resolve-session.ts';
import type { SignInDeps } from '../sign-in-with-password.ts';
import { raiseSession } from '../step-up.ts';
import { guardAttempt } from '../throttle/guard-attempt.ts';

export interface ChangePassword {
  current: ResolvedSession;
  currentPassword: string;
  password: string;
  /** Also ends every other session (ASVS 7.4.3). */
  endOthers: boolean;
  visitor: Visitor;
}

export type ChangePasswordDeps = SignInDeps & { clock: Clock; breached?: BreachedPasswords | undefined };

/**
 * Changes one's own password, or sets the first of somebody who signs in without. The current one is asked for even in a fresh session (ASVS 6.2.3): a screen left unlocked
 * must not be enough. Guesses count with those at sign-in. The session goes on under a new name (ASVS 7.2.4), and no
 * device stands in for the second factor any more: whoever had the old password may have had that too.
 * @returns the new token
 * @throws `current_password_wrong`, `password_refused`, `sign_in_throttled`, `password_work_busy`
 */
export async function changePassword(deps: ChangePasswordDeps, input: ChangePassword): Promise<string> {
  const { store, passwords } = deps;
  const { user, session, principal } = input.current;
  const { tenantId } = user;
  const stored = await store.transaction({ tenantId }, (tx) => findPasswordHash(tx, { tenantId, userId: user.id }), {
    readOnly: true,
  });
  // A first one: there is nothing to ask for but what the caller has seen to, a fresh and strong proof.
  if (stored !== undefined) await proveCurrent(deps, input, stored);
  await checkNewPassword(input.password, user, { tenantId, breached: deps.breached });
  const passwordHash = await passwords.hashPassword(input.password, networkOf(input.visitor.device.address));
  return store.transaction({ tenantId }, async (tx) => {
    const now = await findUser(tx, { tenantId, id: user.id });
    // Changed meanwhile, by a reset or another window: what was proved is no longer the password.
    if (now?.status !== 'active' || (await findPasswordHash(tx, { tenantId, userId: user.id })) !== stored) {
      throw signinErrors.current_password_wrong();
    }
    const { visitor } = input;
    await tellIfPossible(tx, deps, { user: now, notice: 'password_changed', happening: { device: visitor.device } });
    await setPasswordHash(tx, deps, { tenantId, userId: user.id, passwordHash, actor: principal });
    // They may have begun with the old one.
    await endFlowsOf(tx, { tenantId, userId: user.id });
    if (input.endOthers) await endOtherSessions(tx, deps, { user, keep: session.id, actor: principal });
    await forgetRememberedDevices(tx, { tenantId, userId: user.id });
    const proof = { method: 'password', amr: ['pwd'], at: deps.clock.now() } as const;
    return raiseSession(tx, deps, { user, session, proof, visitor });
  });
}

async function proveCurrent(
  { passwords, throttle }: ChangePasswordDeps,
  { current, currentPassword, visitor }: ChangePassword,
  stored: string,
): Promise<void> {
  const { tenantId, id: userId, email } = current.user;
  const { address } = visitor.device;
  const attempt = { tenantId, account: emailKey(email), address, knownDevice: true, userId };
  await guardAttempt(throttle, attempt, async () => {
    const { ok } = await passwords.verifyPassword(stored, currentPassword, networkOf(address));
    if (!ok) throw signinErrors.current_password_wrong();
  });
}
