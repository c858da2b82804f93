import { oneAtATime } from '#base';
import type { Keyring } from '#keyring';
import { recordChange, type Store, type Tx } from '#store';
import { type ForeignFormat, foreignDigest, foreignFormatSchema, foreignText, hasShape } from './foreign-format.ts';

type FormatTables = {
  api_key_formats: { tenant_id: string; id: string; sealed: string; created_at: number };
};

const TOPIC = 'api_key_format';
/** Each costs a hash for every text of its shape. */
export const FORMATS_MAX = 8;

const placeOf = (tenantId: string, id: string) => ({
  table: 'api_key_formats',
  column: 'sealed',
  row: `${tenantId}/${id}`,
});

/**
 * The same format has the same id, so that an import that is run again finds its keys. `alike`: the formats of the tenant, itself
 * included, that hash in the same way and differ in the look of their keys alone.
 */
export async function keepFormat(
  tx: Tx,
  { keyring, now }: { keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>; now: number },
  { tenantId, format }: { tenantId: string; format: ForeignFormat },
): Promise<{ id: string; count: number; alike: string[] }> {
  const text = JSON.stringify(foreignFormatSchema.parse(format));
  const id = `fmt_${keyring.mac('api_key_format', `${tenantId} ${text}`).toString('hex').slice(0, 26)}`;
  const db = tx.withTables<FormatTables>();
  const kept = await db
    .insertInto('api_key_formats')
    .values({ tenant_id: tenantId, id, sealed: keyring.seal(text, placeOf(tenantId, id)), created_at: now })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (kept !== undefined) await recordChange(tx, { tenantId, topic: TOPIC, id, operation: 'put' });
  const all = await readFormats(tx, tenantId);
  const alike = all.filter((row) => hashesAlike(openFormat(keyring, row), format));
  return { id, count: all.length, alike: alike.map((row) => row.id) };
}

function hashesAlike(one: ForeignFormat, other: ForeignFormat): boolean {
  return (['algorithm', 'saltBefore', 'saltAfter', 'secret'] as const).every(
    (part) => (one[part] ?? '') === (other[part] ?? ''),
  );
}

/**
 * How keys that came from elsewhere look, in memory: what has no such shape is not hashed, and nothing asks the database.
 * Each tenant's are its own: one text may be a key of several tenants, and what one imports is nothing to another.
 */
export interface ForeignFormats {
  /** By how many of the tenant's formats could this be such a key? */
  fits(tenantId: string, text: string): number;
  /** What the key's stored hash was made of, once for each format of the tenant that it fits, the oldest first. */
  textsOf(tenantId: string, text: string): string[];
  close(): void;
}

export async function openForeignFormats({
  store,
  keyring,
}: {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'open'>;
}): Promise<ForeignFormats> {
  let formats = new Map<string, { id: string; format: ForeignFormat }[]>();
  const inTurn = oneAtATime();
  const load = () =>
    inTurn(async () => {
      const rows = await store.transaction({ system: true }, (tx) => readFormats(tx), { readOnly: true });
      const opened = rows.map((row) => ({ tenantId: row.tenant_id, id: row.id, format: openFormat(keyring, row) }));
      formats = Map.groupBy(opened, ({ tenantId }) => tenantId);
    });
  const fitting = (tenantId: string, text: string) =>
    formats.get(tenantId)?.filter(({ format }) => hasShape(format, text)) ?? [];
  const stops = [store.changes.subscribe([TOPIC], load), store.changes.onResync(load)];
  await load();
  return {
    fits: (tenantId, text) => fitting(tenantId, text).length,
    textsOf: (tenantId, text) =>
      fitting(tenantId, text).map(({ id, format }) => foreignText(tenantId, id, foreignDigest(format, text))),
    close() {
      for (const stop of stops) stop();
    },
  };
}

function readFormats(tx: Tx, tenantId?: string): Promise<FormatTables['api_key_formats'][]> {
  const select = tx.withTables<FormatTables>().selectFrom('api_key_formats').selectAll();
  const some = tenantId === undefined ? select : select.where('tenant_id', '=', tenantId);
  return some.orderBy('created_at').orderBy('id').execute();
}

function openFormat(
  keyring: Pick<Keyring, 'open'>,
  { tenant_id: tenantId, id, sealed }: FormatTables['api_key_formats'],
): ForeignFormat {
  const text = keyring.open(sealed, placeOf(tenantId, id)).toString();
  return foreignFormatSchema.parse(JSON.parse(text));
}
