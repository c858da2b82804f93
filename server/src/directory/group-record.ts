import type { Selectable } from 'kysely';
import type { GroupsTable } from './tables.ts';

/** People and service accounts, and other groups, that are given roles together. */
export interface Group {
  id: string;
  tenantId: string;
  /** The organization it belongs to; absent for a group of the tenant. */
  organizationId?: string;
  name: string;
  description: string;
  roles: readonly string[];
  createdAt: number;
  updatedAt: number;
  version: number;
}

export function toGroup(row: Selectable<GroupsTable>): Group {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    name: row.name,
    description: row.description,
    roles: row.roles,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

/** A group in a group, and so on: groups deep. Deeper ones nobody understands any more. */
export const GROUP_DEPTH_MAX = 8;
/** Of one person or service account, with the groups that those are in. They travel with tokens. */
export const GROUPS_OF_MEMBER_MAX = 100;
