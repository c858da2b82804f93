import type { JsonObject } from '#audit';
import { GatehouseError } from '#base';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import type { CedarRecord, Entity } from '../cedar/values.ts';
import type { FactPlace } from '../facts/tenant-facts.ts';
import { nameOf } from '../facts/tenant-facts.ts';
import { collect } from '../relations/evaluate/collect.ts';
import { objectsOf } from '../relations/evaluate/list-objects.ts';
import { writeObject } from '../relations/tuple.ts';
import { NotCompilable } from './partial-input.ts';

/** Ids that a condition may list. Beyond, the relationships belong into the database, or the question into checks. */
const IDS_MAX = 10_000;

export interface RelatedInput {
  resourceType: string;
  relation: string;
  subject: Entity;
  context: CedarRecord;
}

/**
 * All resources to which the subject has the relation: exactly those for which a check would say yes.
 * @throws NotCompilable when they are too many to be listed, or can't be told.
 */
export function listRelatedIds(
  places: ReadonlyMap<string, FactPlace>,
  { resourceType, relation, subject, context }: RelatedInput,
): readonly string[] {
  const place = places.get(resourceType);
  const subjectPlace = places.get(subject.type);
  if (place === undefined || subjectPlace?.source !== place.source) return [];
  const scope = place.scope();
  if (scope === undefined) throw new NotCompilable(`the relationships of ${place.source} are not in memory`);
  try {
    const user = writeObject(nameOf(subjectPlace.type, subject.id));
    const circumstances = scope.conditions.size > 0 ? { context: context as JsonObject } : {};
    const { items, complete } = collect(
      objectsOf(scope, { user, relation, type: place.type, ...circumstances }),
      IDS_MAX,
    );
    if (!complete) throw new NotCompilable(`there are more than ${IDS_MAX} resources to which ${user} is ${relation}`);
    return items.map((object) => object.slice(place.type.length + 1)).sort();
  } catch (cause) {
    if (cause instanceof GatehouseError) throw new NotCompilable(cause.message);
    if (cause instanceof EvaluationFailure) throw new NotCompilable(cause.message);
    throw cause;
  }
}
