import { z } from 'zod';
import { findUserByEmail, parseNewPerson } from '#directory';
import type { RequestHandler } from '#mail';
import { minutesOf } from '../email-proof/challenge-purposes.ts';
import { consumeCode } from '../email-proof/consume-challenge.ts';
import { type AttemptsDeps, countAttempts } from '../email-proof/count-attempts.ts';
import { linkTo } from '../email-proof/send-email-code.ts';
import { codeOf, startChallenge } from '../email-proof/start-challenge.ts';
import { signinErrors } from '../errors.ts';
import type { RecoveryDeps } from '../recovery/request-recovery.ts';
import { isDomainAllowed, type RegistrationPolicySpec } from './registration-policy-kind.ts';

export interface RegistrationDeps extends RecoveryDeps {
  /** As it stands for the tenant. */
  registrationPolicy(tenantId: string): RegistrationPolicySpec;
}

const REQUEST = 'registration';
const payloadSchema = z.strictObject({
  email: z.string(),
  token: z.string(),
  locale: z.string(),
  expiresAt: z.number(),
});

/**
 * Somebody wants an account. All there is until the address is proved is a challenge: no account that could be signed in
 * to, no name that is taken, and no password that a stranger chose and the owner of the address would confirm. For an
 * address that has an account the same happens; only the mail differs, and only its reader sees that.
 * @throws `registration_closed`, `registration_domain_refused`, `invalid_input`, `mail_throttled`
 */
export async function requestRegistration(
  deps: RegistrationDeps & AttemptsDeps,
  input: { tenantId: string; email: string; browser: string; address: string; locale: string },
): Promise<{ challengeId: string; email: string }> {
  const { tenantId, browser, address, locale } = input;
  demandOpen(deps, tenantId);
  // A name is asked for later; any will do to have the address read.
  const { email } = parseNewPerson({ name: '-', email: input.email });
  if (!isDomainAllowed(deps.registrationPolicy(tenantId), email)) throw signinErrors.registration_domain_refused();
  await countAttempts(deps, { tenantId, what: 'registration', name: email, address });
  return deps.store.transaction({ tenantId }, async (tx) => {
    const challenge = await startChallenge(tx, deps, { tenantId, purpose: 'registration', address: email, browser });
    const payload = { email, token: challenge.token, locale, expiresAt: challenge.expiresAt };
    await deps.mailer.request(tx, { tenantId, kind: REQUEST, payload });
    return { challengeId: challenge.id, email };
  });
}

export const registrationHandler = (deps: RegistrationDeps): readonly [kind: string, handler: RequestHandler] => [
  REQUEST,
  async (tx, { tenantId, payload }) => {
    const { email, token, locale, expiresAt } = payloadSchema.parse(payload);
    const user = await findUserByEmail(tx, { tenantId, email });
    const to = { tenantId, to: email, locale, expiresAt };
    if (user !== undefined) {
      const values = {
        sign_in_link: new URL('/sign-in', deps.issuer).href,
        recovery_link: new URL('/recover', deps.issuer).href,
      };
      await deps.mailer.queue(tx, { ...to, name: user.name, template: 'registration_taken', values });
      return;
    }
    await deps.mailer.queue(tx, {
      ...to,
      name: '',
      template: 'registration_verify',
      values: {
        link: linkTo(deps.issuer, '/register/account', token),
        code: codeOf(deps, token),
        minutes: minutesOf('registration'),
      },
    });
  },
];

/**
 * The code instead of the link, in the browser that asked.
 * @returns what the link would have carried
 * @throws `email_code_refused`
 */
export async function proveByCode(
  deps: RegistrationDeps,
  {
    tenantId,
    challengeId: id,
    code,
    browser,
  }: { tenantId: string; challengeId: string; code: string; browser: string },
): Promise<{ token: string }> {
  const next = await deps.store.transaction({ tenantId }, async (tx) => {
    const met = await consumeCode(tx, deps, { tenantId, purpose: 'registration', id, code, browser });
    if (met?.address === undefined) return undefined;
    return startChallenge(tx, deps, { tenantId, purpose: 'registration', address: met.address });
  });
  // Thrown outside, so that the attempt stays counted.
  if (next === undefined) throw signinErrors.email_code_refused();
  return { token: next.token };
}

/** @throws `registration_closed` */
export function demandOpen(deps: Pick<RegistrationDeps, 'registrationPolicy'>, tenantId: string): void {
  if (deps.registrationPolicy(tenantId).mode !== 'open') throw signinErrors.registration_closed();
}
