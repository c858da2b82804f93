import { type Selectable, sql } from 'kysely';
import { fixedStatement, type Tx } from '#store';
import { groupsOf } from './groups-find.ts';
import { type Membership, toMembership } from './membership-record.ts';
import { type Standing, standWith } from './standing.ts';
import type { DirectoryTables } from './tables.ts';
import type { User } from './users-record.ts';

/** Of a person, what tokens may tell. */
export type Account = Pick<
  User,
  'id' | 'name' | 'locale' | 'email' | 'emailVerified' | 'attributes' | 'roles' | 'status' | 'sessionsNotBefore'
>;

/**
 * `standingOf` for several people, each in an organization of their choice, in the order asked; undefined for who is not
 * there, and for who does not belong to the organization that they are `confined` to. For those who ask for many at once:
 * as many statements as for one.
 * @throws `groups_too_many`, of any of them.
 */
export async function standingsOf(
  tx: Tx,
  {
    tenantId,
    people,
  }: { tenantId: string; people: readonly { userId: string; wanted: string | undefined; confined?: boolean }[] },
): Promise<(Standing<Account> | undefined)[]> {
  const ids = [...new Set(people.map(({ userId }) => userId))];
  const accounts = await accountsOf(tx, tenantId, ids);
  const rows = [...accounts.values()];
  const grouped = rows.flatMap(({ id, in_groups }) => (in_groups ? id : []));
  const members = rows.flatMap(({ id, in_organizations }) => (in_organizations ? id : []));
  const held = grouped.length === 0 ? [] : await groupsOf(tx, { tenantId, memberIds: grouped });
  const memberships = members.length === 0 ? [] : await membershipsOfMany(tx, tenantId, members);
  const [heldBy, membershipsBy] = [
    Map.groupBy(held, ({ memberId }) => memberId),
    Map.groupBy(memberships, (membership) => membership.userId),
  ];
  return people.map(({ userId, wanted, confined }) => {
    const row = accounts.get(userId);
    if (row === undefined) return undefined;
    const standing = standWith(toAccount(row), {
      held: heldBy.get(userId) ?? [],
      memberships: membershipsBy.get(userId) ?? [],
      wanted,
      ...(confined === undefined ? {} : { confined }),
    });
    return confined === true && standing.organizationId !== wanted ? undefined : standing;
  });
}

type AccountRow = Pick<
  Selectable<DirectoryTables['users']>,
  'id' | 'name' | 'locale' | 'email' | 'email_verified' | 'attributes' | 'roles' | 'status' | 'sessions_not_before'
> & { in_groups: boolean; in_organizations: boolean };

async function accountsOf(tx: Tx, tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, AccountRow>> {
  return new Map((await readAccounts(tx, [tenantId, ids])).map((row) => [row.id, row]));
}

/**
 * With the accounts comes whether there is anything more to be asked: for nearly everybody there is not. Each by its whole
 * key: of a list of keys a plan that is kept may think that all of the tenant is read sooner.
 */
const readAccounts = fixedStatement<AccountRow>(`
  select account.* from unnest($2::text[]) as asked (id)
  cross join lateral (
    select id, name, locale, email, email_verified, attributes, roles, status, sessions_not_before,
      exists (
        select from group_members m where m.tenant_id = users.tenant_id and m.member_id = users.id) as in_groups,
      exists (
        select from memberships m where m.tenant_id = users.tenant_id and m.user_id = users.id) as in_organizations
    from users where tenant_id = $1 and id = asked.id limit 1
  ) account`);

function toAccount({ id, name, email, attributes, roles, status, ...row }: AccountRow): Account {
  const { email_verified: emailVerified, sessions_not_before: sessionsNotBefore, locale } = row;
  const chosen = locale === null ? {} : { locale };
  return { id, name, ...chosen, email, emailVerified, attributes, roles, status, sessionsNotBefore };
}

async function membershipsOfMany(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Membership[]> {
  const rows = await tx
    .withTables<DirectoryTables>()
    .selectFrom('memberships')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', sql<string>`any(${ids}::text[])`)
    .orderBy('user_id')
    .orderBy('organization_id')
    .execute();
  return rows.map(toMembership);
}
