import type { Selectable } from 'kysely';
import type { UserStatus, UsersTable } from './tables.ts';

export interface User {
  id: string;
  tenantId: string;
  organizationId?: string;
  email: string;
  name: string;
  roles: readonly string[];
  status: UserStatus;
  /** A session begun at or before this moment no longer counts: it is moved when the account is disabled. */
  sessionsNotBefore: number;
  createdAt: number;
  updatedAt: number;
}

export function toUser(row: Selectable<UsersTable>): User {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    email: row.email,
    name: row.name,
    roles: row.roles,
    status: row.status,
    sessionsNotBefore: row.sessions_not_before,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
