import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '#store';
import { emailKey } from './users-email.ts';

/** Whoever is among the next so many of the list is found there, without the index: what most people match fills a page. */
const WALKED_MAX = 2_000;
/** Words of which it is counted how many people have one that begins so, the longest first. */
const COUNTED_WORDS_MAX = 8;
const COUNTED_PEOPLE_MAX = 5_000;
/** After everything that a word can go on with, by code points. */
const LAST = '\u{10ffff}';

interface SearchInput {
  tenantId: string;
  search: string;
  /** What else holds for whoever is in the list. */
  where: readonly RawBuilder<boolean>[];
  order: { column: 'id' | 'name_key' | 'email_key'; direction: 'asc' | 'desc'; limit: number };
}

/**
 * The first of a list who match: each word of `search` begins a word of their name or address, and what has an `@` in it
 * begins the address. Small and capital letters, marks on letters and compatible forms (NFKD) are alike.
 *
 * Two looks, since neither alone is quick for all that is typed. What many match is found among those who come next. What
 * few match is found by the index on words, under the rarest of them; the planner can't be left to choose, because what it
 * knows of words is old just after an import, and its kept plans know nothing of what is typed.
 */
export async function searchUsers(tx: Tx, input: SearchInput): Promise<readonly string[]> {
  const { order, where } = input;
  const { ids, walked } = await walk(tx, input);
  if (walked < WALKED_MAX || ids.length >= order.limit) return ids;
  const word = await rarestWord(tx, input);
  if (word === undefined) return [];
  const ofWord = sql<boolean>`id = any(array(select user_id from user_words
    where tenant_id = ${input.tenantId} and word >= ${word} and word < ${word + LAST}))`;
  const { rows } = await sql<{ id: string }>`select id from users
    where ${all([...where, ofWord, matches(input)])} order by ${inOrder(order)} limit ${order.limit}`.execute(tx);
  return rows.map(({ id }) => id);
}

async function walk(tx: Tx, { where, order, ...input }: SearchInput): Promise<{ ids: string[]; walked: number }> {
  const { rows } = await sql<{ ids: string[]; walked: number }>`
    with walked as materialized (
      select id, ${sql.ref(order.column)} as place, ${matches(input)} as hit from users
        where ${all(where)} order by ${inOrder(order)} limit ${WALKED_MAX})
    select (select count(*)::integer from walked) as walked,
      array(select id from walked where hit order by ${inOrder({ ...order, column: 'place' })} limit ${order.limit}) as ids`.execute(
    tx,
  );
  return rows[0] ?? { ids: [], walked: 0 };
}

/** None: there is no word that all who match could have. */
async function rarestWord(tx: Tx, { tenantId, search }: SearchInput): Promise<string | undefined> {
  const { rows } = await sql<{ word: string; people: number }>`
    select word, (select count(*)::integer from (select from user_words
        where tenant_id = ${tenantId} and word >= typed.word and word < typed.word || ${LAST}
        limit ${COUNTED_PEOPLE_MAX}) few) as people
      from (select distinct word, length(word) as length from ${wordsOf(search)}
        order by length desc limit ${COUNTED_WORDS_MAX}) typed
      order by people, length desc limit 1`.execute(tx);
  return rows[0]?.people === 0 ? undefined : rows[0]?.word;
}

/** Words hold letters and digits, and nothing that means something in a pattern. Without any word nobody is meant. */
function matches({ search }: Pick<SearchInput, 'search'>): RawBuilder<boolean> {
  const patterns = sql`array(select '% ' || word || '%' from ${wordsOf(search)})`;
  const addresses = search.split(/\s+/u).filter((part) => part.indexOf('@') > 0);
  const begins = addresses.map((part) => `${emailKey(part).replaceAll(/[\\%_]/g, '\\$&')}%`);
  return sql`(words like all (${patterns}) and exists (select from ${wordsOf(search)})
    and email_key like all (${begins}::text[]))`;
}

const wordsOf = (search: string) => sql`directory_split(directory_words(${search})) word`;

const all = (conditions: readonly RawBuilder<boolean>[]) => sql<boolean>`${sql.join([...conditions], sql` and `)}`;

function inOrder({ column, direction }: { column: string; direction: 'asc' | 'desc' }) {
  const towards = sql.raw(direction);
  return column === 'id' ? sql`id ${towards}` : sql`${sql.ref(column)} ${towards}, id ${towards}`;
}
