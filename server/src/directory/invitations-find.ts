import { type Clock, LIMITS } from '#base';
import { credentialHash, type Keyring, recogniseCredential } from '#keyring';
import { holdResource } from '#resources';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { type Invitation, toInvitation } from './invitation-record.ts';
import { organizationKind } from './organization-kind.ts';
import type { DirectoryTables } from './tables.ts';
import { findUserByEmail } from './users-find.ts';

/** @throws `invitation_not_found` */
export async function getInvitation(
  tx: Tx,
  { clock }: { clock: Clock },
  { tenantId, id }: { tenantId: string; id: string },
): Promise<Invitation> {
  const row = await invitations(tx, tenantId).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw directoryErrors.invitation_not_found();
  return toInvitation(row, clock.now());
}

/** Newest first: ids sort by the time they were made. */
export async function listInvitations(
  tx: Tx,
  { clock }: { clock: Clock },
  input: { tenantId: string; organizationId?: string | undefined; limit?: number; after?: string | undefined },
): Promise<{ items: Invitation[]; next?: string }> {
  const size = Math.min(Math.max(input.limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  let select = invitations(tx, input.tenantId);
  if (input.after !== undefined) select = select.where('id', '<', input.after);
  if (input.organizationId !== undefined) select = select.where('organization_id', '=', input.organizationId);
  const rows = await select
    .orderBy('id', 'desc')
    .limit(size + 1)
    .execute();
  const items = rows.slice(0, size).map((row) => toInvitation(row, clock.now()));
  const last = items.at(-1);
  return rows.length > size && last !== undefined ? { items, next: last.id } : { items };
}

/** What the page behind the link shows. */
export interface OpenInvitation extends Invitation {
  organizationName?: string;
  /** Somebody has an account with this address: they sign in to accept. Told only to who has the link. */
  hasAccount: boolean;
}

/** The invitation that this link is for, while it can be accepted. For showing the page; accepting it decides. */
export async function findOpenInvitation(
  tx: Tx,
  { keyring, clock }: { keyring: Pick<Keyring, 'mac'>; clock: Clock },
  { tenantId, token }: { tenantId: string; token: string },
): Promise<OpenInvitation | undefined> {
  if (recogniseCredential(token)?.kind !== 'one_time_link') return undefined;
  const row = await invitations(tx, tenantId)
    .where('token_hash', '=', credentialHash(keyring, token))
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const invitation = toInvitation(row, clock.now());
  const hasAccount = (await findUserByEmail(tx, { tenantId, email: row.email })) !== undefined;
  if (row.organization_id === null) return { ...invitation, hasAccount };
  const organization = await holdResource(tx, { tenantId, kind: organizationKind, nameOrId: row.organization_id });
  return organization && { ...invitation, hasAccount, organizationName: organization.spec.displayName };
}

function invitations(tx: Tx, tenantId: string) {
  return tx.withTables<DirectoryTables>().selectFrom('invitations').selectAll().where('tenant_id', '=', tenantId);
}
