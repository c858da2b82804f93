import { bindModel } from './evaluate/bind-model.ts';
import { MembershipCache } from './evaluate/memberships.ts';
import type { QueryScope } from './evaluate/query.ts';
import { TupleGraph } from './graph/tuple-graph.ts';
import { compileModel } from './model/compile-model.ts';
import { readDsl } from './model/read-dsl.ts';
import type { TupleKey } from './tuple.ts';
import { demandTuple, type TupleRules } from './validate-tuple.ts';

/** A graph with these tuples, under these rules; no database. */
export function openScope(rules: TupleRules, tuples: readonly TupleKey[], graph = new TupleGraph()): QueryScope {
  const bound = bindModel(graph, rules.model, rules.conditions);
  for (const key of tuples) putTuple(graph, rules, key);
  return { ...rules, graph, bound, memberships: new MembershipCache(graph, bound) };
}

export async function openDslScope(dsl: string, tuples: readonly TupleKey[]): Promise<QueryScope> {
  return openScope(await compileModel(await readDsl(dsl)), tuples);
}

export function putTuple(graph: TupleGraph, rules: TupleRules, key: TupleKey): void {
  const { object, subject } = demandTuple(rules, key, 'validation_error');
  graph.put({ ...object, relation: key.relation, subject, condition: key.condition });
}

/** `document:1#viewer@user:anne` as a tuple. */
export function tuple(text: string): TupleKey {
  const [left = '', user = ''] = text.split('@');
  const [object = '', relation = ''] = left.split('#');
  return { object, relation, user };
}
