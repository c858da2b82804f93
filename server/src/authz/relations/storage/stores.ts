import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import { recordChange, type Store, type Tx } from '#store';
import { relationsErrors } from '../../errors.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { newUlid } from '../ulid.ts';
import { readPageToken, writePageToken } from './page-token.ts';
import type { RelationTables, StoreRow } from './tables.ts';

/** Change topic of everything in a store: its tuples, its models, its end. The change's id is the store's. */
export const STORE_TOPIC = 'relation_store';

export interface StoragePort extends IdSource {
  store: Pick<Store, 'transaction'>;
}

/** A world of its own: models and tuples. */
export interface RelationStore {
  id: string;
  name: string;
  createdAt: number;
  updatedAt: number;
}

export async function createRelationStore(
  deps: StoragePort,
  { tenantId, actor, name }: { tenantId: string; actor: Principal; name: string },
): Promise<RelationStore> {
  const now = deps.clock.now();
  const row: StoreRow = {
    tenant_id: tenantId,
    id: newUlid(deps),
    name,
    revision: 0,
    model_count: 0,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  };
  await deps.store.transaction({ tenantId }, async (tx) => {
    await tx.withTables<RelationTables>().insertInto('relation_stores').values(row).execute();
    const target = { type: 'relation_store', id: row.id, name };
    await recordEvent(tx, deps, { tenantId, type: 'relation_store.created', actor, target });
  });
  return toStore(row);
}

/** @throws `store_id_not_found` */
export async function getRelationStore(
  { store }: Pick<StoragePort, 'store'>,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<RelationStore> {
  const find = (tx: Tx) => findStore(tx, tenantId, id);
  const row = await store.transaction({ tenantId }, find, { readOnly: true });
  if (row === undefined) throw relationsErrors.store_id_not_found();
  return toStore(row);
}

export interface ListStoresInput {
  tenantId: string;
  name?: string | undefined;
  pageSize?: number | undefined;
  continuationToken?: string | undefined;
}

/** By id, which is by age. */
export async function listRelationStores(
  { store }: Pick<StoragePort, 'store'>,
  { tenantId, name, pageSize = RELATION_LIMITS.pageSizeDefault, continuationToken }: ListStoresInput,
): Promise<{ stores: RelationStore[]; continuationToken: string }> {
  const [after = ''] = continuationToken === undefined ? [] : readPageToken(continuationToken, ['string']);
  const rows = await store.transaction(
    { tenantId },
    (tx) => {
      const all = tx.withTables<RelationTables>().selectFrom('relation_stores').selectAll();
      const live = all
        .where('tenant_id', '=', tenantId)
        .where('deleted_at', 'is', null)
        .where('id', '>', String(after));
      const named = name === undefined ? live : live.where('name', '=', name);
      return named
        .orderBy('id')
        .limit(pageSize + 1)
        .execute();
    },
    { readOnly: true },
  );
  const page = rows.slice(0, pageSize);
  const last = rows.length > pageSize ? page.at(-1) : undefined;
  return { stores: page.map(toStore), continuationToken: last === undefined ? '' : writePageToken([last.id]) };
}

/** Ends a store: from now on nobody finds it. What is in it is removed later, bit by bit: see `purgeDeletedStores`. */
export async function deleteRelationStore(
  deps: StoragePort,
  { tenantId, actor, id }: { tenantId: string; actor: Principal; id: string },
): Promise<void> {
  await deps.store.transaction({ tenantId }, async (tx) => {
    const ended = await tx
      .withTables<RelationTables>()
      .updateTable('relation_stores')
      .set({ deleted_at: deps.clock.now() })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .returning('name')
      .executeTakeFirst();
    if (ended === undefined) throw relationsErrors.store_id_not_found();
    const target = { type: 'relation_store', id, name: ended.name };
    await recordChange(tx, { tenantId, topic: STORE_TOPIC, id, operation: 'delete' });
    await recordEvent(tx, deps, { tenantId, type: 'relation_store.deleted', actor, target });
  });
}

export function findStore(tx: Tx, tenantId: string, id: string): Promise<StoreRow | undefined> {
  return tx
    .withTables<RelationTables>()
    .selectFrom('relation_stores')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

function toStore({ id, name, created_at, updated_at }: StoreRow): RelationStore {
  return { id, name, createdAt: created_at, updatedAt: updated_at };
}
