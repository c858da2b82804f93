import { recordEvent } from '#audit';
import type { Principal } from '#base';
import { recordChange, type Store, type Tx } from '#store';
import { relationsErrors } from '../../errors.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { compileModel } from '../model/compile-model.ts';
import type { AuthorizationModelJson } from '../model/model-json.ts';
import { isUlid, newUlid } from '../ulid.ts';
import { readPageToken, writePageToken } from './page-token.ts';
import { STORE_TOPIC, type StoragePort } from './stores.ts';
import type { RelationTables } from './tables.ts';

export type StoredModel = { id: string } & AuthorizationModelJson;

interface Place {
  tenantId: string;
  storeId: string;
}

/**
 * Adds a model to a store; models are never changed. The newest is the one that is used when a request names none.
 * @throws `invalid_authorization_model` and the others of `compileModel`, `store_id_not_found`
 */
export async function writeModel(
  deps: StoragePort,
  { tenantId, storeId, actor, model: input }: Place & { actor: Principal; model: unknown },
): Promise<string> {
  const { model } = await compileModel(input);
  const text = JSON.stringify(model.json);
  if (Buffer.byteLength(text) > RELATION_LIMITS.modelBytesMax) {
    throw relationsErrors.exceeded_entity_limit({
      message: `The authorization model is larger than ${RELATION_LIMITS.modelBytesMax} bytes.`,
    });
  }
  const id = newUlid(deps);
  await deps.store.transaction({ tenantId }, async (tx) => {
    const db = tx.withTables<RelationTables>();
    const counted = await db
      .updateTable('relation_stores')
      .set(({ eb }) => ({ model_count: eb('model_count', '+', 1), updated_at: deps.clock.now() }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', storeId)
      .where('deleted_at', 'is', null)
      .returning('model_count')
      .executeTakeFirst();
    if (counted === undefined) throw relationsErrors.store_id_not_found();
    const place = { tenant_id: tenantId, store_id: storeId, position: counted.model_count };
    await db
      .insertInto('relation_models')
      .values({ ...place, id, model: text, created_at: deps.clock.now() })
      .execute();
    await recordChange(tx, { tenantId, topic: STORE_TOPIC, id: storeId, operation: 'put' });
    await recordEvent(tx, deps, {
      tenantId,
      type: 'relation_model.written',
      actor,
      target: { type: 'relation_store', id: storeId },
      detail: { model: id, schemaVersion: model.schemaVersion, types: [...model.types.keys()] },
    });
  });
  return id;
}

/** @throws `authorization_model_not_found` */
export async function getModel(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId, storeId, id }: Place & { id: string },
): Promise<StoredModel> {
  const read = (tx: Tx) => findModel(tx, { tenantId, storeId, id });
  const model = isUlid(id) ? await store.transaction({ tenantId }, read, { readOnly: true }) : undefined;
  if (model === undefined) throw modelNotFound(id);
  return model;
}

export function modelNotFound(id: string) {
  return relationsErrors.authorization_model_not_found({ message: `Authorization Model '${id}' not found` });
}

/** Without an id: the newest. */
export async function findModel(
  tx: Tx,
  { tenantId, storeId, id }: Place & { id?: string | undefined },
): Promise<StoredModel | undefined> {
  const all = tx
    .withTables<RelationTables>()
    .selectFrom('relation_models')
    .select(['id', 'model'])
    .where('tenant_id', '=', tenantId)
    .where('store_id', '=', storeId);
  const chosen = id === undefined ? all.orderBy('position', 'desc').limit(1) : all.where('id', '=', id);
  const row = await chosen.executeTakeFirst();
  return row === undefined ? undefined : { id: row.id, ...JSON.parse(row.model) };
}

export interface ListModelsInput extends Place {
  pageSize?: number | undefined;
  continuationToken?: string | undefined;
}

/** The newest first. */
export async function listModels(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId, storeId, pageSize = RELATION_LIMITS.pageSizeDefault, continuationToken }: ListModelsInput,
): Promise<{ models: StoredModel[]; continuationToken: string }> {
  const [before] = continuationToken === undefined ? [] : readPageToken(continuationToken, ['number']);
  const rows = await store.transaction(
    { tenantId },
    (tx) => {
      const all = tx
        .withTables<RelationTables>()
        .selectFrom('relation_models')
        .select(['id', 'model', 'position'])
        .where('tenant_id', '=', tenantId)
        .where('store_id', '=', storeId);
      const older = before === undefined ? all : all.where('position', '<', Number(before));
      return older
        .orderBy('position', 'desc')
        .limit(pageSize + 1)
        .execute();
    },
    { readOnly: true },
  );
  const page = rows.slice(0, pageSize);
  const last = rows.length > pageSize ? page.at(-1) : undefined;
  return {
    models: page.map(({ id, model }) => ({ id, ...JSON.parse(model) })),
    continuationToken: last === undefined ? '' : writePageToken([last.position]),
  };
}
