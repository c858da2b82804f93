import { type IdSource, networkOf } from '#base';
import {
  acceptInvitation,
  directoryErrors,
  findOpenInvitation,
  findUser,
  type OpenInvitation,
  parseNewPerson,
  type User,
} from '#directory';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import type { BreachedPasswords } from '../breached-passwords.ts';
import { type Passwords, setPasswordHash } from '../password-credentials.ts';
import { checkNewPassword } from '../password-rules.ts';

export interface InvitationDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
}

export interface JoinDeps extends InvitationDeps {
  passwords: Pick<Passwords, 'hashPassword'>;
  /** Looks new passwords up in a service, where the policy names one. */
  breached?: BreachedPasswords | undefined;
}

interface Link {
  tenantId: string;
  token: string;
}

export type ShownInvitation = OpenInvitation & {
  /** Absent where a key or the program invited. */
  inviterName?: string;
};

/** What the page behind the link tells, while the link is good. Uses nothing up: mail programs open links too. */
export async function viewInvitation(deps: InvitationDeps, link: Link): Promise<ShownInvitation | undefined> {
  const { tenantId } = link;
  return deps.store.transaction({ tenantId }, async (tx) => {
    const invitation = await findOpenInvitation(tx, deps, link);
    const inviter = invitation && (await findUser(tx, { tenantId, id: invitation.invitedBy }));
    return invitation && (inviter === undefined ? invitation : { ...invitation, inviterName: inviter.name });
  });
}

/**
 * Makes the account of somebody who was invited and has none, and lets them join: link, account and password in one
 * transaction. Registration may be off: whoever invites answers for it. Nobody is signed in by it, so that the sign-in
 * that follows asks for whatever the policy asks for.
 * @throws `invitation_refused`, `invitation_needs_sign_in`, `invalid_input`, `password_refused`, `role_not_found`
 */
export async function joinByInvitation(
  deps: JoinDeps,
  input: Link & { name: string; password: string; address: string },
): Promise<User> {
  const { tenantId, token, password } = input;
  // Looked at first, so that only the holder of an open link can make the server hash a password.
  const invitation = await viewInvitation(deps, input);
  if (invitation === undefined) throw directoryErrors.invitation_refused();
  if (invitation.hasAccount) throw directoryErrors.invitation_needs_sign_in();
  const { name, email } = parseNewPerson({ name: input.name, email: invitation.email });
  await checkNewPassword(password, { email, name }, { tenantId, breached: deps.breached });
  const passwordHash = await deps.passwords.hashPassword(password, networkOf(input.address));
  return deps.store.transaction({ tenantId }, async (tx) => {
    const { user } = await acceptInvitation(tx, deps, { tenantId, token, by: { name } });
    const actor = { type: 'user', id: user.id, tenantId, roles: [], scopes: [] } as const;
    const credential = { type: 'internal', id: invitation.id } as const;
    await setPasswordHash(tx, deps, { tenantId, userId: user.id, passwordHash, actor: { ...actor, credential } });
    return user;
  });
}

/**
 * Somebody who is signed in joins.
 * @throws `invitation_refused`, `invitation_for_another`, `role_not_found`, `account_managed`, `memberships_too_many`
 */
export async function acceptAsSignedIn(deps: InvitationDeps, input: Link & { userId: string }): Promise<User> {
  const { tenantId, token, userId } = input;
  const accepted = await deps.store.transaction({ tenantId }, (tx) =>
    acceptInvitation(tx, deps, { tenantId, token, by: { userId } }),
  );
  return accepted.user;
}
