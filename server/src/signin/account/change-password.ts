import type { Clock } from '#base';
import { emailKey, findUser } from '#directory';
import type { BreachedPasswords } from '../breached-passwords.ts';
import { endOtherSessions } from '../end-session.ts';
import { signinErrors } from '../errors.ts';
import { endFlowsOf } from '../flow/sign-in-flow.ts';
import { findPasswordHash, setPasswordHash } from '../password-credentials.ts';
import { checkNewPassword } from '../password-rules.ts';
import { tellIfPossible } from '../recovery/notices.ts';
import type { ResolvedSession } from '../resolve-session.ts';
import type { SignInDeps } from '../sign-in-with-password.ts';
import { guardAttempt } from '../throttle/guard-attempt.ts';

export interface ChangePassword {
  current: ResolvedSession;
  currentPassword: string;
  password: string;
  /** Also ends every other session (ASVS 7.4.3). */
  endOthers: boolean;
  address: string;
}

export type ChangePasswordDeps = SignInDeps & { clock: Clock; breached?: BreachedPasswords | undefined };

/**
 * Changes one's own password. The current one is asked for even in a fresh session (ASVS 6.2.3): a screen left unlocked
 * must not be enough. Guesses count with those at sign-in.
 * @throws `current_password_wrong`, `password_refused`, `sign_in_throttled`, `password_work_busy`
 */
export async function changePassword(deps: ChangePasswordDeps, input: ChangePassword): Promise<void> {
  const { store, passwords } = deps;
  const { user, session, principal } = input.current;
  const { tenantId } = user;
  const stored = await store.transaction({ tenantId }, (tx) => findPasswordHash(tx, { tenantId, userId: user.id }), {
    readOnly: true,
  });
  if (stored === undefined) throw signinErrors.current_password_wrong();
  await proveCurrent(deps, input, stored);
  await checkNewPassword(input.password, user, { tenantId, breached: deps.breached });
  const passwordHash = await passwords.hashPassword(input.password);
  await store.transaction({ tenantId }, async (tx) => {
    const now = await findUser(tx, { tenantId, id: user.id });
    // Changed meanwhile, by a reset or another window: what was proved is no longer the password.
    if (now?.status !== 'active' || (await findPasswordHash(tx, { tenantId, userId: user.id })) !== stored) {
      throw signinErrors.current_password_wrong();
    }
    const device = { userAgent: session.userAgent, address: input.address };
    await tellIfPossible(tx, deps, { user: now, notice: 'password_changed', happening: { device } });
    await setPasswordHash(tx, deps, { tenantId, userId: user.id, passwordHash, actor: principal });
    // They may have begun with the old one.
    await endFlowsOf(tx, { tenantId, userId: user.id });
    if (input.endOthers) await endOtherSessions(tx, deps, { user, keep: session.id, actor: principal });
  });
}

async function proveCurrent(
  { passwords, throttle }: ChangePasswordDeps,
  { current, currentPassword, address }: ChangePassword,
  stored: string,
): Promise<void> {
  const { tenantId, email } = current.user;
  const attempt = { tenantId, account: emailKey(email), address, knownDevice: true };
  await guardAttempt(throttle, attempt, async () => {
    if (!(await passwords.verifyPassword(stored, currentPassword)).ok) throw signinErrors.current_password_wrong();
  });
}
