import { z } from 'zod';
import { recordEvent } from '#audit';
import { newId, type Principal, parse } from '#base';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import type { Tx } from '#store';
import type { DirectoryAuditEvent } from './audit-events.ts';
import { authorizeGrant } from './authorize-grant.ts';
import { directoryErrors } from './errors.ts';
import { holdRoles } from './hold-roles.ts';
import { type Invitation, toInvitation } from './invitation-record.ts';
import { holdOrganization } from './organizations.ts';
import type { AdministrationDeps } from './power-over.ts';
import type { DirectoryTables } from './tables.ts';
import { emailKey } from './users-email.ts';
import { findUser, findUserByEmail } from './users-find.ts';
import { emailSchema, rolesSchema } from './users-schema.ts';

const DAY_MS = 24 * 60 * 60_000;
const EXPIRES_IN_DAYS_DEFAULT = 7;
const EXPIRES_IN_DAYS_MAX = 30;

/** Brings an invitation to whom it is for, in the transaction that makes it. */
export interface InvitationPost {
  send(
    tx: Tx,
    letter: {
      tenantId: string;
      to: string;
      link: string;
      /** What the invitation is to, and who invites, as people read it. */
      organization: string | undefined;
      inviter: string | undefined;
      days: number;
      expiresAt: number;
    },
  ): Promise<void>;
}

export interface InvitationDeps extends AdministrationDeps {
  keyring: Pick<Keyring, 'mac'>;
  /** Origin of the pages, without a trailing slash. */
  issuer: string;
  /** Without one the link is given to who invites, to bring it himself. */
  invitationPost?: InvitationPost | undefined;
}

export const newInvitationSchema = z.strictObject({
  email: emailSchema,
  roles: rolesSchema.default([]),
  expiresInDays: z.int().min(1).max(EXPIRES_IN_DAYS_MAX).default(EXPIRES_IN_DAYS_DEFAULT),
});

/** `link` only where nobody brings it: the only time it is known. */
export interface IssuedInvitation {
  invitation: Invitation;
  link?: string;
}

/**
 * Invites somebody by their address, whether they have an account or not: which of the two is not told.
 * @throws `invalid_input`, `organization_not_found`, `role_not_found`, `grant_beyond_own`, `invitation_open`, `already_member`
 */
export async function createInvitation(
  tx: Tx,
  deps: InvitationDeps,
  input: { tenantId: string; actor: Principal } & z.input<typeof newInvitationSchema> & {
      /** By name or id; that of the actor, when he acts inside one. */
      organization?: string | undefined;
    },
): Promise<IssuedInvitation> {
  const { tenantId, actor, organization = actor.organizationId, ...rest } = input;
  const { email, roles, expiresInDays } = parse(newInvitationSchema, rest);
  const place = organization === undefined ? undefined : await holdOrganization(tx, { tenantId, organization });
  authorizeGrant(deps.roles, actor, { roles });
  await holdRoles(tx, { tenantId, roles });
  if (place !== undefined) {
    const member = await findUserByEmail(tx, { tenantId, email });
    if (member?.organizationIds.includes(place.id) === true) throw directoryErrors.already_member();
  }
  const now = deps.clock.now();
  const token = mintCredential('one_time_link', deps.random);
  const key = emailKey(email);
  await revokeExpired(tx, { tenantId, organizationId: place?.id ?? null, key, now });
  const row = await tx
    .withTables<DirectoryTables>()
    .insertInto('invitations')
    .values({
      tenant_id: tenantId,
      id: newId('invitation', deps),
      organization_id: place?.id ?? null,
      email,
      email_key: key,
      roles,
      token_hash: credentialHash(deps.keyring, token),
      mailed: deps.invitationPost !== undefined,
      invited_by: actor.id,
      expires_in_days: expiresInDays,
      created_at: now,
      expires_at: now + expiresInDays * DAY_MS,
      accepted_at: null,
      accepted_by: null,
      revoked_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.invitation_open();
  const invitation = toInvitation(row, now);
  const link = await bring(tx, deps, invitation, { token, actor, days: expiresInDays, place: place?.spec.displayName });
  await tell(tx, deps, invitation, actor, 'invitation.created', { roles });
  return { invitation, ...link };
}

/**
 * Sends an open or expired invitation anew, with a new link: the old one is good no more.
 * @throws `invitation_not_found`, `invitation_over`, `grant_beyond_own`, `role_not_found`
 */
export async function resendInvitation(
  tx: Tx,
  deps: InvitationDeps,
  { tenantId, id, actor }: { tenantId: string; id: string; actor: Principal },
): Promise<IssuedInvitation> {
  const now = deps.clock.now();
  const token = mintCredential('one_time_link', deps.random);
  const before = await lockOpen(tx, { tenantId, id });
  // Who may bring the link may use it.
  authorizeGrant(deps.roles, actor, { roles: before.roles });
  const organization = before.organization_id;
  const place = organization === null ? undefined : await holdOrganization(tx, { tenantId, organization });
  const row = await tx
    .withTables<DirectoryTables>()
    .updateTable('invitations')
    .set({
      token_hash: credentialHash(deps.keyring, token),
      expires_at: now + before.expires_in_days * DAY_MS,
      mailed: deps.invitationPost !== undefined,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const invitation = toInvitation(row, now);
  const days = before.expires_in_days;
  const link = await bring(tx, deps, invitation, { token, actor, days, place: place?.spec.displayName });
  await tell(tx, deps, invitation, actor, 'invitation.resent', {});
  return { invitation, ...link };
}

/** Takes an invitation back. @throws `invitation_not_found`, `invitation_over` */
export async function revokeInvitation(
  tx: Tx,
  deps: AdministrationDeps,
  { tenantId, id, actor }: { tenantId: string; id: string; actor: Principal },
): Promise<Invitation> {
  await lockOpen(tx, { tenantId, id });
  const now = deps.clock.now();
  const row = await tx
    .withTables<DirectoryTables>()
    .updateTable('invitations')
    .set({ revoked_at: now })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const invitation = toInvitation(row, now);
  await tell(tx, deps, invitation, actor, 'invitation.revoked', {});
  return invitation;
}

async function bring(
  tx: Tx,
  { issuer, invitationPost }: InvitationDeps,
  { tenantId, email, expiresAt }: Invitation,
  { token, actor, days, place }: { token: string; actor: Principal; days: number; place: string | undefined },
): Promise<{ link?: string }> {
  const url = new URL('/invitation', issuer);
  url.searchParams.set('link', token);
  if (invitationPost === undefined) return { link: url.href };
  const inviter = (await findUser(tx, { tenantId, id: actor.id }))?.name;
  await invitationPost.send(tx, { tenantId, to: email, link: url.href, organization: place, inviter, days, expiresAt });
  return {};
}

async function lockOpen(tx: Tx, { tenantId, id }: { tenantId: string; id: string }) {
  const select = tx
    .withTables<DirectoryTables>()
    .selectFrom('invitations')
    .selectAll()
    .where('tenant_id', '=', tenantId);
  const row = await select.where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw directoryErrors.invitation_not_found();
  if (row.accepted_at !== null || row.revoked_at !== null) throw directoryErrors.invitation_over();
  return row;
}

/** One that nobody can accept any more does not stand in the way of another. */
async function revokeExpired(
  tx: Tx,
  { tenantId, organizationId, key, now }: { tenantId: string; organizationId: string | null; key: string; now: number },
): Promise<void> {
  await tx
    .withTables<DirectoryTables>()
    .updateTable('invitations')
    .set({ revoked_at: now })
    .where('tenant_id', '=', tenantId)
    .where('organization_id', 'is not distinct from', organizationId)
    .where('email_key', '=', key)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '<=', now)
    .execute();
}

async function tell(
  tx: Tx,
  deps: AdministrationDeps,
  { tenantId, organizationId, id }: Invitation,
  actor: Principal,
  type: DirectoryAuditEvent,
  detail: Record<string, string[]>,
): Promise<void> {
  await recordEvent(tx, deps, {
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    type,
    actor,
    target: { type: 'invitation', id },
    detail,
  });
}
