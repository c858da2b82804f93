import type { TupleGraph } from '../graph/tuple-graph.ts';
import type { TupleRules } from '../validate-tuple.ts';
import { bindModel } from './bind-model.ts';
import { HierarchyCache } from './hierarchy-cache.ts';
import { MembershipCache } from './memberships.ts';
import type { QueryScope } from './query.ts';
import { QuickCheck } from './quick-check.ts';

/** Puts a graph under a model: what questions are answered from. */
export function openQueryScope(graph: TupleGraph, rules: TupleRules): QueryScope {
  const bound = bindModel(graph, rules.model, rules.conditions);
  const memberships = new MembershipCache(graph, bound);
  const hierarchy = new HierarchyCache(graph, bound);
  const quick = graph.isWhole
    ? new QuickCheck({ graph, model: rules.model, bound, memberships, hierarchy })
    : undefined;
  return { ...rules, graph, bound, memberships, hierarchy, quick };
}
