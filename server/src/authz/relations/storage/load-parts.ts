import { sql } from 'kysely';
import type { Tx } from '#store';
import type { PartialGraph, Wanted } from '../graph/partial-graph.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { type TupleRow, toGraphTuple } from './tables.ts';

interface Place {
  tenantId: string;
  storeId: string;
}

/** Names of one statement; more go into the next. */
const NAMES_MAX = 2_000;
/** One more than are looked through for somebody's groups: whoever stops there does not get to the end. */
const TUPLES_OF_ONE_MAX = RELATION_LIMITS.membershipScanMax + 1;

type PartRow = TupleRow & { position: number };

/** Puts what is wanted into the graph. Returns how many tuples that were. */
export async function loadParts(tx: Tx, place: Place, graph: PartialGraph, wanted: Wanted): Promise<number> {
  let loaded = 0;
  for (const edges of portions(wanted.edges)) loaded += put(graph, await readEdges(tx, place, edges));
  for (const usersets of [true, false]) {
    for (const sets of portions(wanted.sets.filter((set) => set.usersets === usersets))) {
      const rows = await readSets(tx, place, sets, usersets);
      for (const cut of cutNames(sets, rows)) graph.markCut(cut);
      loaded += put(graph, rows);
    }
  }
  for (const subjects of portions(wanted.subjects)) {
    const rows = await readSubjects(tx, place, subjects);
    for (const cut of cutNames(subjects, rows)) graph.markCut(cut);
    loaded += put(graph, rows);
  }
  return loaded;
}

function* portions<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < list.length; from += NAMES_MAX) yield list.slice(from, from + NAMES_MAX);
}

function put(graph: PartialGraph, rows: readonly TupleRow[]): number {
  for (const row of rows) graph.put(toGraphTuple(row));
  return rows.length;
}

/** Of which names there may be more tuples than were read. */
function cutNames<T>(names: readonly T[], rows: readonly PartRow[]): T[] {
  const counts = new Map<number, number>();
  for (const { position } of rows) counts.set(Number(position), (counts.get(Number(position)) ?? 0) + 1);
  return names.filter((_, index) => (counts.get(index + 1) ?? 0) >= TUPLES_OF_ONE_MAX);
}

const COLUMNS = sql.raw('t.object_type, t.object_id, t.relation, t.subject, t.condition_name, t.condition_context');

async function readEdges(
  tx: Tx,
  { tenantId, storeId }: Place,
  edges: readonly Wanted['edges'][number][],
): Promise<readonly TupleRow[]> {
  const { rows } = await sql<TupleRow>`
    select ${COLUMNS}
    from unnest(${edges.map(({ type }) => type)}::text[], ${edges.map(({ id }) => id)}::text[],
      ${edges.map(({ relation }) => relation)}::text[], ${edges.map(({ subject }) => subject)}::text[])
      as wanted (object_type, object_id, relation, subject)
    join relation_tuples t using (object_type, object_id, relation, subject)
    where t.tenant_id = ${tenantId} and t.store_id = ${storeId}`.execute(tx);
  return rows;
}

async function readSets(
  tx: Tx,
  { tenantId, storeId }: Place,
  sets: readonly Wanted['sets'][number][],
  usersets: boolean,
): Promise<readonly PartRow[]> {
  const kind = sql.raw(usersets ? "position('#' in t.subject) > 0" : "position('#' in t.subject) = 0");
  const { rows } = await sql<PartRow>`
    select wanted.position, found.*
    from unnest(${sets.map(({ type }) => type)}::text[], ${sets.map(({ id }) => id)}::text[],
      ${sets.map(({ relation }) => relation)}::text[]) with ordinality as wanted (type, id, relation, position)
    cross join lateral (
      select ${COLUMNS} from relation_tuples t
      where t.tenant_id = ${tenantId} and t.store_id = ${storeId} and t.object_type = wanted.type
        and t.object_id = wanted.id and t.relation = wanted.relation and ${kind}
      limit ${TUPLES_OF_ONE_MAX}) found`.execute(tx);
  return rows;
}

async function readSubjects(
  tx: Tx,
  { tenantId, storeId }: Place,
  subjects: readonly string[],
): Promise<readonly PartRow[]> {
  const { rows } = await sql<PartRow>`
    select wanted.position, found.*
    from unnest(${[...subjects]}::text[]) with ordinality as wanted (subject, position)
    cross join lateral (
      select ${COLUMNS} from relation_tuples t
      where t.tenant_id = ${tenantId} and t.store_id = ${storeId} and t.subject = wanted.subject
      limit ${TUPLES_OF_ONE_MAX}) found`.execute(tx);
  return rows;
}
