import { LIMITS } from '#base';
import type { Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { type Membership, toMembership } from './membership-record.ts';
import type { DirectoryTables } from './tables.ts';

/** The organizations a person belongs to. There are at most {@link MEMBERSHIPS_MAX}. */
export async function membershipsOf(
  tx: Tx,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<Membership[]> {
  const rows = await memberships(tx, tenantId).where('user_id', '=', userId).orderBy('organization_id').execute();
  return rows.map(toMembership);
}

/** Of one person. More would make every sign-in slower for the sake of a mistake. */
export const MEMBERSHIPS_MAX = 100;

/** @throws `membership_not_found` */
export async function getMembership(
  tx: Tx,
  { tenantId, organizationId, userId }: { tenantId: string; organizationId: string; userId: string },
): Promise<Membership> {
  const row = await memberships(tx, tenantId)
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) throw directoryErrors.membership_not_found();
  return toMembership(row);
}

export interface MembershipPage {
  items: Membership[];
  /** Pass it as `after` to get the next page; absent on the last. */
  next?: string;
}

/** The people of an organization, by their ids. */
export async function listMembers(
  tx: Tx,
  input: { tenantId: string; organizationId: string; limit?: number; after?: string | undefined },
): Promise<MembershipPage> {
  const size = Math.min(Math.max(input.limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const rows = await memberships(tx, input.tenantId)
    .where('organization_id', '=', input.organizationId)
    .where('user_id', '>', input.after ?? '')
    .orderBy('user_id')
    .limit(size + 1)
    .execute();
  const items = rows.slice(0, size).map(toMembership);
  const last = items.at(-1);
  return rows.length > size && last !== undefined ? { items, next: last.userId } : { items };
}

function memberships(tx: Tx, tenantId: string) {
  return tx.withTables<DirectoryTables>().selectFrom('memberships').selectAll().where('tenant_id', '=', tenantId);
}
