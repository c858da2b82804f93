import type { ColumnType } from 'kysely';
import type { JsonObject, JsonValue } from '#audit';
import type { GraphTuple } from '../graph/tuple-graph.ts';
import { readSubject, type TupleCondition, type TupleKey } from '../tuple.ts';

/** JSON is read parsed and written as text: the driver would take a JavaScript array for one of PostgreSQL's. */
type Json<T> = ColumnType<T, string, string>;

export type RelationTables = {
  relation_stores: StoreRow;
  relation_models: {
    tenant_id: string;
    store_id: string;
    position: number;
    id: string;
    model: string;
    created_at: number;
  };
  relation_tuples: TupleColumns & { tenant_id: string; store_id: string; written_at: number };
  relation_changes: TupleColumns & {
    tenant_id: string;
    store_id: string;
    revision: number;
    ordinal: number;
    operation: 'write' | 'delete';
    changed_at: number;
  };
  relation_assertions: { tenant_id: string; store_id: string; model_id: string; assertions: Json<JsonValue[]> };
};

export type StoreRow = {
  tenant_id: string;
  id: string;
  name: string;
  revision: number;
  model_count: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
};

export type TupleColumns = {
  object_type: string;
  object_id: string;
  relation: string;
  subject: string;
  condition_name: string | null;
  condition_context: Json<JsonObject | null> | null;
};

/** What a query of {@link TupleColumns} gives. */
export interface TupleRow {
  object_type: string;
  object_id: string;
  relation: string;
  subject: string;
  condition_name: string | null;
  condition_context: JsonObject | null;
}

export const TUPLE_COLUMNS = [
  'object_type',
  'object_id',
  'relation',
  'subject',
  'condition_name',
  'condition_context',
] as const;

export function toTupleKey(row: TupleRow): TupleKey {
  const condition = conditionOf(row);
  return {
    user: row.subject,
    relation: row.relation,
    object: `${row.object_type}:${row.object_id}`,
    ...(condition === undefined ? {} : { condition }),
  };
}

export function toGraphTuple(row: TupleRow): GraphTuple {
  const subject = readSubject(row.subject) ?? { type: '', id: row.subject };
  return { type: row.object_type, id: row.object_id, relation: row.relation, subject, condition: conditionOf(row) };
}

function conditionOf({ condition_name, condition_context }: TupleRow): TupleCondition | undefined {
  if (condition_name === null) return undefined;
  return { name: condition_name, ...(condition_context === null ? {} : { context: condition_context }) };
}

export function toColumns({ user, relation, object, condition }: TupleKey) {
  const colon = object.indexOf(':');
  return {
    object_type: object.slice(0, colon),
    object_id: object.slice(colon + 1),
    relation,
    subject: user,
    condition_name: condition?.name ?? null,
    condition_context: condition?.context === undefined ? null : JSON.stringify(condition.context),
  };
}
