import { recordEvent } from '#audit';
import { type Clock, networkOf, systemPrincipal } from '#base';
import { ADMINISTRATOR_ROLE, createUser, hasActiveAdministrator, parseNewPerson } from '#directory';
import { credentialHash, type Keyring, recogniseCredential } from '#keyring';
import type { Store } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import type { BreachedPasswords } from './breached-passwords.ts';
import { signinErrors } from './errors.ts';
import { continueSignIn, type FlowCommandDeps, type SignInOutcome } from './flow/continue-sign-in.ts';
import { type Passwords, setPasswordHash } from './password-credentials.ts';
import { checkNewPassword } from './password-rules.ts';
import { LANDING_PATH } from './return-to.ts';
import type { Device } from './start-session.ts';
import type { SigninTables } from './tables.ts';

export interface SetupDeps extends FlowCommandDeps {
  /** Looks new passwords up in a service, where the policy names one. */
  breached?: BreachedPasswords | undefined;
  store: Pick<Store, 'transaction'>;
  passwords: Pick<Passwords, 'hashPassword'>;
}

/** Can this link still be used? For showing the form; {@link consumeFirstAdministratorLink} decides. */
export async function isFirstAdministratorLinkOpen(
  deps: { store: Pick<Store, 'transaction'>; keyring: Pick<Keyring, 'mac'>; clock: Clock },
  { tenantId, token }: { tenantId: string; token: string },
): Promise<boolean> {
  if (recogniseCredential(token)?.kind !== 'one_time_link') return false;
  const row = await deps.store.transaction({ tenantId }, (tx) =>
    tx
      .withTables<SigninTables>()
      .selectFrom('one_time_links')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', 'first_administrator')
      .where('token_hash', '=', credentialHash(deps.keyring, token))
      .where('consumed_at', 'is', null)
      .where('expires_at', '>', deps.clock.now())
      .executeTakeFirst(),
  );
  return row !== undefined;
}

/**
 * Makes the first administrator, with a password, who is then led through what the policy asks for. The link is used up by one statement in the same
 * transaction: of many at once exactly one wins (invariant 3), and an input that is refused leaves the link open.
 * @throws `setup_link_refused`, `setup_already_done`, `invalid_input`, `password_refused`, `email_taken`
 */
export async function consumeFirstAdministratorLink(
  deps: SetupDeps,
  input: { tenantId: string; token: string; name: string; email: string; password: string; device: Device },
): Promise<SignInOutcome> {
  const { tenantId, token, password, device } = input;
  // Looked at first, so that only the holder of an open link can make the server hash a password.
  if (!(await isFirstAdministratorLinkOpen(deps, input))) throw signinErrors.setup_link_refused();
  const { name, email } = parseNewPerson({ name: input.name, email: input.email });
  await checkNewPassword(password, { email, name }, { tenantId, breached: deps.breached });
  const passwordHash = await deps.passwords.hashPassword(password, networkOf(device.address));
  const actor = systemPrincipal(tenantId, 'first_administrator');

  return deps.store.transaction({ tenantId }, async (tx) => {
    const link = await tx
      .withTables<SigninTables>()
      .updateTable('one_time_links')
      .set({ consumed_at: deps.clock.now() })
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', 'first_administrator')
      .where('token_hash', '=', credentialHash(deps.keyring, token))
      .where('consumed_at', 'is', null)
      .where('expires_at', '>', deps.clock.now())
      .returning('id')
      .executeTakeFirst();
    if (link === undefined) throw signinErrors.setup_link_refused();
    if (await hasActiveAdministrator(tx, { tenantId })) throw signinErrors.setup_already_done();
    const user = await createUser(tx, deps, { tenantId, name, email, roles: [ADMINISTRATOR_ROLE], actor });
    await setPasswordHash(tx, deps, { tenantId, userId: user.id, passwordHash, actor });
    await recordEvent(tx, deps, {
      tenantId,
      type: 'first_administrator_link.consumed' satisfies SigninAuditEvent,
      actor,
      target: { type: 'link', id: link.id },
      detail: { userId: user.id, address: device.address },
    });
    const proofs = [{ method: 'password', amr: ['pwd'], at: deps.clock.now() } as const];
    return continueSignIn(tx, deps, { user, proofs, returnTo: LANDING_PATH, visitor: { device } });
  });
}
