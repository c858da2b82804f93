import { type RawBuilder, sql } from 'kysely';
import type { Store, Tx } from '#store';
import { SEARCHED_TEXT, WALKED_MAX } from './search-api-keys.ts';
import { type SignedText, signatureOf } from './text-signature.ts';

/** Fewer would be more signatures to look at, more would be fuller ones: so many set about a fifth of the bits. */
const SIGNED_TOGETHER = 256;
/** Changes and new signatures in one transaction. */
const CHANGES_MAX = 2_000;
const SIGNATURES_MAX = 64;

interface Deps {
  store: Pick<Store, 'transaction'>;
}

/** Keys of one organization, or all of the tenant: each is searched on its own. */
interface Series {
  tenantId: string;
  organizationId: string | null;
}

/**
 * Brings the signatures up to date by which keys are searched. It is behind the changes of keys, as far as it likes: what it
 * has not seen yet is read for each search. The newest keys have no signature, nor have those of whom has few: they are
 * walked anyway.
 * @returns how many signatures were made, or made anew.
 */
export async function signKeyTexts({ store }: Deps, signal?: AbortSignal): Promise<number> {
  const tenants = await store.transaction(
    { system: true },
    (tx) => sql<{ tenant_id: string }>`select distinct tenant_id from api_key_unsigned`.execute(tx),
    { readOnly: true },
  );
  let made = 0;
  for (const { tenant_id: tenantId } of tenants.rows) {
    for (let more = true; more && signal?.aborted !== true; ) {
      const done = await store.transaction({ tenantId }, (tx) => signChanges(tx, tenantId), { byIndex: true });
      made += done.made;
      more = done.more;
    }
  }
  return made;
}

async function signChanges(tx: Tx, tenantId: string): Promise<{ made: number; more: boolean }> {
  // One at a time: whoever read earlier and wrote later would sign texts that have changed, with nothing to tell of it.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`api key signatures ${tenantId}`}, 0))`.execute(tx);
  // Before any text is read: a change that comes later leaves a row that stays.
  const { rows: changes } = await sql<{ key_id: string; organization_id: string | null }>`
    delete from api_key_unsigned where tenant_id = ${tenantId} and ctid = any(array(select ctid from api_key_unsigned
      where tenant_id = ${tenantId} order by key_id limit ${CHANGES_MAX})) returning key_id, organization_id`.execute(
    tx,
  );
  let made = 0;
  let rest = false;
  for (const organizationId of new Set([null, ...changes.map(({ organization_id }) => organization_id)])) {
    if (changes.length === 0) break;
    const series = { tenantId, organizationId };
    const ofSeries = changes.filter((change) => organizationId === null || change.organization_id === organizationId);
    made += await signAnew(
      tx,
      series,
      ofSeries.map(({ key_id }) => key_id),
    );
    const added = await signFurther(tx, series);
    made += added;
    if (added < SIGNATURES_MAX) continue;
    rest = true;
    await sql`insert into api_key_unsigned (tenant_id, key_id, organization_id)
      values (${tenantId}, ${ofSeries[0]?.key_id ?? ''}, ${organizationId})`.execute(tx);
  }
  return { made, more: rest || changes.length === CHANGES_MAX };
}

/** Those under which these keys fall. Each begins where the one before ends. */
async function signAnew(tx: Tx, series: Series, keyIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ after: string; up_to: string }>`
    select distinct signed.after_id as after, signed.last_id as up_to
      from unnest(${keyIds}::text[]) as changed (id) cross join lateral (
        select after_id, last_id from api_key_signatures where ${isOf(series)} and last_id >= changed.id
          order by last_id limit 1) as signed`.execute(tx);
  for (const { after, up_to: upTo } of rows) {
    await keepSignature(tx, series, {
      after,
      upTo,
      texts: await textsOf(tx, series, sql`id > ${after} and id <= ${upTo}`),
    });
  }
  return rows.length;
}

/** As long as more keys follow the last signature than are walked. */
async function signFurther(tx: Tx, series: Series): Promise<number> {
  const { rows } = await sql<{ last_id: string | null }>`
    select max(last_id) as last_id from api_key_signatures where ${isOf(series)}`.execute(tx);
  let after = rows[0]?.last_id ?? '';
  for (let made = 0; made < SIGNATURES_MAX; made += 1) {
    const far = await sql`select id from api_keys where ${keysOf(series)} and id > ${after}
      order by id offset ${WALKED_MAX + SIGNED_TOGETHER - 1} limit 1`.execute(tx);
    if (far.rows.length === 0) return made;
    const texts = await textsOf(tx, series, sql`id > ${after} order by id limit ${SIGNED_TOGETHER}`);
    const upTo = texts.at(-1)?.id ?? after;
    await keepSignature(tx, series, { after, upTo, texts });
    after = upTo;
  }
  return SIGNATURES_MAX;
}

async function textsOf(tx: Tx, series: Series, range: RawBuilder<unknown>): Promise<(SignedText & { id: string })[]> {
  const { rows } = await sql<{ id: string; text: string; ids: string[] }>`
    select id, ${SEARCHED_TEXT} as text, array_remove(array[lower(id), lower(owner_id)], null) as ids
      from api_keys where ${keysOf(series)} and ${range}`.execute(tx);
  return rows;
}

async function keepSignature(
  tx: Tx,
  { tenantId, organizationId }: Series,
  { after, upTo, texts }: { after: string; upTo: string; texts: readonly SignedText[] },
): Promise<void> {
  await sql`insert into api_key_signatures (tenant_id, series, last_id, after_id, organization_id, signature)
    values (${tenantId}, ${organizationId ?? ''}, ${upTo}, ${after}, ${organizationId}, ${signatureOf(texts)})
    on conflict (tenant_id, series, last_id) do update set signature = excluded.signature`.execute(tx);
}

const isOf = ({ tenantId, organizationId }: Series) =>
  sql`tenant_id = ${tenantId} and series = ${organizationId ?? ''}`;

const keysOf = ({ tenantId, organizationId }: Series) =>
  organizationId === null
    ? sql`tenant_id = ${tenantId}`
    : sql`tenant_id = ${tenantId} and organization_id = ${organizationId}`;
