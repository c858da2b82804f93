import { networkOf, systemPrincipal } from '#base';
import { createUser, parseNewPerson, type User } from '#directory';
import type { BreachedPasswords } from '../breached-passwords.ts';
import { consumeLink, peekLink } from '../email-proof/consume-challenge.ts';
import { signinErrors } from '../errors.ts';
import { type Passwords, setPasswordHash } from '../password-credentials.ts';
import { checkNewPassword } from '../password-rules.ts';
import { demandOpen, type RegistrationDeps } from './request-registration.ts';

export interface CompleteRegistrationDeps extends RegistrationDeps {
  /** Looks new passwords up in a service, where the policy names one. */
  breached?: BreachedPasswords | undefined;
  passwords: Pick<Passwords, 'hashPassword'>;
}

/** The address that this link proves. For showing the form; {@link completeRegistration} decides. */
export async function findRegistration(
  deps: RegistrationDeps,
  { tenantId, token }: { tenantId: string; token: string },
): Promise<string | undefined> {
  const met = await deps.store.transaction({ tenantId }, (tx) =>
    peekLink(tx, deps, { tenantId, purpose: 'registration', token }),
  );
  return met?.address;
}

/**
 * Makes the account whose address was proved, with the name and the password that its owner chooses now. Nobody is
 * signed in by it: the sign-in that follows asks for whatever the tenant's policy asks for.
 * @throws `recovery_link_refused`, `registration_closed`, `invalid_input`, `password_refused`, `email_taken` (told only to
 *   somebody who proved that the address is theirs)
 */
export async function completeRegistration(
  deps: CompleteRegistrationDeps,
  input: { tenantId: string; token: string; name: string; password: string; address: string; locale?: string },
): Promise<User> {
  const { tenantId, token, password } = input;
  demandOpen(deps, tenantId);
  const address = await findRegistration(deps, input);
  if (address === undefined) throw signinErrors.recovery_link_refused();
  const { name, email } = parseNewPerson({ name: input.name, email: address });
  await checkNewPassword(password, { email, name }, { tenantId, breached: deps.breached });
  const passwordHash = await deps.passwords.hashPassword(password, networkOf(input.address));
  const actor = systemPrincipal(tenantId, 'registration');
  return deps.store.transaction({ tenantId }, async (tx) => {
    const met = await consumeLink(tx, deps, { tenantId, purpose: 'registration', token });
    if (met?.address !== address) throw signinErrors.recovery_link_refused();
    const user = await createUser(tx, deps, {
      tenantId,
      name,
      email,
      emailVerified: true,
      locale: input.locale,
      actor,
    });
    await setPasswordHash(tx, deps, { tenantId, userId: user.id, passwordHash, actor });
    return user;
  });
}
