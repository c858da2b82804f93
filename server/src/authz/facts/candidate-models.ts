import { openQueryScope } from '../relations/evaluate/open-scope.ts';
import type { QueryScope } from '../relations/evaluate/query.ts';
import type { TupleGraph } from '../relations/graph/tuple-graph.ts';
import { compileModel } from '../relations/model/compile-model.ts';
import { readDsl } from '../relations/model/read-dsl.ts';
import type { FactPlace } from './tenant-facts.ts';

/**
 * The relationships of now under other models: what policies would see if these were in force. The tuples stay as they
 * are; those that a candidate does not allow do not count under it.
 * @param models by the name of the fact source; as JSON, or as text in the OpenFGA language
 * @throws `invalid_authorization_model` and the others of `compileModel`
 */
export async function placesUnderModels(
  places: ReadonlyMap<string, FactPlace>,
  models: ReadonlyMap<string, unknown>,
): Promise<ReadonlyMap<string, FactPlace>> {
  const scopes = new Map<string, (graph: TupleGraph) => QueryScope>();
  for (const [source, model] of models) {
    const rules = await compileModel(typeof model === 'string' ? await readDsl(model) : model);
    let last: QueryScope | undefined;
    scopes.set(source, (graph) => {
      if (last?.graph !== graph) last = openQueryScope(graph, rules);
      return last;
    });
  }
  const under = (place: FactPlace): FactPlace => {
    const open = scopes.get(place.source);
    if (open === undefined) return place;
    return {
      ...place,
      scope: () => {
        const present = place.scope();
        return present === undefined ? undefined : open(present.graph);
      },
    };
  };
  return new Map([...places].map(([type, place]) => [type, under(place)]));
}
