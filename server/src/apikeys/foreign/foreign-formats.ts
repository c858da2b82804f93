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

/** The same format has the same id, so that an import that is run again finds its keys. */
export async function keepFormat(
  tx: Tx,
  { keyring, now }: { keyring: Pick<Keyring, 'mac' | 'seal'>; now: number },
  { tenantId, format }: { tenantId: string; format: ForeignFormat },
): Promise<{ id: string; count: number }> {
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
  const { count } = await db
    .selectFrom('api_key_formats')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return { id, count: Number(count) };
}

/** How keys that came from elsewhere look, in memory: what has no such shape is not hashed, and nothing asks the database. */
export interface ForeignFormats {
  /** Could this be such a key? */
  takes(text: string): boolean;
  /** What the key's stored hash was made of, once for each format that it fits. */
  textsOf(text: string): string[];
  close(): void;
}

export async function openForeignFormats({
  store,
  keyring,
}: {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'open'>;
}): Promise<ForeignFormats> {
  let formats: { tenantId: string; id: string; format: ForeignFormat }[] = [];
  const inTurn = oneAtATime();
  const load = () =>
    inTurn(async () => {
      const rows = await store.transaction(
        { system: true },
        (tx) => tx.withTables<FormatTables>().selectFrom('api_key_formats').selectAll().execute(),
        { readOnly: true },
      );
      formats = rows.map(({ tenant_id: tenantId, id, sealed }) => {
        const text = keyring.open(sealed, placeOf(tenantId, id)).toString();
        return { tenantId, id, format: foreignFormatSchema.parse(JSON.parse(text)) };
      });
    });
  const stops = [store.changes.subscribe([TOPIC], load), store.changes.onResync(load)];
  await load();
  return {
    takes: (text) => formats.some(({ format }) => hasShape(format, text)),
    textsOf: (text) =>
      formats
        .filter(({ format }) => hasShape(format, text))
        .map(({ tenantId, id, format }) => foreignText(tenantId, id, foreignDigest(format, text))),
    close() {
      for (const stop of stops) stop();
    },
  };
}
