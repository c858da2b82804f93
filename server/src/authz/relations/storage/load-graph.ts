import { sql } from 'kysely';
import type { Store, Tx } from '#store';
import { TupleGraph } from '../graph/tuple-graph.ts';
import { findStore } from './stores.ts';
import { type RelationTables, TUPLE_COLUMNS, toGraphTuple } from './tables.ts';

/** A graph, and the revision of the store whose state it is. */
export interface LoadedGraph {
  graph: TupleGraph;
  revision: number;
  /** How many models the store has: tells that there is a newer one. */
  modelCount: number;
}

/** Rows that are put into the graph in one go: some milliseconds, between which the process does other things. */
const PAGE = 5_000;

/** Reads all tuples of a store in one snapshot, unless they are too many. Undefined when there is no such store. */
export function loadGraph(
  { store, tuplesMax }: { store: Pick<Store, 'transaction'>; tuplesMax: number },
  place: { tenantId: string; storeId: string },
): Promise<LoadedGraph | 'too large' | undefined> {
  const { tenantId, storeId } = place;
  return store.transaction(
    { tenantId },
    async (tx) => {
      const row = await findStore(tx, tenantId, storeId);
      if (row === undefined) return undefined;
      if (await hasMoreTuples(tx, place, tuplesMax)) return 'too large';
      const graph = new TupleGraph();
      for (let after: readonly string[] | undefined = []; after !== undefined; ) {
        after = await loadPage(tx, place, graph, after);
      }
      return { graph, revision: row.revision, modelCount: row.model_count };
    },
    { readOnly: true, isolation: 'repeatable read' },
  );
}

/** Counts no further than it must. */
async function hasMoreTuples(
  tx: Tx,
  { tenantId, storeId }: { tenantId: string; storeId: string },
  tuplesMax: number,
): Promise<boolean> {
  const { rows } = await sql`select 1 from relation_tuples where tenant_id = ${tenantId} and store_id = ${storeId}
    offset ${tuplesMax} limit 1`.execute(tx);
  return rows.length > 0;
}

/** Puts one page into the graph; returns where the next one begins, undefined after the last. */
async function loadPage(
  tx: Tx,
  { tenantId, storeId }: { tenantId: string; storeId: string },
  graph: TupleGraph,
  after: readonly string[],
): Promise<readonly string[] | undefined> {
  const all = tx
    .withTables<RelationTables>()
    .selectFrom('relation_tuples')
    .select(TUPLE_COLUMNS)
    .where('tenant_id', '=', tenantId)
    .where('store_id', '=', storeId);
  const rest =
    after.length === 0
      ? all
      : all.where(sql<boolean>`(object_type, object_id, relation, subject) > (${sql.join(after)})`);
  const sorted = rest.orderBy('object_type').orderBy('object_id').orderBy('relation').orderBy('subject');
  const rows = await sorted.limit(PAGE).execute();
  for (const row of rows) graph.put(toGraphTuple(row));
  const last = rows.length < PAGE ? undefined : rows.at(-1);
  return last === undefined ? undefined : [last.object_type, last.object_id, last.relation, last.subject];
}

export type CaughtUp =
  | { kind: 'current'; revision: number; modelCount: number }
  /** So far behind that loading everything anew is cheaper. */
  | { kind: 'behind' }
  | { kind: 'gone' };

/** Brings a graph to the newest state of its store by the changes after its revision, all in one go. */
export async function catchUpGraph(
  { store }: { store: Pick<Store, 'transaction'> },
  place: { tenantId: string; storeId: string },
  { graph, revision }: LoadedGraph,
): Promise<CaughtUp> {
  const { tenantId, storeId } = place;
  const found = await store.transaction(
    { tenantId },
    async (tx) => {
      const row = await findStore(tx, tenantId, storeId);
      if (row === undefined || row.revision - revision > REVISIONS_MAX) return { row, changes: [] };
      return { row, changes: row.revision === revision ? [] : await changesAfter(tx, place, revision, row.revision) };
    },
    { readOnly: true, isolation: 'repeatable read' },
  );
  const { row, changes } = found;
  if (row === undefined) return { kind: 'gone' };
  if (row.revision - revision > REVISIONS_MAX) return { kind: 'behind' };
  // Only now: work inside the transaction may run twice, and what was taken away must not come back for a moment.
  for (const change of changes) {
    if (change.operation === 'write') graph.put(toGraphTuple(change));
    else graph.remove(toGraphTuple(change));
  }
  return { kind: 'current', revision: row.revision, modelCount: row.model_count };
}

/** Of at most a hundred changes each: up to a million, which are put in place within a second. */
const REVISIONS_MAX = 10_000;

function changesAfter(tx: Tx, { tenantId, storeId }: { tenantId: string; storeId: string }, from: number, to: number) {
  return tx
    .withTables<RelationTables>()
    .selectFrom('relation_changes')
    .select([...TUPLE_COLUMNS, 'operation'])
    .where('tenant_id', '=', tenantId)
    .where('store_id', '=', storeId)
    .where('revision', '>', from)
    .where('revision', '<=', to)
    .orderBy('revision')
    .orderBy('ordinal')
    .execute();
}
