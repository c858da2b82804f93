import { GatehouseError } from '#base';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import { type FactPlace, nameOf } from '../facts/tenant-facts.ts';
import { collect } from '../relations/evaluate/collect.ts';
import { usersOf } from '../relations/evaluate/list-users.ts';
import { describeNode } from '../relations/graph/graph-view.ts';
import { WILDCARD } from '../relations/tuple.ts';

/** Who or what comes into question because relationships name it. Each is decided about afterwards. */
export interface Candidates {
  ids: ReadonlySet<string>;
  /** False when there were too many to look at, or not all can be told. */
  complete: boolean;
}

const CANDIDATES_MAX = 10_000;
/** Objects of all types that are looked through. */
const NODES_MAX = 200_000;
const NONE: Candidates = { ids: new Set(), complete: true };

/** Whoever has one of the relations to the resource. Everybody (`user:*`) can't be told one by one. */
export function relatedSubjects(
  places: ReadonlyMap<string, FactPlace>,
  subjectType: string,
  relations: ReadonlySet<string>,
  resource: { type: string; id: string },
): Candidates {
  const object = places.get(resource.type);
  const subject = places.get(subjectType);
  const scope = object?.scope();
  if (object === undefined || subject?.source !== object.source || relations.size === 0) return NONE;
  if (scope === undefined) return { ids: new Set(), complete: false };
  const ids = new Set<string>();
  let complete = true;
  for (const relation of relations) {
    if (scope.model.types.get(object.type)?.has(relation) !== true) continue;
    try {
      const name = nameOf(object.type, resource.id);
      const users = usersOf(scope, { object: name, relation, filter: { type: subject.type } });
      const found = collect(users, CANDIDATES_MAX);
      complete &&= found.complete && found.items.every(({ id }) => id !== WILDCARD);
      for (const { id } of found.items) if (id !== WILDCARD) ids.add(id);
    } catch (cause) {
      if (!(cause instanceof GatehouseError) && !(cause instanceof EvaluationFailure)) throw cause;
      complete = false;
    }
  }
  return { ids, complete };
}

/** Every object of the type that some tuple names. */
export function relatedObjects(places: ReadonlyMap<string, FactPlace>, resourceType: string): Candidates {
  const place = places.get(resourceType);
  const scope = place?.scope();
  if (place === undefined) return NONE;
  if (scope === undefined) return { ids: new Set(), complete: false };
  const { graph } = scope;
  const type = graph.types.find(place.type);
  const ids = new Set<string>();
  let seen = 0;
  for (const node of graph.nodes()) {
    seen += 1;
    if (ids.size >= CANDIDATES_MAX || seen > NODES_MAX) return { ids, complete: false };
    if (graph.typeOf(node) !== type) continue;
    const id = describeNode(graph, node).slice(place.type.length + 1);
    if (id !== WILDCARD) ids.add(id);
  }
  return { ids, complete: true };
}
