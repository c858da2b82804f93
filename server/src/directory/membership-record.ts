import type { Selectable } from 'kysely';
import type { Tx } from '#store';
import type { DirectoryTables, MembershipsTable } from './tables.ts';

/** That a person belongs to an organization, and as what. */
export interface Membership {
  tenantId: string;
  organizationId: string;
  userId: string;
  roles: readonly string[];
  version: number;
  createdAt: number;
  updatedAt: number;
}

export function toMembership(row: Selectable<MembershipsTable>): Membership {
  return {
    tenantId: row.tenant_id,
    organizationId: row.organization_id,
    userId: row.user_id,
    roles: row.roles,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Names one state of one membership. One that was ended and begun anew has another time in it. */
export function membershipTag({ organizationId, userId, createdAt, version }: Membership): string {
  return `${organizationId}.${userId}.${createdAt}.${version}`;
}

/** The row alone: whoever calls this tells the audit log what happened. @returns undefined when there is one already. */
export async function insertMembership(
  tx: Tx,
  input: { tenantId: string; organizationId: string; userId: string; roles: readonly string[]; now: number },
): Promise<Membership | undefined> {
  const row = await tx
    .withTables<DirectoryTables>()
    .insertInto('memberships')
    .values({
      tenant_id: input.tenantId,
      organization_id: input.organizationId,
      user_id: input.userId,
      roles: [...input.roles],
      version: 1,
      created_at: input.now,
      updated_at: input.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : toMembership(row);
}
