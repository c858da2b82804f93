import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '#store';
import { bitsOfWord, mayBeginId } from './text-signature.ts';

/** More words make nothing easier to find, and each costs a look at every key. */
const SEARCH_WORDS_MAX = 8;
/** The newest are looked at one by one: what many keys tell fills a page there. */
export const WALKED_MAX = 2_000;
/** Stretches that are read in one statement; each that fills no page is followed by so many times more. */
const STRETCHES_FIRST = 8;
const STRETCHES_GROWTH = 4;

/** What a word is looked for in, beside ids. In small letters, since what is typed is made small as well. */
export const SEARCHED_TEXT = sql<string>`lower(concat_ws(' ', name, display_prefix || '…' || last4, description,
  contact_email, plan, array_to_string(tags || scopes || roles, ' ')))`;

interface SearchInput {
  tenantId: string;
  organizationId?: string;
  words: readonly string[];
  /** What else holds for a key in the list. */
  where: readonly RawBuilder<boolean>[];
  limit: number;
}

/** Keys after one id and up to another; without an end, to the newest. */
interface Stretch {
  after: string;
  upTo?: string;
}

export const wordsOf = (search = ''): string[] =>
  [...new Set(search.toLowerCase().split(/\s+/).filter(Boolean))].slice(0, SEARCH_WORDS_MAX);

/**
 * Ids of the first keys, newest first, in whose texts each word stands. The newest are looked at one by one; of the others
 * only those whose signature lets the words be there, or whose texts have changed since it was made.
 */
export async function searchApiKeys(tx: Tx, input: SearchInput): Promise<string[]> {
  const { limit } = input;
  const { ids, walked, oldest } = await walkNewest(tx, input);
  if (walked < WALKED_MAX || ids.length >= limit) return ids;
  const stretches = await stretchesToRead(tx, input, oldest);
  for (
    let from = 0, count = STRETCHES_FIRST;
    from < stretches.length && ids.length < limit;
    count *= STRETCHES_GROWTH
  ) {
    ids.push(...(await readStretches(tx, input, { stretches: stretches.slice(from, from + count), before: oldest })));
    from += count;
  }
  return ids.slice(0, limit);
}

async function walkNewest(tx: Tx, { where, words, limit }: SearchInput) {
  const { rows } = await sql<{ ids: string[]; walked: number; oldest: string }>`
    with walked as materialized (
      select id, ${tellAll(words)} as hit from api_keys where ${all(where)} order by id desc limit ${WALKED_MAX})
    select count(*)::integer as walked, min(id) as oldest,
      array(select id from walked where hit order by id desc limit ${limit}) as ids from walked`.execute(tx);
  return rows[0] ?? { ids: [], walked: 0, oldest: '' };
}

/** What no signature speaks for, or one that has the words; newest first. Neighbours are one. */
async function stretchesToRead(tx: Tx, input: SearchInput, before: string): Promise<Stretch[]> {
  const { tenantId, organizationId, words } = input;
  const { rows } = await sql<{ after: string; up_to: string; read: boolean }>`
    select after_id as after, last_id as up_to, (${mayHold(words)}) or exists (select from api_key_unsigned as unsigned
        where unsigned.tenant_id = ${tenantId} and unsigned.key_id > after_id and unsigned.key_id <= last_id) as read
      from api_key_signatures as signed
      where tenant_id = ${tenantId} and series = ${organizationId ?? ''} and after_id < ${before}
      order by last_id desc`.execute(tx);
  const stretches: Stretch[] = [{ after: rows[0]?.up_to ?? '' }];
  for (const { after, up_to: upTo, read } of rows) {
    const last = stretches.at(-1);
    if (!read) continue;
    if (last?.after === upTo) last.after = after;
    else stretches.push({ after, upTo });
  }
  return stretches;
}

async function readStretches(
  tx: Tx,
  { where, words, limit }: SearchInput,
  { stretches, before }: { stretches: readonly Stretch[]; before: string },
): Promise<string[]> {
  const parts = stretches.map(({ after, upTo }) => ({ after, up_to: upTo ?? before }));
  const { rows } = await sql<{ id: string }>`
    select found.id from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) as stretch (after text, up_to text)
      cross join lateral (
        select id from api_keys where ${all(where)} and id > stretch.after and id <= stretch.up_to and id < ${before}
          and ${tellAll(words)} order by id desc limit ${limit}) as found
      order by found.id desc limit ${limit}`.execute(tx);
  return rows.map(({ id }) => id);
}

function tellAll(words: readonly string[]): RawBuilder<boolean> {
  const tells = words.map((word) =>
    mayBeginId(word)
      ? sql`(strpos(text, ${word}) > 0 or starts_with(lower(id), ${word}) or starts_with(lower(owner_id), ${word}))`
      : sql`strpos(text, ${word}) > 0`,
  );
  // Once for all words: making the text is most of what a look takes.
  return sql<boolean>`(select coalesce(${sql.join(tells, sql` and `)}, false)
    from (select ${SEARCHED_TEXT} as text offset 0) as searched)`;
}

function mayHold(words: readonly string[]): RawBuilder<boolean> {
  const conditions = words
    .map(bitsOfWord)
    .filter((groups) => groups.length > 0)
    .map((groups) => sql`(${sql.join(groups.map(allSet), sql` or `)})`);
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

const allSet = (bits: readonly number[]) =>
  sql`(${sql.join(
    bits.map((bit) => sql`get_bit(signature, ${sql.lit(bit)}) = 1`),
    sql` and `,
  )})`;

const all = (conditions: readonly RawBuilder<boolean>[]) => sql<boolean>`${sql.join([...conditions], sql` and `)}`;
