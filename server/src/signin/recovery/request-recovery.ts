import { z } from 'zod';
import { findUserByEmail } from '#directory';
import type { Mailer, RequestHandler } from '#mail';
import type { Store } from '#store';
import { minutesOf } from '../email-proof/challenge-purposes.ts';
import { type AttemptsDeps, countAttempts } from '../email-proof/count-attempts.ts';
import { linkTo } from '../email-proof/send-email-code.ts';
import { type ChallengeDeps, startChallenge } from '../email-proof/start-challenge.ts';

export interface RecoveryDeps extends ChallengeDeps {
  store: Pick<Store, 'transaction'>;
  mailer: Mailer;
  issuer: string;
}

const REQUEST = 'password_recovery';
const EMAIL_LENGTH_MAX = 320;

const payloadSchema = z.strictObject({ email: z.string(), locale: z.string() });

/**
 * Somebody forgot a password. Writes down that somebody asked, and nothing else: who it is, and whether there is anybody,
 * is found out later by the worker, so that neither the answer nor its time tells (invariant 6).
 * @throws `mail_throttled`, for names that don't exist too
 */
export async function requestRecovery(
  deps: RecoveryDeps & AttemptsDeps,
  { tenantId, email, address, locale }: { tenantId: string; email: string; address: string; locale: string },
): Promise<void> {
  await countAttempts(deps, { tenantId, what: 'recovery', name: email, address });
  const payload = { email: email.slice(0, EMAIL_LENGTH_MAX).replaceAll('\0', ''), locale };
  await deps.store.transaction({ tenantId }, (tx) => deps.mailer.request(tx, { tenantId, kind: REQUEST, payload }));
}

/**
 * An older link stays good until it ends: otherwise anybody could spoil it by asking again. When one of them is used, all
 * are.
 */
export const recoveryHandler = (deps: RecoveryDeps): readonly [kind: string, handler: RequestHandler] => [
  REQUEST,
  async (tx, { tenantId, payload }) => {
    const { email, locale } = payloadSchema.parse(payload);
    const user = await findUserByEmail(tx, { tenantId, email });
    if (user === undefined || user.status !== 'active') return;
    const challenge = await startChallenge(tx, deps, { tenantId, purpose: 'password_recovery', userId: user.id });
    const { token, expiresAt } = challenge;
    await deps.mailer.queue(tx, {
      tenantId,
      to: user.email,
      name: user.name,
      template: 'password_recovery',
      // Theirs, not that of whoever asked.
      locale: user.locale ?? locale,
      expiresAt,
      values: { link: linkTo(deps.issuer, '/recover/password', token), minutes: minutesOf('password_recovery') },
    });
  },
];
