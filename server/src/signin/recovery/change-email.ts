import { z } from 'zod';
import { recordEvent } from '#audit';
import { baseErrors, systemPrincipal } from '#base';
import { emailKey, findUser, findUserByEmail, parseNewPerson, replaceProvedEmail, type User } from '#directory';
import type { RequestHandler } from '#mail';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { describeUserAgent } from '../describe-user-agent.ts';
import { daysOf, minutesOf } from '../email-proof/challenge-purposes.ts';
import { consumeCode, consumeLink, consumeOthers, type MetChallenge } from '../email-proof/consume-challenge.ts';
import { type AttemptsDeps, countAttempts } from '../email-proof/count-attempts.ts';
import { linkTo } from '../email-proof/send-email-code.ts';
import { codeOf, startChallenge } from '../email-proof/start-challenge.ts';
import { signinErrors } from '../errors.ts';
import type { ResolvedSession } from '../resolve-session.ts';
import type { Device } from '../start-session.ts';
import { timeText } from './notices.ts';
import type { RecoveryDeps } from './request-recovery.ts';

const REQUEST = 'email_change';
const payloadSchema = z.strictObject({
  userId: z.string(),
  email: z.string(),
  token: z.string(),
  locale: z.string(),
  expiresAt: z.number(),
});

/**
 * Somebody wants another address for their account. It is theirs when they have proved that they read it; until then
 * nothing changes. Whether it belongs to another account nobody is told: then no mail comes. The caller sees to it that
 * the session is fresh and strong enough.
 * @throws `invalid_input`, `mail_throttled`
 */
export async function requestEmailChange(
  deps: RecoveryDeps & AttemptsDeps,
  input: { current: ResolvedSession; email: string; address: string; locale: string },
): Promise<{ challengeId: string }> {
  const { user, session } = input.current;
  const { tenantId, id: userId } = user;
  const { email } = parseNewPerson({ name: '-', email: input.email });
  if (emailKey(email) === emailKey(user.email)) {
    const message = 'This is your address already. Enter the new one.';
    throw baseErrors.invalid_input({ message, fields: [{ path: 'email', message }] });
  }
  await countAttempts(deps, { tenantId, what: 'email change', name: userId, address: input.address });
  return deps.store.transaction({ tenantId }, async (tx) => {
    const { id, token, expiresAt } = await startChallenge(tx, deps, {
      tenantId,
      purpose: 'email_change',
      userId,
      address: email,
      browser: session.id,
    });
    const payload = { userId, email, token, locale: input.locale, expiresAt };
    await deps.mailer.request(tx, { tenantId, kind: REQUEST, payload });
    return { challengeId: id };
  });
}

export const emailChangeHandler = (deps: RecoveryDeps): readonly [kind: string, handler: RequestHandler] => [
  REQUEST,
  async (tx, { tenantId, payload }) => {
    const { userId, email, token, locale, expiresAt } = payloadSchema.parse(payload);
    const user = await findUser(tx, { tenantId, id: userId });
    const taken = await findUserByEmail(tx, { tenantId, email });
    if (user === undefined || user.status !== 'active' || taken !== undefined) return;
    await deps.mailer.queue(tx, {
      tenantId,
      to: email,
      name: user.name,
      template: 'email_change_verify',
      locale: user.locale ?? locale,
      expiresAt,
      values: {
        link: linkTo(deps.issuer, '/email/confirm', token),
        code: codeOf(deps, token),
        minutes: minutesOf('email_change'),
      },
    });
  },
];

export type EmailProof = { token: string } | { challengeId: string; code: string; sessionId: string };

/**
 * Proved by the link, or by the code in the session that asked: the address is changed, the old one is told, and can take
 * the account back for a week. Links that were sent to the old one open nothing any more.
 * @throws `recovery_link_refused`, `email_code_refused`, `email_taken`
 */
export async function confirmEmailChange(
  deps: RecoveryDeps,
  { tenantId, proof, device, locale }: { tenantId: string; proof: EmailProof; device: Device; locale: string },
): Promise<User> {
  const changed = await deps.store.transaction({ tenantId }, async (tx) => {
    const met = await meet(tx, deps, tenantId, proof);
    if (met?.userId === undefined || met.address === undefined) return undefined;
    const before = await findUser(tx, { tenantId, id: met.userId });
    if (before === undefined || before.status !== 'active') return undefined;
    const actor = systemPrincipal(tenantId, 'email_change');
    const user = await replaceProvedEmail(tx, deps, { tenantId, id: before.id, email: met.address, actor });
    const purposes = ['password_recovery', 'administrator_recovery', 'sign_in', 'email_change'] as const;
    await consumeOthers(tx, deps, { tenantId, userId: user.id, purposes });
    await tellOldAddress(tx, deps, { before, device, locale });
    await record(tx, deps, user, 'user.email_changed', met.id);
    return user;
  });
  // Thrown outside, so that a wrong code stays counted.
  if (changed !== undefined) return changed;
  throw 'token' in proof ? signinErrors.recovery_link_refused() : signinErrors.email_code_refused();
}

function meet(tx: Tx, deps: RecoveryDeps, tenantId: string, proof: EmailProof): Promise<MetChallenge | undefined> {
  const purpose = 'email_change';
  if ('token' in proof) return consumeLink(tx, deps, { tenantId, purpose, token: proof.token });
  const { challengeId: id, code, sessionId: browser } = proof;
  return consumeCode(tx, deps, { tenantId, purpose, id, code, browser });
}

async function tellOldAddress(
  tx: Tx,
  deps: RecoveryDeps,
  { before, device, locale }: { before: User; device: Device; locale: string },
): Promise<void> {
  const { tenantId, id: userId, email, name } = before;
  const { token, expiresAt } = await startChallenge(tx, deps, {
    tenantId,
    purpose: 'email_undo',
    userId,
    address: email,
  });
  await deps.mailer.queue(tx, {
    tenantId,
    to: email,
    name,
    template: 'email_changed',
    locale: before.locale ?? locale,
    expiresAt,
    values: {
      undo_link: linkTo(deps.issuer, '/email/undo', token),
      days: daysOf('email_undo'),
      device: describeUserAgent(device.userAgent, before.locale ?? locale),
      time: timeText(deps.clock.now()),
    },
  });
}

export async function record(tx: Tx, deps: RecoveryDeps, user: User, type: SigninAuditEvent, challengeId: string) {
  await recordEvent(tx, deps, {
    tenantId: user.tenantId,
    type,
    actor: systemPrincipal(user.tenantId, 'email_change'),
    target: { type: 'user', id: user.id },
    detail: { challengeId },
  });
}
