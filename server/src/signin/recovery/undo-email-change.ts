import { systemPrincipal } from '#base';
import { findUser, replaceProvedEmail, type User } from '#directory';
import { forgetRememberedDevices } from '../devices/known-devices.ts';
import { consumeLink, consumeOthers } from '../email-proof/consume-challenge.ts';
import { signinErrors } from '../errors.ts';
import { dropFactors } from '../factors/drop-factors.ts';
import type { Device } from '../start-session.ts';
import type { SigninTables } from '../tables.ts';
import { record } from './change-email.ts';
import { timeText } from './notices.ts';
import type { RecoveryDeps } from './request-recovery.ts';
import { endAllSessions } from './reset-password.ts';

/** What a thief sets up first, before the address. */
const THIEF_HEAD_START_MS = 24 * 60 * 60_000;

/**
 * The owner of the old address takes the account back. Whoever changed it may know the password, and may be signed in: so
 * the password is gone, every session ends, every link is dead, no device is remembered, and factors that were set up in the
 * day before the change or since are removed, for a thief's passkey would open the account again. A new password is chosen
 * by mail to the old address, and the factors that the owner had before stay what they were.
 * @throws `recovery_link_refused`, `email_taken` when somebody else has the old address by now
 */
export async function undoEmailChange(
  deps: RecoveryDeps,
  { tenantId, token, device, locale }: { tenantId: string; token: string; device: Device; locale: string },
): Promise<User> {
  return deps.store.transaction({ tenantId }, async (tx) => {
    const met = await consumeLink(tx, deps, { tenantId, purpose: 'email_undo', token });
    const before = met?.userId === undefined ? undefined : await findUser(tx, { tenantId, id: met.userId });
    if (met?.address === undefined || before === undefined) throw signinErrors.recovery_link_refused();
    const actor = systemPrincipal(tenantId, 'email_change');
    const user = await replaceProvedEmail(tx, deps, { tenantId, id: before.id, email: met.address, actor });
    const purposes = ['password_recovery', 'administrator_recovery', 'sign_in', 'email_change', 'email_undo'] as const;
    await consumeOthers(tx, deps, { tenantId, userId: user.id, purposes });
    await tx
      .withTables<SigninTables>()
      .deleteFrom('password_credentials')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', user.id)
      .execute();
    await deps.mailer.queue(tx, {
      tenantId,
      to: user.email,
      name: user.name,
      template: 'email_change_undone',
      locale: user.locale ?? locale,
      values: { recovery_link: new URL('/recover', deps.issuer).href, time: timeText(deps.clock.now()) },
    });
    await endAllSessions(tx, deps, user);
    await forgetRememberedDevices(tx, { tenantId, userId: user.id });
    const since = met.createdAt - THIEF_HEAD_START_MS;
    await dropFactors(tx, deps, { user, device, locale, actor, since });
    await record(tx, deps, user, 'user.email_change_undone', met.id);
    return user;
  });
}
