import { sql } from 'kysely';
import { fixedStatement, type Tx } from '#store';
import { directoryErrors } from './errors.ts';
import { GROUP_DEPTH_MAX } from './group-record.ts';
import type { DirectoryTables } from './tables.ts';
import { emailKey, isEmail } from './users-email.ts';
import { toUser, type User } from './users-record.ts';
import { ADMINISTRATOR_ROLE } from './users-schema.ts';

/** @throws `user_not_found` */
export async function getUser(tx: Tx, { tenantId, id }: { tenantId: string; id: string }): Promise<User> {
  const user = await findUser(tx, { tenantId, id });
  if (user === undefined) throw directoryErrors.user_not_found();
  return user;
}

export async function findUser(tx: Tx, { tenantId, id }: { tenantId: string; id: string }): Promise<User | undefined> {
  const row = await selectUsers(tx).where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
}

/** Of those of them that there are, whether their account stands, by id. */
export async function findAccountStates(
  tx: Tx,
  { tenantId, ids }: { tenantId: string; ids: readonly string[] },
): Promise<ReadonlyMap<string, Pick<User, 'status' | 'sessionsNotBefore'>>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .withTables<DirectoryTables>()
    .selectFrom(sql<{ id: string }>`unnest(${ids}::text[])`.as<'asked'>(sql`asked(id)`))
    .innerJoinLateral(
      (from) =>
        from
          .selectFrom('users')
          .select(['id', 'status', 'sessions_not_before'])
          .where('tenant_id', '=', tenantId)
          .whereRef('id', '=', 'asked.id')
          .limit(1)
          .as('account'),
      (join) => join.onTrue(),
    )
    .selectAll('account')
    .execute();
  return new Map(rows.map(({ id, status, sessions_not_before: at }) => [id, { status, sessionsNotBefore: at }]));
}

/** Those of them that there are, by id. */
export async function findUsers(
  tx: Tx,
  { tenantId, ids }: { tenantId: string; ids: readonly string[] },
): Promise<ReadonlyMap<string, User>> {
  if (ids.length === 0) return new Map();
  const rows = await selectUsersById(tx, [tenantId, ids]);
  return new Map(rows.map((row) => [row.id, toUser(row)]));
}

export async function findUserByEmail(
  tx: Tx,
  { tenantId, email }: { tenantId: string; email: string },
): Promise<User | undefined> {
  const trimmed = email.trim();
  // What can't be an address is nobody's, and may hold what PostgreSQL refuses in a text (NUL).
  if (!isEmail(trimmed)) return undefined;
  const row = await selectUsers(tx)
    .where('tenant_id', '=', tenantId)
    .where('email_key', '=', emailKey(trimmed))
    .executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
}

const selectAccounts = fixedStatement<Pick<User, 'id' | 'status'> & { email_key: string }>(
  'select id, status, email_key from users where tenant_id = $1 and email_key = any($2::text[])',
);

/** Of those of them that there are, which account it is, by {@link emailKey}; in one look, whatever was typed. */
export async function findAccountsByEmail(
  tx: Tx,
  { tenantId, emails }: { tenantId: string; emails: readonly string[] },
): Promise<ReadonlyMap<string, Pick<User, 'id' | 'status'>>> {
  const keys = emails
    .map((email) => email.trim())
    .filter(isEmail)
    .map(emailKey);
  if (keys.length === 0) return new Map();
  const rows = await selectAccounts(tx, [tenantId, keys]);
  return new Map(rows.map(({ email_key, ...account }) => [email_key, account]));
}

/** Is there anyone who could administer this tenant? */
export async function hasActiveAdministrator(
  tx: Tx,
  { tenantId, besides }: { tenantId: string; besides?: string },
): Promise<boolean> {
  const row = await tx
    .withTables<DirectoryTables>()
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'active')
    .where(isAdministrator)
    .where('id', '!=', besides ?? '')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Word for word the condition of the index `users_administrators`: without it each change would go through everybody. */
const isAdministrator = sql<boolean>`roles @> array[${sql.lit(ADMINISTRATOR_ROLE)}]`;

/** A query for the ids of everybody who has the administrator's role, disabled or not. */
export const administratorIds = (tenantId: string) =>
  sql`select id from users where tenant_id = ${tenantId} and ${isAdministrator}`;

const ORGANIZATION_IDS = `array(select m.organization_id from memberships m
  where m.tenant_id = users.tenant_id and m.user_id = users.id order by 1)`;

const ROLES_OF_THEIR_OWN = 'select unnest(users.roles)';

const ROLES_IN_ORGANIZATIONS = `select unnest(m.roles) from memberships m
  where m.tenant_id = users.tenant_id and m.user_id = users.id`;

/**
 * Groups are walked as in `groupsOf`, which is only begun for who is in one: nearly nobody is, and getting ready for the
 * walk takes longer than all else that is read of somebody.
 */
const ROLES_ANYWHERE = `case when exists (
    select from group_members g where g.tenant_id = users.tenant_id and g.member_id = users.id)
  then array(
    with recursive up as (
      select g.group_id, 1 as depth from group_members g
        where g.tenant_id = users.tenant_id and g.member_id = users.id
      union
      select g.group_id, up.depth + 1 from up
        join group_members g on g.tenant_id = users.tenant_id and g.member_id = up.group_id
        where up.depth < ${GROUP_DEPTH_MAX}
    )
    ${ROLES_OF_THEIR_OWN} union ${ROLES_IN_ORGANIZATIONS} union
    select unnest(g.roles) from up join groups g on g.tenant_id = users.tenant_id and g.id = up.group_id
    order by 1)
  else array(${ROLES_OF_THEIR_OWN} union ${ROLES_IN_ORGANIZATIONS} order by 1) end`;

/** With where they belong, and what they hold anywhere. */
export function selectUsers(tx: Tx) {
  return tx
    .withTables<DirectoryTables>()
    .selectFrom('users')
    .selectAll()
    .select([
      sql.raw<string[]>(ORGANIZATION_IDS).as('organization_ids'),
      sql.raw<string[]>(ROLES_ANYWHERE).as('roles_anywhere'),
    ]);
}

type UserRow = Awaited<ReturnType<ReturnType<typeof selectUsers>['execute']>>[number];

/** The same for several. One text for one and for many: a statement that the server has planned already. */
const selectUsersById = fixedStatement<UserRow>(
  `select *, ${ORGANIZATION_IDS} as organization_ids, ${ROLES_ANYWHERE} as roles_anywhere
   from users where tenant_id = $1 and id = any($2::text[])`,
);
