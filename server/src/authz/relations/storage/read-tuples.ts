import { sql } from 'kysely';
import type { Store } from '#store';
import { relationsErrors } from '../../errors.ts';
import { RELATION_LIMITS } from '../limits.ts';
import type { TupleKey } from '../tuple.ts';
import { readPageToken, writePageToken } from './page-token.ts';
import { type RelationTables, TUPLE_COLUMNS, toTupleKey } from './tables.ts';

export interface ReadTuplesInput {
  tenantId: string;
  storeId: string;
  /** `object` may be a type alone (`document:`) when there is a user. Nothing at all stands for every tuple. */
  filter: { user?: string | undefined; relation?: string | undefined; object?: string | undefined };
  pageSize?: number | undefined;
  continuationToken?: string | undefined;
}

export interface StoredTuple {
  key: TupleKey;
  /** Milliseconds since the epoch. */
  writtenAt: number;
}

/**
 * Tuples as they are stored, whatever any model says of them, from the database.
 * @throws `validation_error`, `invalid_continuation_token`
 */
export async function readTuples(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId, storeId, filter, pageSize = RELATION_LIMITS.pageSizeDefault, continuationToken }: ReadTuplesInput,
): Promise<{ tuples: StoredTuple[]; continuationToken: string }> {
  const { type, id } = readFilter(filter);
  const after = continuationToken === undefined ? undefined : readPageToken(continuationToken, FORM);
  const rows = await store.transaction(
    { tenantId },
    (tx) => {
      let query = tx
        .withTables<RelationTables>()
        .selectFrom('relation_tuples')
        .select([...TUPLE_COLUMNS, 'written_at'])
        .where('tenant_id', '=', tenantId)
        .where('store_id', '=', storeId);
      if (type !== undefined) query = query.where('object_type', '=', type);
      if (id !== undefined) query = query.where('object_id', '=', id);
      if (filter.relation !== undefined) query = query.where('relation', '=', filter.relation);
      if (filter.user !== undefined) query = query.where('subject', '=', filter.user);
      if (after !== undefined) {
        query = query.where(sql<boolean>`(object_type, object_id, relation, subject) > (${sql.join(after)})`);
      }
      const sorted = query.orderBy('object_type').orderBy('object_id').orderBy('relation').orderBy('subject');
      return sorted.limit(pageSize + 1).execute();
    },
    { readOnly: true },
  );
  const page = rows.slice(0, pageSize);
  const last = rows.length > pageSize ? page.at(-1) : undefined;
  return {
    tuples: page.map((row) => ({ key: toTupleKey(row), writtenAt: row.written_at })),
    continuationToken:
      last === undefined ? '' : writePageToken([last.object_type, last.object_id, last.relation, last.subject]),
  };
}

const FORM = ['string', 'string', 'string', 'string'] as const;

function readFilter({ user, relation, object }: ReadTuplesInput['filter']): { type?: string; id?: string } {
  if (user === undefined && relation === undefined && object === undefined) return {};
  const colon = object?.indexOf(':') ?? -1;
  const type = object?.slice(0, colon) ?? '';
  const id = object?.slice(colon + 1) ?? '';
  if (colon < 1 || (id === '' && user === undefined)) {
    throw relationsErrors.validation_error({
      message:
        "the 'tuple_key' field was provided but the object type field is required and both the object id and user cannot be empty",
    });
  }
  return { type, ...(id === '' ? {} : { id }) };
}
