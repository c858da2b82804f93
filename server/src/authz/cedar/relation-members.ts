import { RelationMembers } from './entity-relations.ts';
import { contains, containsAll, containsAny } from './equal-values.ts';
import { EvaluationFailure, typeFailure } from './evaluation-failure.ts';
import { type CedarSet, Entity, isFacts, isSet, notWrittenOut, readValue, typeName, type Value } from './values.ts';

/** Each member asks the graph: more than a person would write in a policy, few enough for one decision. */
const MEMBERS_MAX = 100;

/** `contains` on a set, or on the members of a relation: only entities are ever those. */
export function hasMember(set: Value, value: Value): boolean {
  if (!(set instanceof RelationMembers)) return contains(asSet(set), value);
  if (value instanceof Entity) return set.facts.holds(set.entity, set.relation, value);
  if (typeof value === 'object' && isFacts(value)) throw notWrittenOut();
  return false;
}

export function hasAnyMember(set: Value, values: Value): boolean {
  if (!(set instanceof RelationMembers)) return containsAny(asSet(set), asSet(values));
  return membersOf(asSet(values)).some((value) => hasMember(set, value));
}

export function hasAllMembers(set: Value, values: Value): boolean {
  if (!(set instanceof RelationMembers)) return containsAll(asSet(set), asSet(values));
  return membersOf(asSet(values)).every((value) => hasMember(set, value));
}

export function asSet(value: Value): CedarSet {
  if (isSet(value)) return value;
  if (value instanceof RelationMembers) throw notWrittenOut();
  throw typeFailure('set', typeName(value));
}

function membersOf(values: CedarSet): Value[] {
  if (values.length > MEMBERS_MAX) {
    throw new EvaluationFailure(`a relation is asked about more than ${MEMBERS_MAX} entities at once`);
  }
  return values.map(readValue).filter((value) => value !== undefined);
}
