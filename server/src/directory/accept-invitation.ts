import { recordEvent } from '#audit';
import { type IdSource, type Principal, systemPrincipal } from '#base';
import { credentialHash, type Keyring, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { directoryErrors } from './errors.ts';
import { joinOrganization } from './memberships-change.ts';
import type { DirectoryTables } from './tables.ts';
import { setUserRoles } from './users-change.ts';
import { createUser } from './users-create.ts';
import { emailKey } from './users-email.ts';
import { findUserByEmail, getUser } from './users-find.ts';
import type { User } from './users-record.ts';
import { setEmailVerified } from './users-verify-email.ts';

/** Who accepts: somebody who is signed in, or somebody new, who is called so. */
export type Accepting = { userId: string } | { name: string };

/**
 * Makes or finds the person, and lets them join. The link is used up by one statement in the same transaction: of many at
 * once exactly one wins (invariant 3), and whoever is refused leaves it open. Somebody new has no way to sign in yet: the
 * caller sets that up in the same transaction.
 * @throws `invitation_refused`, `invitation_needs_sign_in`, `invitation_for_another`, `invalid_input`, `role_not_found`,
 *   `account_managed`, `memberships_too_many`
 */
export async function acceptInvitation(
  tx: Tx,
  deps: IdSource & { keyring: Pick<Keyring, 'mac'> },
  { tenantId, token, by }: { tenantId: string; token: string; by: Accepting },
): Promise<{ user: User; created: boolean }> {
  if (recogniseCredential(token)?.kind !== 'one_time_link') throw directoryErrors.invitation_refused();
  const now = deps.clock.now();
  const db = tx.withTables<DirectoryTables>();
  const invitation = await db
    .updateTable('invitations')
    .set({ accepted_at: now })
    .where('tenant_id', '=', tenantId)
    .where('token_hash', '=', credentialHash(deps.keyring, token))
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
  if (invitation === undefined) throw directoryErrors.invitation_refused();
  const { id, email, mailed, roles, organization_id: organizationId } = invitation;
  const { user: found, created } = await personFor(tx, deps, { tenantId, email, by, emailVerified: mailed });
  const actor = acceptingPrincipal(found, id);
  const verified = mailed ? await setEmailVerified(tx, deps, { tenantId, id: found.id, email, actor }) : found;
  if (organizationId !== null) {
    await joinOrganization(tx, deps, { tenantId, organizationId, userId: found.id, roles, actor });
  } else if (roles.some((role) => !verified.roles.includes(role))) {
    await setUserRoles(tx, deps, { tenantId, id: found.id, roles: [...verified.roles, ...roles], actor });
  }
  const mark = db.updateTable('invitations').set({ accepted_by: found.id });
  await mark.where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  await recordEvent(tx, deps, {
    tenantId,
    ...(organizationId === null ? {} : { organizationId }),
    type: 'invitation.accepted' satisfies DirectoryAuditEvent,
    actor,
    target: { type: 'invitation', id },
    detail: { userId: found.id, created },
  });
  return { user: await getUser(tx, { tenantId, id: found.id }), created };
}

/** An account is joined only by who is signed in to it: a link alone must not open what a password keeps. */
async function personFor(
  tx: Tx,
  deps: IdSource,
  input: { tenantId: string; email: string; emailVerified: boolean; by: Accepting },
): Promise<{ user: User; created: boolean }> {
  const { tenantId, email, emailVerified, by } = input;
  if ('userId' in by) {
    const user = await getUser(tx, { tenantId, id: by.userId });
    // Forwarded, or opened by whoever else sits at the browser: it is for the one who has this address.
    if (emailKey(user.email) !== emailKey(email)) throw directoryErrors.invitation_for_another();
    return { user, created: false };
  }
  const known = await findUserByEmail(tx, { tenantId, email });
  if (known !== undefined) throw directoryErrors.invitation_needs_sign_in();
  const actor = systemPrincipal(tenantId, 'invitation');
  return { user: await createUser(tx, deps, { tenantId, email, emailVerified, name: by.name, actor }), created: true };
}

function acceptingPrincipal({ id, tenantId }: User, invitationId: string): Principal {
  return {
    type: 'user',
    id,
    tenantId,
    roles: [],
    scopes: [],
    credential: { type: 'internal', id: invitationId },
  };
}
