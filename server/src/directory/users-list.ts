import { sql } from 'kysely';
import { LIMITS } from '#base';
import type { Tx } from '#store';
import type { UserStatus } from './tables.ts';
import { selectUsers } from './users-find.ts';
import { toUser, type User } from './users-record.ts';
import { searchUsers } from './users-search.ts';

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
  /** Each word of it begins a word of the name or of the address; with an `@`, it begins the address. */
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
  const { tenantId, limit, after, search, status, organizationId, sort = 'created', descending = false } = input;
  const size = Math.min(Math.max(limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const column = COLUMNS[sort];
  const direction = descending ? 'desc' : 'asc';
  const where = [
    sql<boolean>`tenant_id = ${tenantId}`,
    // Literally, so that a plan which is kept may go by the index of the disabled.
    ...(status === undefined ? [] : [sql<boolean>`status = ${sql.lit(status)}`]),
    ...(organizationId === undefined ? [] : [isMember({ tenantId, organizationId })]),
    ...(after === undefined ? [] : [isBeyond(after, column, descending)]),
  ];
  const order = { column, direction, limit: size + 1 } as const;
  const found = search === undefined ? undefined : await searchUsers(tx, { tenantId, search, where, order });
  const rows = await selectUsers(tx)
    .where(sql<boolean>`${sql.join(where, sql` and `)}`)
    .$if(found !== undefined, (query) => query.where('id', '=', sql<string>`any(${found}::text[])`))
    .$if(column !== 'id', (query) => query.orderBy(column, direction))
    .orderBy('id', direction)
    .limit(size + 1)
    .execute();
  const page = rows.slice(0, size);
  const last = page.at(-1);
  if (rows.length <= size || last === undefined) return { items: page.map(toUser) };
  return { items: page.map(toUser), next: { id: last.id, ...(column === 'id' ? {} : { key: last[column] }) } };
}

function isBeyond({ id, key = '' }: UserMark, column: (typeof COLUMNS)[UserSort], descending: boolean) {
  const beyond = sql.raw(descending ? '<' : '>');
  if (column === 'id') return sql<boolean>`id ${beyond} ${id}`;
  return sql<boolean>`(${sql.ref(column)}, id) ${beyond} (${key}, ${id})`;
}

function isMember({ tenantId, organizationId }: { tenantId: string; organizationId: string }) {
  return sql<boolean>`id in (select user_id from memberships
    where tenant_id = ${tenantId} and organization_id = ${organizationId})`;
}
