import { type JsonObject, type JsonValue, recordEvent } from '#audit';
import type { Principal } from '#base';
import type { Store, Tx } from '#store';
import { relationsErrors } from '../../errors.ts';
import { RELATION_LIMITS } from '../limits.ts';
import type { TupleKey } from '../tuple.ts';
import { demandQuestion, demandTuple, type TupleRules } from '../validate-tuple.ts';
import type { StoragePort } from './stores.ts';
import type { RelationTables } from './tables.ts';

/** What a check should answer under a model: kept with it, for tools that test models. */
export interface Assertion {
  key: TupleKey;
  expectation: boolean;
  contextualTuples: readonly TupleKey[];
  context?: JsonObject | undefined;
}

interface Place {
  tenantId: string;
  storeId: string;
  modelId: string;
}

/**
 * Replaces the assertions of a model.
 * @throws `validation_error`, `invalid_tuple`, `exceeded_entity_limit`
 */
export async function writeAssertions(
  deps: StoragePort,
  rules: TupleRules,
  { tenantId, storeId, modelId, actor, assertions }: Place & { actor: Principal; assertions: readonly Assertion[] },
): Promise<void> {
  if (assertions.length > RELATION_LIMITS.assertionsMax) {
    throw relationsErrors.exceeded_entity_limit({ message: `At most ${RELATION_LIMITS.assertionsMax} assertions.` });
  }
  for (const { key, contextualTuples } of assertions) {
    demandQuestion(rules.model, key);
    for (const each of contextualTuples) demandTuple(rules, each, 'invalid_tuple');
  }
  const row = { tenant_id: tenantId, store_id: storeId, model_id: modelId, assertions: JSON.stringify(assertions) };
  await deps.store.transaction({ tenantId }, async (tx) => {
    await tx
      .withTables<RelationTables>()
      .insertInto('relation_assertions')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'store_id', 'model_id']).doUpdateSet({ assertions: row.assertions }),
      )
      .execute();
    await recordEvent(tx, deps, {
      tenantId,
      type: 'relation_assertions.written',
      actor,
      target: { type: 'relation_store', id: storeId },
      detail: { model: modelId, count: assertions.length },
    });
  });
}

export async function readAssertions(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId, storeId, modelId }: Place,
): Promise<Assertion[]> {
  const read = (tx: Tx) =>
    tx
      .withTables<RelationTables>()
      .selectFrom('relation_assertions')
      .select('assertions')
      .where('tenant_id', '=', tenantId)
      .where('store_id', '=', storeId)
      .where('model_id', '=', modelId)
      .executeTakeFirst();
  const row = await store.transaction({ tenantId }, read, { readOnly: true });
  const stored: readonly JsonValue[] = row?.assertions ?? [];
  return stored as unknown as Assertion[];
}
