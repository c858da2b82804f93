import type { Selectable } from 'kysely';
import type { UserAttributes, UserStatus, UsersTable } from './tables.ts';

export interface User {
  id: string;
  tenantId: string;
  /** The organization that manages the account. It is the only one the person belongs to. */
  organizationId?: string;
  /** The organizations the person belongs to. */
  organizationIds: readonly string[];
  email: string;
  /** It was shown that messages to the address reach the person. */
  emailVerified: boolean;
  name: string;
  /** The language the person reads, as a tag (BCP 47); absent when nobody has said. */
  locale?: string;
  attributes: UserAttributes;
  /** Those given by the tenant. Inside an organization others are added: see `standingOf`. */
  roles: readonly string[];
  /**
   * All roles the person holds anywhere: from the tenant, from groups and in organizations, whichever of them is active.
   * For rules that are about the person and not about one request, as how strongly they must sign in.
   */
  rolesAnywhere: readonly string[];
  status: UserStatus;
  /** A session begun at or before this moment no longer counts: it is moved when the account is disabled. */
  sessionsNotBefore: number;
  createdAt: number;
  updatedAt: number;
  /** Counts up from 1 with each change. */
  version: number;
}

/** Organizations come with the row: who asks for a person nearly always asks where they belong. */
export function toUser(
  row: Selectable<UsersTable> & { organization_ids: readonly string[]; roles_anywhere: readonly string[] },
): User {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    organizationIds: row.organization_ids,
    email: row.email,
    emailVerified: row.email_verified,
    name: row.name,
    ...(row.locale === null ? {} : { locale: row.locale }),
    attributes: row.attributes,
    roles: row.roles,
    rolesAnywhere: row.roles_anywhere,
    status: row.status,
    sessionsNotBefore: row.sessions_not_before,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}
