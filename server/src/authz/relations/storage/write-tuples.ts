import { sql } from 'kysely';
import { recordEvent } from '#audit';
import type { Principal } from '#base';
import { recordChange, type Tx } from '#store';
import { relationsErrors } from '../../errors.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { describeTuple, readObject, readSubject, type TupleKey } from '../tuple.ts';
import { demandTuple, type TupleRules } from '../validate-tuple.ts';
import { STORE_TOPIC, type StoragePort } from './stores.ts';
import { type RelationTables, toColumns } from './tables.ts';

export interface WriteTuplesInput {
  tenantId: string;
  storeId: string;
  actor: Principal;
  writes: readonly TupleKey[];
  deletes: readonly TupleKey[];
  /** What to do about a tuple that is there already, or that is not there. */
  onDuplicate?: 'error' | 'ignore' | undefined;
  onMissing?: 'error' | 'ignore' | undefined;
}

/**
 * Deletes and writes tuples, all or none. `rules` are of the model that the tuples to write are held against; tuples to
 * delete need none, so that those of an older model can go.
 * @returns the revision of the store that the change made.
 * @throws `validation_error`, `invalid_write_input`, `write_failed_due_to_invalid_input`, `exceeded_entity_limit`,
 *   `cannot_allow_duplicate_tuples_in_one_request`, `store_id_not_found`
 */
export async function writeTuples(
  deps: StoragePort,
  rules: TupleRules | undefined,
  input: WriteTuplesInput,
): Promise<number> {
  const { tenantId, storeId, actor } = input;
  demandWritable(rules, input);
  return deps.store.transaction({ tenantId }, async (tx) => {
    const revision = await nextRevision(tx, tenantId, storeId);
    const deleted = await deleteTuples(tx, input);
    const written = await insertTuples(tx, input, deps.clock.now());
    const changes = [
      ...deleted.map((key) => ({ operation: 'delete' as const, ...toColumns(key) })),
      ...written.map((key) => ({ operation: 'write' as const, ...toColumns(key) })),
    ].map((change, ordinal) => ({
      tenant_id: tenantId,
      store_id: storeId,
      revision,
      ordinal,
      changed_at: deps.clock.now(),
      ...change,
    }));
    if (changes.length > 0) {
      await tx.withTables<RelationTables>().insertInto('relation_changes').values(changes).execute();
    }
    await recordChange(tx, { tenantId, topic: STORE_TOPIC, id: storeId, operation: 'put' });
    await recordEvent(tx, deps, {
      tenantId,
      type: 'relation_tuples.written',
      actor,
      target: { type: 'relation_store', id: storeId },
      detail: { revision, written: written.length, deleted: deleted.length },
    });
    return revision;
  });
}

/** Locks the store until the end of the transaction: its revisions are committed in their order. */
async function nextRevision(tx: Tx, tenantId: string, storeId: string): Promise<number> {
  const row = await tx
    .withTables<RelationTables>()
    .updateTable('relation_stores')
    .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .where('id', '=', storeId)
    .where('deleted_at', 'is', null)
    .returning('revision')
    .executeTakeFirst();
  if (row === undefined) throw relationsErrors.store_id_not_found();
  return row.revision;
}

function demandWritable(rules: TupleRules | undefined, { writes, deletes }: WriteTuplesInput): void {
  if (writes.length + deletes.length === 0) throw relationsErrors.invalid_write_input();
  if (writes.length + deletes.length > RELATION_LIMITS.tuplesPerWriteMax) {
    throw relationsErrors.exceeded_entity_limit({
      message: `The number of write operations exceeds the allowed limit of ${RELATION_LIMITS.tuplesPerWriteMax}`,
    });
  }
  if (writes.length > 0 && rules === undefined) throw relationsErrors.latest_authorization_model_not_found();
  for (const key of writes) {
    if (rules === undefined) continue;
    demandTuple(rules, key, 'validation_error');
    if (key.user === `${key.object}#${key.relation}`) throw refused(key, 'cannot write a tuple that is implicit');
  }
  for (const key of deletes) {
    if (readSubject(key.user) === undefined) throw refused(key, "the 'user' field is malformed");
    if (readObject(key.object) === undefined) throw refused(key, "invalid 'object' field format");
  }
  const seen = new Set<string>();
  for (const key of [...deletes, ...writes]) {
    const name = describeTuple(key);
    if (seen.has(name)) {
      throw relationsErrors.cannot_allow_duplicate_tuples_in_one_request({
        message: `duplicate tuple in write: ${inWords(key)}`,
      });
    }
    seen.add(name);
  }
}

async function deleteTuples(tx: Tx, { tenantId, storeId, deletes, onMissing }: WriteTuplesInput): Promise<TupleKey[]> {
  if (deletes.length === 0) return [];
  const deleted = await tx
    .withTables<RelationTables>()
    .deleteFrom('relation_tuples')
    .where('tenant_id', '=', tenantId)
    .where('store_id', '=', storeId)
    .where(sql<boolean>`(object_type, object_id, relation, subject) in (${sql.join(deletes.map(toSqlKey))})`)
    .returning(['object_type', 'object_id', 'relation', 'subject'])
    .execute();
  const gone = new Set(deleted.map((row) => `${row.object_type}:${row.object_id}#${row.relation}@${row.subject}`));
  const missing = deletes.find((key) => !gone.has(describeTuple(key)));
  if (missing !== undefined && onMissing !== 'ignore') {
    throw failed(`cannot delete a tuple which does not exist: ${inWords(missing)}`);
  }
  return deletes.filter((key) => gone.has(describeTuple(key)));
}

async function insertTuples(
  tx: Tx,
  { tenantId, storeId, writes, onDuplicate }: WriteTuplesInput,
  now: number,
): Promise<TupleKey[]> {
  if (writes.length === 0) return [];
  const db = tx.withTables<RelationTables>();
  const place = { tenant_id: tenantId, store_id: storeId, written_at: now };
  const inserted = await db
    .insertInto('relation_tuples')
    .values(writes.map((key) => ({ ...place, ...toColumns(key) })))
    .onConflict((conflict) => conflict.doNothing())
    .returning(['object_type', 'object_id', 'relation', 'subject'])
    .execute();
  const made = new Set(inserted.map((row) => `${row.object_type}:${row.object_id}#${row.relation}@${row.subject}`));
  const present = writes.filter((key) => !made.has(describeTuple(key)));
  for (const key of present) {
    if (onDuplicate !== 'ignore') throw failed(`cannot write a tuple which already exists: ${inWords(key)}`);
    const { condition_context, ...columns } = toColumns(key);
    const same = await db
      .selectFrom('relation_tuples')
      .select('subject')
      .where('tenant_id', '=', tenantId)
      .where('store_id', '=', storeId)
      .where(sql<boolean>`(object_type, object_id, relation, subject) in (${toSqlKey(key)})`)
      .where(sql<boolean>`condition_name is not distinct from ${columns.condition_name}`)
      .where(sql<boolean>`condition_context is not distinct from ${condition_context}::jsonb`)
      .executeTakeFirst();
    if (same === undefined) {
      throw failed(`attempted to write a tuple which already exists with a different condition: ${inWords(key)}`);
    }
  }
  return writes.filter((key) => made.has(describeTuple(key)));
}

function toSqlKey(key: TupleKey) {
  const { object_type, object_id, relation, subject } = toColumns(key);
  return sql`(${object_type}, ${object_id}, ${relation}, ${subject})`;
}

function refused(key: TupleKey, reason: string) {
  return relationsErrors.validation_error({ message: `Invalid tuple '${describeTuple(key)}'. Reason: ${reason}` });
}

function failed(message: string) {
  return relationsErrors.write_failed_due_to_invalid_input({ message });
}

function inWords({ user, relation, object }: TupleKey): string {
  return `user: '${user}', relation: '${relation}', object: '${object}'`;
}
