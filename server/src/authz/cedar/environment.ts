import type { EntityFacts } from './entity-relations.ts';
import type { CedarRecord, Entity, EntityData, EntityStore } from './values.ts';

/** What a policy is evaluated against. */
export interface Environment {
  readonly principal: Entity;
  readonly action: Entity;
  readonly resource: Entity;
  readonly context: CedarRecord;
  readonly entities: EntityStore;
  /** Where relationships are asked; absent where there are none. */
  readonly facts?: EntityFacts | undefined;
}

/** The request's own entities carry their data; the others are looked up. */
export function dataOf(environment: Environment, entity: Entity): EntityData | undefined {
  return entity.data ?? environment.entities.find(entity.type, entity.id);
}

/** Cedar's `in` for one target: the entity itself, or one of its ancestors. */
export function isWithin(environment: Environment, entity: Entity, type: string, id: string): boolean {
  if (entity.id === id && entity.type === type) return true;
  return dataOf(environment, entity)?.isDescendantOf(type, id) ?? false;
}
