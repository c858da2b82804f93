import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal } from '#base';
import { resourcesMigrations } from '#resources';
import type { Tx } from '#store';
import { fixedClock, openSecondStore, openTestStore, seededRandom, type TestStore } from '#testing';
import { directoryMigrations } from './migrations.ts';
import { createUser } from './users-create.ts';
import { listUsers, type UserFilter, type UserMark, type UserOrder } from './users-list.ts';
import { writeUser } from './users-write.ts';

const MIGRATIONS = [auditMigrations, resourcesMigrations, directoryMigrations];
const tenantId = DEFAULT_TENANT_ID;
const crowdTenantId = 'ten_00000000000000000000000001';
const throngTenantId = 'ten_00000000000000000000000002';
const actor = systemPrincipal(tenantId, 'test');
const deps = { clock: fixedClock(), random: seededRandom() };
let store: TestStore;

beforeAll(async () => {
  store = await openTestStore(MIGRATIONS);
});
beforeAll(async () => {
  await within(
    (tx) =>
      sql`insert into users (tenant_id, id, email, email_key, name, status, sessions_not_before, created_at, updated_at)
      select ${throngTenantId}, 'usr_' || lpad(n::text, 5, '0'), n || '@x', n || '@x', case when n = 10000 then 'A Dora' else 'A' end,
        'active', 0, 0, 0 from generate_series(1, 10000) n`.execute(tx),
    throngTenantId,
  );
  await within(
    (tx) =>
      sql`insert into memberships values (${throngTenantId}, 'org_small', 'usr_00007', '{}', 1, 0, 0)`.execute(tx),
    throngTenantId,
  );
  await analyze();
});
afterAll(() => store.close());

const within = <T>(work: (tx: Tx) => Promise<T>, tenant = tenantId, organizationId?: string) =>
  store.transaction({ tenantId: tenant, ...(organizationId === undefined ? {} : { organizationId }) }, work);
const searched = (search: string) =>
  within(async (tx) => (await listUsers(tx, { tenantId, search })).items.map(({ name }) => name));

/** As PostgreSQL does by itself a minute after many came; its owner may. */
async function analyze(): Promise<void> {
  const url = store.database.ownerUrl ?? store.database.url;
  const owned = await openSecondStore({ ...store, database: { kind: 'url', url } }, MIGRATIONS);
  await owned.transaction({ system: true }, async (tx) => {
    await sql`set local role none`.execute(tx);
    await sql`analyze users, user_words`.execute(tx);
  });
  await owned.close();
}

describe('who is found', () => {
  beforeAll(async () => {
    const people = [
      ['Ada Lovelace', 'ada.lovelace@analytical.example.com'],
      ['José Müller-Lüdenscheidt', 'jose@example.org'],
      ['Straße Σίσυφος', 'greek+news@example.org'],
      ['ﬀion O’Brien', 'ffion_1@example.org'],
      ['Ольга Иванова', 'olga@example.org'],
      ['山田 太郎', 'taro@example.jp'],
      [`${'Longest'.repeat(20)}a`, 'long@example.jp'],
      ['ﷺ'.repeat(200), 'arabic@example.jp'],
    ] as const;
    for (const [name, email] of people) {
      await within((tx) => createUser(tx, deps, { tenantId, actor, name, email }));
    }
  });

  test.each<[string, string | undefined]>([
    ['ada', 'Ada'],
    ['LOVE a', 'Ada'],
    ['ada.love', 'Ada'],
    ['ada.lovelace@analytical.example.com', 'Ada'],
    ['Ada.Love', 'Ada'],
    ['ada.lovelace@ana', 'Ada'],
    ['@analytical.example', 'Ada'],
    ['lovelace analytical', 'Ada'],
    ['lace', undefined],
    ['adalovelace', undefined],
    ['ada grace', undefined],
    ['lovelace@ana', undefined],
    ['ada.lovelace@example', undefined],
    ['jose', 'José'],
    ['JOSÉ', 'José'],
    ['Jose\u0301', 'José'],
    ['muller luden', 'José'],
    ['STRASSE', 'Straße'],
    ['ΣΊΣΥΦΟΣ', 'Straße'],
    ['greek+news@', 'Straße'],
    ['greek+n', 'Straße'],
    ['ffi', 'ﬀion'],
    ['ffion_1@example.org', 'ﬀion'],
    ['ffionx1@example.org', undefined],
    ['o’brien', 'ﬀion'],
    ["o'brien", 'ﬀion'],
    ['ИВАН', 'Ольга'],
    ['太', '山田'],
    ['longestlongestlongestlongestlongestlongestlong', 'LongestLongest'],
    ['%', undefined],
    ['_', undefined],
    ['\\', undefined],
    ['- @ .', undefined],
    ["' or 'x'='x", undefined],
    ['\u{10ffff}', undefined],
  ])('%j finds %j', async (search, name) => {
    expect(await searched(search)).toEqual(
      name === undefined ? [] : [expect.stringMatching(new RegExp(`^${name}`, 'u'))],
    );
  });

  test('a new name is found and the old one is not; who is gone is not', async () => {
    const { id } = await within((tx) =>
      createUser(tx, deps, { tenantId, actor, name: 'Grace Grace', email: 'hopper@example.net' }),
    );
    const change = { event: 'user.updated', detail: {} } as const;
    await within((tx) => writeUser(tx, deps, { tenantId, id, actor }, { set: { name: 'Grace Murray' }, ...change }));
    expect(await searched('murray hopper grace')).toEqual(['Grace Murray']);
    await within((tx) => writeUser(tx, deps, { tenantId, id, actor }, { set: { name: 'Amazing' }, ...change }));
    expect(await searched('grace')).toEqual([]);
    const words = () =>
      within((tx) =>
        sql<{ word: string }>`select word from user_words where user_id = ${id} order by word`.execute(tx),
      );
    expect((await words()).rows.map(({ word }) => word)).toEqual(['amazing', 'example', 'hopper', 'net']);
    await within((tx) => sql`delete from users where id = ${id}`.execute(tx));
    expect((await words()).rows).toEqual([]);
  });
});

describe('among many', () => {
  const COUNT = 3_000;
  /** Everybody is an Anna, every tenth a Berta, every thousandth a Cäcilie; one is a Dora. The last half is of one house. */
  beforeAll(async () => {
    await within(
      (tx) =>
        sql`insert into users (tenant_id, id, email, email_key, name, status, sessions_not_before, created_at, updated_at)
          select ${crowdTenantId}, 'usr_' || lpad(n::text, 5, '0'), mail, mail, concat_ws(' ', 'Anna', case when n % 10 = 0 then 'Berta' end,
            case when n % 1000 = 0 then 'Cäcilie' end, case when n = 2999 then 'Dora' end), 'active', 0, 0, 0
          from (select n, 'p' || (${COUNT} - n) || '@' || case when n > 1500 then 'late' else 'early' end || '.example' as mail
            from generate_series(1, ${sql.lit(COUNT)}) n) people`.execute(tx),
      crowdTenantId,
    );
    await within(
      (tx) =>
        sql`insert into memberships (tenant_id, organization_id, user_id, created_at, updated_at)
          select tenant_id, 'org_thousands', id, 0, 0 from users where id like '%000'`.execute(tx),
      crowdTenantId,
    );
  });

  async function every(input: UserFilter & UserOrder, organizationId?: string): Promise<string[]> {
    const seen: string[] = [];
    let after: UserMark | undefined;
    do {
      const page = await within(
        (tx) => listUsers(tx, { tenantId: crowdTenantId, limit: 500, ...input, after }),
        crowdTenantId,
        organizationId,
      );
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    return seen;
  }

  test.each<[UserFilter, number]>([
    [{ search: 'anna' }, COUNT],
    [{ search: 'a b' }, COUNT / 10],
    [{ search: 'CAC' }, COUNT / 1000],
    [{ search: 'anna berta cacilie' }, COUNT / 1000],
    [{ search: 'dora' }, 1],
    [{ search: 'dora berta' }, 0],
    [{ search: 'p1@' }, 1],
    [{ search: 'p1@late' }, 1],
    [{ search: 'p1@early' }, 0],
    [{ search: 'late' }, COUNT / 2],
    [{ search: 'late', organizationId: 'org_thousands' }, 2],
    [{ search: 'early berta', status: 'active' }, 150],
    [{ search: 'anna', status: 'disabled' }, 0],
    [{ search: 'nobody' }, 0],
    [{ search: 'a b c d e f g h i j k l m n o p' }, 0],
  ])('%j finds %i, page by page, in each order', async (filter, count) => {
    const found = await every(filter);
    expect(found).toHaveLength(count);
    expect(found).toEqual([...found].sort());
    for (const sort of count > 1000 ? [] : (['name', 'email'] as const)) {
      const forth = await every({ ...filter, sort });
      expect(new Set(forth)).toEqual(new Set(found));
      expect(forth).toEqual((await every({ ...filter, sort, descending: true })).reverse());
    }
  });

  test('whoever is confined to an organization finds its members, and sees no word of others', async () => {
    expect(await every({ search: 'anna' }, 'org_thousands')).toHaveLength(3);
    expect(await every({ search: 'dora' }, 'org_thousands')).toEqual([]);
    const { rows } = await within(
      (tx) => sql<{ word: string }>`select distinct word from user_words where word > 'c' and word < 'p'`.execute(tx),
      crowdTenantId,
      'org_thousands',
    );
    expect(rows.map(({ word }) => word).sort()).toEqual(['cacilie', 'early', 'example', 'late']);
  });
});

test.each<[string, UserFilter, { users: number; user_words: number }]>([
  ['nobody', { search: 'nobody' }, { users: 2_000, user_words: 0 }],
  ['one', { search: 'dora' }, { users: 2_002, user_words: 2 }],
  ['a rare word among common ones', { search: 'a x dora' }, { users: 2_002, user_words: 10_002 }],
  ['everybody', { search: 'a' }, { users: 2_051, user_words: 0 }],
  ['somebody in a small house', { search: 'nobody', organizationId: 'org_small' }, { users: 1, user_words: 0 }],
])('looking for %s reads as many rows as it must, whatever row-level security keeps from indexes', async (...row) => {
  const [, filter, most] = row;
  await within(async (tx) => {
    const read = async () => {
      const { rows } = await sql<{ name: keyof typeof most; read: number }>`select relname as name,
        (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::integer as read
        from pg_stat_xact_user_tables where relname in ('users', 'user_words')`.execute(tx);
      return new Map(rows.map(({ name, read }) => [name, read]));
    };
    const before = await read();
    await listUsers(tx, { tenantId: throngTenantId, limit: 50, ...filter });
    const after = await read();
    for (const table of ['users', 'user_words'] as const) {
      expect((after.get(table) ?? 0) - (before.get(table) ?? 0), table).toBeLessThanOrEqual(most[table]);
    }
  }, throngTenantId);
});
