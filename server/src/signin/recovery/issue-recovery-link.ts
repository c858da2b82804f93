import { recordEvent } from '#audit';
import type { Principal } from '#base';
import { type AdministrationDeps, demandPowerOver, directoryErrors, getUser, type User } from '#directory';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { minutesOf } from '../email-proof/challenge-purposes.ts';
import { consumeOthers } from '../email-proof/consume-challenge.ts';
import { linkTo } from '../email-proof/send-email-code.ts';
import { startChallenge } from '../email-proof/start-challenge.ts';
import { signinErrors } from '../errors.ts';
import { endFlowsOf } from '../flow/sign-in-flow.ts';
import { timeText } from './notices.ts';
import type { RecoveryDeps } from './request-recovery.ts';

export interface RecoveryLinkDeps extends RecoveryDeps, Pick<AdministrationDeps, 'roles'> {
  /** Without it nobody gets mail, and the link can only be shown. */
  sendsMail: boolean;
}

/** `mail`: to the address of the account. `shown`: to the administrator, who has made sure whom it is given to. */
export type RecoveryDelivery = 'mail' | 'shown';

export interface RecoveryLink {
  /** Only where it is to be shown, and only this once. */
  link: string | undefined;
  expiresAt: number;
}

/**
 * A way back for somebody who has lost every factor (ASVS 6.4.4), made by an administrator: a new password, and the
 * second factors are removed when the link is used, not before. One is open at a time, sign-ins under way end, and the
 * person is told whichever way it is delivered. Whoever holds it becomes the person, so it takes power over the account,
 * and for an organization that the account is its own.
 * @throws `user_not_found`, `person_not_managed`, `person_beyond_own`, `recovery_of_oneself`, `recovery_mail_unavailable`
 */
export async function issueRecoveryLink(
  deps: RecoveryLinkDeps,
  input: { tenantId: string; userId: string; delivery: RecoveryDelivery; actor: Principal },
): Promise<RecoveryLink> {
  const { tenantId, userId, delivery, actor } = input;
  return deps.store.transaction({ tenantId }, async (tx) => {
    const user = await getUser(tx, { tenantId, id: userId });
    if (actor.organizationId !== undefined && user.organizationId !== actor.organizationId) {
      throw directoryErrors.person_not_managed();
    }
    if (actor.type === 'user' && actor.id === userId) throw signinErrors.recovery_of_oneself();
    await demandPowerOver(tx, deps, { tenantId, userId, actor });
    if (delivery === 'mail' && !deps.sendsMail) throw signinErrors.recovery_mail_unavailable();
    await consumeOthers(tx, deps, { tenantId, userId, purposes: ['administrator_recovery'] });
    await endFlowsOf(tx, { tenantId, userId });
    const purpose = 'administrator_recovery';
    const { id, token, expiresAt } = await startChallenge(tx, deps, { tenantId, purpose, userId });
    const link = linkTo(deps.issuer, '/recover/password', token);
    await tell(tx, deps, { user, delivery, link, expiresAt });
    await recordEvent(tx, deps, {
      tenantId,
      ...(user.organizationId === undefined ? {} : { organizationId: user.organizationId }),
      type: 'user.recovery_link_issued' satisfies SigninAuditEvent,
      actor,
      target: { type: 'user', id: userId },
      detail: { challengeId: id, delivery },
    });
    return { link: delivery === 'shown' ? link : undefined, expiresAt };
  });
}

async function tell(
  tx: Tx,
  { mailer, issuer, clock }: RecoveryLinkDeps,
  message: { user: User; delivery: RecoveryDelivery; link: string; expiresAt: number },
): Promise<void> {
  const { user, delivery, link, expiresAt } = message;
  const to = { tenantId: user.tenantId, to: user.email, name: user.name, locale: user.locale };
  if (delivery === 'mail') {
    const values = { link, minutes: minutesOf('administrator_recovery') };
    await mailer.queue(tx, { ...to, template: 'administrator_recovery', values, expiresAt });
    return;
  }
  const values = { time: timeText(clock.now()), account_link: new URL('/account', issuer).href };
  await mailer.queue(tx, { ...to, template: 'administrator_recovery_shown', values });
}
