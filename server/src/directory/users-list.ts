import { LIMITS } from '#base';
import type { Tx } from '#store';
import type { DirectoryTables, UserStatus } from './tables.ts';
import { emailKey } from './users-email.ts';
import { selectUsers } from './users-find.ts';
import { toUser, type User } from './users-record.ts';

/** What a list can be in the order of; each has an index that begins with the tenant and ends with the id. */
export const USER_SORTS = ['created', 'name', 'email'] as const;
export type UserSort = (typeof USER_SORTS)[number];

/** The last of a page: the next begins after it. */
export interface UserMark {
  id: string;
  /** Of the column that the list is in the order of; none for the order in which accounts were made. */
  key?: string;
}

export interface UserPage {
  items: User[];
  /** Pass it as `after` to get the next page; absent on the last. */
  next?: UserMark;
}

export interface UserFilter {
  /** Part of the name or of the address. */
  search?: string | undefined;
  status?: UserStatus | undefined;
  /** Those who belong to this organization. */
  organizationId?: string | undefined;
}

export interface UserOrder {
  sort?: UserSort | undefined;
  descending?: boolean | undefined;
}

/** Ids sort by the time they were made. */
const COLUMNS = { created: 'id', name: 'name_key', email: 'email_key' } as const satisfies Record<UserSort, string>;

/** Oldest first, unless said otherwise. A page costs the same wherever in the list it is. */
export async function listUsers(
  tx: Tx,
  input: UserFilter & UserOrder & { tenantId: string; limit?: number; after?: UserMark | undefined },
): Promise<UserPage> {
  const { tenantId, limit, after, sort = 'created', descending = false, ...filter } = input;
  const size = Math.min(Math.max(limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const column = COLUMNS[sort];
  const direction = descending ? 'desc' : 'asc';
  const beyond = descending ? '<' : '>';
  let select = filtered(selectUsers(tx).where('tenant_id', '=', tenantId), tx, { tenantId, ...filter });
  if (after !== undefined && column === 'id') select = select.where('id', beyond, after.id);
  if (after !== undefined && column !== 'id') {
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple(column, 'id'), beyond, tuple(after.key ?? '', after.id)),
    );
  }
  const rows = await select
    .$if(column !== 'id', (query) => query.orderBy(column, direction))
    .orderBy('id', direction)
    .limit(size + 1)
    .execute();
  const page = rows.slice(0, size);
  const last = page.at(-1);
  if (rows.length <= size || last === undefined) return { items: page.map(toUser) };
  return { items: page.map(toUser), next: { id: last.id, ...(column === 'id' ? {} : { key: last[column] }) } };
}

interface Filter extends UserFilter {
  tenantId: string;
}

function filtered(
  select: ReturnType<typeof selectUsers>,
  tx: Tx,
  { tenantId, search, status, organizationId }: Filter,
) {
  let found = select;
  if (status !== undefined) found = found.where('status', '=', status);
  if (organizationId !== undefined) found = found.where('id', 'in', membersOf(tx, tenantId, organizationId));
  if (search !== undefined) {
    const pattern = `%${emailKey(search).replaceAll(/[\\%_]/g, '\\$&')}%`;
    found = found.where((where) => where.or([where('email_key', 'like', pattern), where('name_key', 'like', pattern)]));
  }
  return found;
}

function membersOf(tx: Tx, tenantId: string, organizationId: string) {
  return tx
    .withTables<DirectoryTables>()
    .selectFrom('memberships')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('organization_id', '=', organizationId);
}
