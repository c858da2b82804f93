import { openQueryScope } from './evaluate/open-scope.ts';
import type { QueryScope } from './evaluate/query.ts';
import { TupleGraph } from './graph/tuple-graph.ts';
import { compileModel } from './model/compile-model.ts';
import { readDsl } from './model/read-dsl.ts';
import type { TupleKey } from './tuple.ts';
import { demandTuple, type TupleRules } from './validate-tuple.ts';

/** A graph with these tuples, under these rules; no database. */
export function openScope(rules: TupleRules, tuples: readonly TupleKey[], graph = new TupleGraph()): QueryScope {
  for (const key of tuples) changeTuple(graph, rules, key, false);
  return openQueryScope(graph, rules);
}

export async function openDslScope(dsl: string, tuples: readonly TupleKey[]): Promise<QueryScope> {
  return openScope(await compileModel(await readDsl(dsl)), tuples);
}

export function changeTuple(graph: TupleGraph, rules: TupleRules, key: TupleKey, remove: boolean): void {
  const { object, subject } = demandTuple(rules, key, 'validation_error');
  const change = { ...object, relation: key.relation, subject, condition: key.condition };
  if (remove) graph.remove(change);
  else graph.put(change);
}

/** `document:1#viewer@user:anne` as a tuple. */
export function tuple(text: string): TupleKey {
  const [left = '', user = ''] = text.split('@');
  const [object = '', relation = ''] = left.split('#');
  return { object, relation, user };
}
