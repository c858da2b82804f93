import type { Selectable } from 'kysely';
import type { InvitationsTable } from './tables.ts';

export type InvitationStatus = 'open' | 'accepted' | 'revoked' | 'expired';

/** Somebody was asked to join. All there is to know but the link. */
export interface Invitation {
  id: string;
  tenantId: string;
  /** The organization to join; absent for the tenant itself. */
  organizationId?: string;
  email: string;
  roles: readonly string[];
  status: InvitationStatus;
  /** Id of who invited. */
  invitedBy: string;
  createdAt: number;
  expiresAt: number;
  acceptedAt?: number;
  /** Id of who accepted. */
  acceptedBy?: string;
}

export function toInvitation(row: Selectable<InvitationsTable>, now: number): Invitation {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    email: row.email,
    roles: row.roles,
    status: statusOf(row, now),
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.accepted_at === null ? {} : { acceptedAt: row.accepted_at }),
    ...(row.accepted_by === null ? {} : { acceptedBy: row.accepted_by }),
  };
}

function statusOf(row: Selectable<InvitationsTable>, now: number): InvitationStatus {
  if (row.accepted_at !== null) return 'accepted';
  if (row.revoked_at !== null) return 'revoked';
  return row.expires_at <= now ? 'expired' : 'open';
}
