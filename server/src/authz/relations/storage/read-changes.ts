import { sql } from 'kysely';
import type { Store } from '#store';
import { relationsErrors } from '../../errors.ts';
import { RELATION_LIMITS } from '../limits.ts';
import type { TupleKey } from '../tuple.ts';
import { readPageToken, writePageToken } from './page-token.ts';
import { type RelationTables, TUPLE_COLUMNS, toTupleKey } from './tables.ts';

export interface ReadChangesInput {
  tenantId: string;
  storeId: string;
  /** Only changes of objects of this type. */
  type?: string | undefined;
  /** Milliseconds since the epoch. Not looked at when there is a token. */
  from?: number | undefined;
  pageSize?: number | undefined;
  continuationToken?: string | undefined;
}

export interface TupleChange {
  key: TupleKey;
  operation: 'write' | 'delete';
  changedAt: number;
}

/**
 * What was written and deleted, oldest first. The token is good for asking later what has changed since.
 * @throws `invalid_continuation_token`, `query_string_type_continuation_token_mismatch`
 */
export async function readChanges(
  { store }: { store: Pick<Store, 'transaction'> },
  {
    tenantId,
    storeId,
    type = '',
    from,
    pageSize = RELATION_LIMITS.pageSizeDefault,
    continuationToken,
  }: ReadChangesInput,
): Promise<{ changes: TupleChange[]; continuationToken: string }> {
  const after = continuationToken === undefined ? undefined : readPageToken(continuationToken, FORM);
  if (after !== undefined && after[2] !== type) throw relationsErrors.query_string_type_continuation_token_mismatch();
  const rows = await store.transaction(
    { tenantId },
    (tx) => {
      let query = tx
        .withTables<RelationTables>()
        .selectFrom('relation_changes')
        .select([...TUPLE_COLUMNS, 'operation', 'changed_at', 'revision', 'ordinal'])
        .where('tenant_id', '=', tenantId)
        .where('store_id', '=', storeId);
      if (type !== '') query = query.where('object_type', '=', type);
      if (after !== undefined) query = query.where(sql<boolean>`(revision, ordinal) > (${after[0]}, ${after[1]})`);
      else if (from !== undefined) query = query.where('changed_at', '>=', from);
      return query.orderBy('revision').orderBy('ordinal').limit(pageSize).execute();
    },
    { readOnly: true },
  );
  const last = rows.at(-1);
  return {
    changes: rows.map((row) => ({ key: toTupleKey(row), operation: row.operation, changedAt: row.changed_at })),
    continuationToken:
      last === undefined ? (continuationToken ?? '') : writePageToken([last.revision, last.ordinal, type]),
  };
}

const FORM = ['number', 'number', 'string'] as const;
