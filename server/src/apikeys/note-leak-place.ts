import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '#store';
import type { ApiKeyRow } from './api-key.ts';

type LeakPlaceTables = {
  api_key_leak_places: {
    tenant_id: string;
    key_id: string;
    place_hash: string;
    organization_id: string | null;
    reported_at: number;
  };
};

/** More than one report of GitHub's can name. What comes after is taken for new, which is the safe side. */
const PLACES_MAX = 1000;

/**
 * Writes down that a key, which the caller holds, was found at a place. `known`: it was reported there before. `full`: so
 * many places are known that this one was not kept.
 */
export async function noteLeakPlace(
  tx: Tx,
  { tenant_id, id, organization_id }: Pick<ApiKeyRow, 'tenant_id' | 'id' | 'organization_id'>,
  { source, place, now }: { source: string; place: string; now: number },
): Promise<'noted' | 'known' | 'full'> {
  const tables = tx.withTables<LeakPlaceTables>();
  const place_hash = createHash('sha256').update(`${source}\n${place}`).digest('hex');
  const places = () =>
    tables.selectFrom('api_key_leak_places').where('tenant_id', '=', tenant_id).where('key_id', '=', id);
  if ((await places().select('key_id').where('place_hash', '=', place_hash).executeTakeFirst()) !== undefined)
    return 'known';
  const { count } = await places().select(sql<number>`count(*)::int`.as('count')).executeTakeFirstOrThrow();
  if (count >= PLACES_MAX) return 'full';
  await tables
    .insertInto('api_key_leak_places')
    .values({ tenant_id, key_id: id, place_hash, organization_id, reported_at: now })
    .execute();
  return 'noted';
}
