import { GatehouseError } from '#base';
import type { Store, Tx } from '#store';
import { type ApikeysTables, HELD_COLUMNS, type HeldKeyRow } from './api-key.ts';

const PAGE_SIZE = 5_000;
const PAGE_SIZE_MIN = 50;
/** So many pages in a row before a larger one is asked for. */
const QUICK_PAGES = 20;
/** Each try of a page that takes too long leaves the next one less to skip. */
const TRIES_MAX = 8;

/**
 * Hands over every key that has not ended, or not before that time, page by page in the order of the primary key. Each page
 * is a transaction of its own: what changes meanwhile is told by the change feed.
 *
 * After a mass deletion a page may have to pass over millions of dead rows, or of keys that ended long ago, and be given up
 * by the database. It is asked again then, smaller and without leaving out ended keys, which bounds what one statement
 * reads; and dead rows that were passed over once are marked in the index, so that the next try gets further.
 */
export async function readAllKeys(
  { store }: { store: Pick<Store, 'transaction'> },
  endedAfter: number,
  use: (row: HeldKeyRow) => void,
): Promise<void> {
  let after: Pick<HeldKeyRow, 'tenant_id' | 'id'> = { tenant_id: '', id: '' };
  let size = PAGE_SIZE;
  let quick = 0;
  for (let tries = 0; ; ) {
    const page = { after, size, endedAfter: size < PAGE_SIZE ? undefined : endedAfter };
    const rows = await store
      .transaction({ system: true }, (tx) => readPage(tx, page), { readOnly: true })
      .catch((error: unknown) => {
        tries += 1;
        if (!tookTooLong(error) || tries >= TRIES_MAX) throw error;
        return undefined;
      });
    if (rows === undefined) {
      size = Math.max(Math.floor(size / 4), PAGE_SIZE_MIN);
      quick = 0;
      continue;
    }
    for (const row of rows) if (isHeld(row, endedAfter)) use(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    after = last;
    tries = 0;
    quick += 1;
    // A try that fails takes seconds, so more is asked for only after a while, and never again all that the first asked.
    if (size < PAGE_SIZE && quick % QUICK_PAGES === 0) size = Math.min(size * 2, PAGE_SIZE / 2);
  }
}

interface KeyPage {
  after: Pick<HeldKeyRow, 'tenant_id' | 'id'>;
  size: number;
  /** undefined: ended ones too. */
  endedAfter: number | undefined;
}

function readPage(tx: Tx, { after, size, endedAfter }: KeyPage): Promise<HeldKeyRow[]> {
  let select = tx.withTables<ApikeysTables>().selectFrom('api_keys').select(HELD_COLUMNS);
  if (endedAfter !== undefined) {
    select = select.where((by) => by.or([by('revoked_at', 'is', null), by('revoked_at', '>', endedAfter)]));
    select = select.where((by) => by.or([by('expires_at', 'is', null), by('expires_at', '>', endedAfter)]));
  }
  return select
    .where((by) => by(by.refTuple('tenant_id', 'id'), '>', by.tuple(after.tenant_id, after.id)))
    .orderBy('tenant_id')
    .orderBy('id')
    .limit(size)
    .execute();
}

function isHeld({ revoked_at, expires_at }: HeldKeyRow, endedAfter: number): boolean {
  return (revoked_at === null || revoked_at > endedAfter) && (expires_at === null || expires_at > endedAfter);
}

function tookTooLong(error: unknown): boolean {
  return error instanceof GatehouseError && error.code === 'database_timeout';
}
