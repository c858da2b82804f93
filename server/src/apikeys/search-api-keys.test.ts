import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '#testing';
import { changeApiKey } from './change-api-key.ts';
import { type ListApiKeysInput, listApiKeys } from './list-api-keys.ts';
import { actor, deps, migrations } from './sample-deps.fixture.ts';
import { signKeyTexts } from './sign-key-texts.ts';

const COUNT = 9_000;
const tenantId = 'ten_many';
let store: TestStore;

const idOf = (n: number) => `key_${String(n).padStart(26, '0')}`;
const inTenant = <T>(work: Parameters<TestStore['transaction']>[1], organizationId?: string) =>
  store.transaction({ tenantId, ...(organizationId === undefined ? {} : { organizationId }) }, work) as Promise<T>;

/** Every third key is the house's own; every tenth of an organization of 900, one in 3,000 of another. */
const add = (from: number, to: number) =>
  inTenant((tx) =>
    sql`insert into api_keys (tenant_id, id, organization_id, hash, display_prefix, last4, name, environment, owner_type, owner_id,
        scopes, roles, plan, created_at, created_by, tags)
      select ${tenantId}, 'key_' || lpad(n::text, 26, '0'), case when n % 3000 = 5 then 'org_small' when n % 3 > 0 then 'org_large' end,
        'hash' || n, 'gh_live_' || substr(md5(n::text), 1, 4), substr(md5(n::text), 5, 4), 'Billing of shop ' || n, 'live',
        'user', 'usr_' || lpad((n / 2)::text, 26, '0'), '{orders:read}', '{}', case when n % 4500 = 17 then 'rare' end, 0, 'usr_a',
        array['team:' || n % 90] from generate_series(${from}::integer, ${to}::integer) n`.execute(tx),
  );

beforeAll(async () => {
  store = await openTestStore(migrations);
  await add(1, COUNT);
  await signKeyTexts({ store });
});
afterAll(() => store.close());

/** Page by page, as somebody would who reads all of it. */
async function every(input: Partial<ListApiKeysInput>): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await listApiKeys(
      { store },
      { tenantId, limit: 200, ...input, ...(after === undefined ? {} : { after }) },
    );
    ids.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) return ids;
    after = page.next;
  }
}

/** The same without any search: what is known of each key is looked at here. */
async function looked(wanted: string, filter: Partial<ListApiKeysInput> = {}): Promise<string[]> {
  const words = wanted.toLowerCase().split(' ');
  const { rows } = await inTenant<{
    rows: { id: string; text: string; owner_id: string; organization_id: string; plan: string }[];
  }>((tx) =>
    sql`select id, organization_id, owner_id, plan, lower(concat_ws(' ', name, display_prefix || '…' || last4, description, contact_email,
      plan, array_to_string(tags || scopes || roles, ' '))) as text from api_keys order by id desc`.execute(tx),
  );
  return rows
    .filter(
      (row) =>
        (filter.organizationId === undefined || row.organization_id === filter.organizationId) &&
        (filter.plan === undefined || row.plan === filter.plan) &&
        words.every((word) => row.text.includes(word) || row.id.startsWith(word) || row.owner_id.startsWith(word)),
    )
    .map(({ id }) => id);
}

const CASES: [string, Partial<ListApiKeysInput>, number][] = [
  ['nothing-of-the-kind', {}, 0],
  ['illing 4321', {}, 1],
  ['shop', { plan: 'rare' }, 2],
  ['hop team:7', {}, 1100],
  ['rare', {}, 2],
  [idOf(12), {}, 1],
  [idOf(12).slice(0, 28), {}, 100],
  [`usr_${'12'.padStart(26, '0')}`, {}, 2],
  ['4321', { organizationId: 'org_large' }, 1],
  ['4322', { organizationId: 'org_small' }, 0],
  ['shop', { organizationId: 'org_small' }, 3],
  ['8999', {}, 1],
];

test.each(CASES)('%j among %j is found %i times, wherever it stands', async (search, filter, atLeast) => {
  const found = await every({ search, ...filter });
  expect(found).toEqual(await looked(search, filter));
  expect(found.length).toBeGreaterThanOrEqual(Math.min(atLeast, 1));
  expect(found.length >= atLeast || atLeast >= 100).toBe(true);
});

test('what is shown of a key, and any part of its last characters', async () => {
  const [row] = (
    await inTenant<{ rows: { display_prefix: string; last4: string }[] }>((tx) =>
      sql`select display_prefix, last4 from api_keys where id = ${idOf(77)}`.execute(tx),
    )
  ).rows;
  const { display_prefix: prefix = '', last4 = '' } = row ?? {};
  for (const search of [`${prefix}…${last4}`, last4, last4.slice(1)]) {
    expect(await every({ search })).toEqual(await looked(search));
    expect(await every({ search })).toContain(idOf(77));
  }
});

describe('what has changed since', () => {
  const change = (id: string, input: object) =>
    changeApiKey({ ...deps, store }, { tenantId, actor, id, ...input } as Parameters<typeof changeApiKey>[1]);

  test.each<[string, object, string]>([
    ['a name', { name: 'Zanzibar' }, 'anziba'],
    ['a description', { description: 'Quokka' }, 'quokka'],
    ['a contact', { contactEmail: 'xerxes@example.com' }, 'xerxes@'],
    ['tags', { tags: ['yak'] }, 'yak'],
  ])('%s is found before it is signed, and after', async (_, input, search) => {
    expect(await every({ search })).toEqual([]);
    await change(idOf(40), input);
    expect(await every({ search })).toEqual([idOf(40)]);
    await signKeyTexts({ store });
    expect(await every({ search })).toEqual([idOf(40)]);
    expect((await inTenant<{ rows: unknown[] }>((tx) => sql`select from api_key_unsigned`.execute(tx))).rows).toEqual(
      [],
    );
  });

  test('a change inside an organization, by whoever is confined to it, is found by all', async () => {
    await changeApiKey(
      { ...deps, store },
      { tenantId, organizationId: 'org_large', actor, id: idOf(100), name: 'Wallaby' },
    );
    expect(await every({ search: 'wallaby' })).toEqual([idOf(100)]);
    await signKeyTexts({ store });
    expect(await every({ search: 'wallaby' })).toEqual([idOf(100)]);
    expect(await every({ search: 'wallaby', organizationId: 'org_large' })).toEqual([idOf(100)]);
    expect(await every({ search: 'wallaby', organizationId: 'org_small' })).toEqual([]);
  });

  test('a change that commits while its signature is made anew is not lost', async () => {
    let signed: Promise<number> | undefined;
    await inTenant(async (tx) => {
      await sql`update api_keys set name = 'Vicuna' where tenant_id = ${tenantId} and id = ${idOf(41)}`.execute(tx);
      await change(idOf(42), { name: 'neighbour' });
      signed = signKeyTexts({ store });
      await signed;
    });
    expect(await every({ search: 'vicuna' })).toEqual([idOf(41)]);
    await signKeyTexts({ store });
    expect(await every({ search: 'vicuna' })).toEqual([idOf(41)]);
  });

  test('keys that come later are found, and signed once they are old', async () => {
    await add(COUNT + 1, COUNT + 3_000);
    expect(await every({ search: '11999' })).toEqual([idOf(11_999)]);
    await signKeyTexts({ store });
    expect(await every({ search: '9007' })).toEqual(await looked('9007'));
    // So does one whose id is older than those of others, from a clock that was behind.
    await add(-5, -5);
    expect(await every({ search: '-5' })).toEqual(await looked('-5'));
  });
});

test('an organization sees no signature of others, nor which keys of others have changed', async () => {
  await signKeyTexts({ store });
  await changeApiKey({ ...deps, store }, { tenantId, actor, id: idOf(3), name: 'of the house' });
  const seen = (organizationId?: string) =>
    inTenant<{ rows: { series: string }[] }>(
      (tx) =>
        sql`select distinct series from api_key_signatures union all select key_id from api_key_unsigned`.execute(tx),
      organizationId,
    ).then(({ rows }) => rows.map(({ series }) => series).sort());
  expect(await seen('org_small')).toEqual([]);
  expect(await seen('org_large')).toEqual(['org_large']);
  expect(await seen()).toEqual(['', idOf(3), 'org_large']);
});

test.each<[string, Partial<ListApiKeysInput>, number]>([
  ['nothing', { search: 'zzzyx' }, 2_600],
  ['one', { search: `gh_live_` + 'zzzz' }, 2_600],
  ['nothing in a small organization', { search: 'zzzyx', organizationId: 'org_small' }, 10],
  ['nothing in a large one', { search: 'zzzyx', organizationId: 'org_large' }, 2_600],
  ['the first page of a small organization', { organizationId: 'org_small' }, 10],
  ['the first page of a plan', { plan: 'rare' }, 10],
  ['the first page of an owner', { ownerId: `usr_${'12'.padStart(26, '0')}` }, 10],
  ['the first page of all', { limit: 50 }, 60],
])('looking for %s reads few rows, whatever row-level security keeps from indexes', async (_, filter, most) => {
  await signKeyTexts({ store });
  const read = { rows: 0 };
  const watching: Pick<TestStore, 'transaction'> = {
    transaction: (scope, work, options) =>
      store.transaction(
        scope,
        async (tx) => {
          const rows = async () => {
            const counted = await sql<{
              read: number;
            }>`select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::integer as read
              from pg_stat_xact_user_tables where relname = 'api_keys'`.execute(tx);
            return counted.rows[0]?.read ?? 0;
          };
          const before = await rows();
          const done = await work(tx);
          read.rows += (await rows()) - before;
          return done;
        },
        options,
      ),
  };
  await listApiKeys({ store: watching }, { tenantId, ...filter });
  expect(read.rows).toBeLessThanOrEqual(most);
});
