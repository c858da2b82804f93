import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import type { Keyring } from '#keyring';
import { recordChange, type Store } from '#store';
import { ENCRYPTION_SALT_TOPIC, type EncryptionSaltTables } from './encryption-salts.ts';
import { periodKey, periodOf } from './period-key.ts';

export interface ReplaceEncryptionDeps extends IdSource {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'mac'>;
}

export interface ReplaceEncryptionInput {
  tenantId: string;
  actor: Principal;
  /** So long the former key still reads; 0: it stops at once. */
  overlapSeconds: number;
}

export interface ReplacedEncryption {
  /** Of the key that requests are encrypted to from now on. */
  kid: string;
  /** Milliseconds. */
  replacedAt: number;
  formerReadsUntil: number;
}

const SALT_BYTES = 32;

/**
 * Another key for a tenant's encrypted requests, now, in every process: for one that may have become known. What is drawn
 * here stands in the database alone, so neither a copy of it nor one of the key ring from before tells the new key.
 */
export async function replaceRequestEncryption(
  deps: ReplaceEncryptionDeps,
  { tenantId, actor, overlapSeconds }: ReplaceEncryptionInput,
): Promise<ReplacedEncryption> {
  const { store, clock, random, keyring } = deps;
  const now = clock.now();
  const readsUntil = now + overlapSeconds * 1000;
  const salt = random.bytes(SALT_BYTES).toString('base64url');
  const { kid } = periodKey(keyring, { tenantId, period: periodOf(now), salt });
  await store.transaction({ tenantId }, async (tx) => {
    // First: it holds the tenant's chain, so that of two at a time the second sees what the first did.
    await recordEvent(tx, deps, {
      tenantId,
      type: 'request_encryption_key.replaced',
      actor,
      target: { type: 'request_encryption_key', id: kid },
      detail: { overlap_seconds: overlapSeconds },
    });
    const db = tx.withTables<EncryptionSaltTables>();
    const rows = await db
      .selectFrom('request_encryption_salts')
      .select(['generation', 'reads_until'])
      .where('tenant_id', '=', tenantId)
      .orderBy('generation', 'desc')
      .execute();
    const generation = rows[0]?.generation ?? 0;
    if (rows.length === 0) {
      const first = { tenant_id: tenantId, generation, salt: '', created_at: 0, reads_until: readsUntil };
      await db.insertInto('request_encryption_salts').values(first).execute();
    }
    // None that was to stop sooner reads longer for it; with no overlap all stop.
    await db
      .updateTable('request_encryption_salts')
      .set((row) => ({
        reads_until: row.fn('least', [row.fn.coalesce('reads_until', row.val(readsUntil)), row.val(readsUntil)]),
      }))
      .where('tenant_id', '=', tenantId)
      .execute();
    await db
      .deleteFrom('request_encryption_salts')
      .where('tenant_id', '=', tenantId)
      .where('reads_until', '<=', now)
      .execute();
    await db
      .insertInto('request_encryption_salts')
      .values({ tenant_id: tenantId, generation: generation + 1, salt, created_at: now, reads_until: null })
      .execute();
    await recordChange(tx, { tenantId, topic: ENCRYPTION_SALT_TOPIC, id: kid, operation: 'put' });
  });
  await store.changes.caughtUp();
  return { kid, replacedAt: now, formerReadsUntil: readsUntil };
}
