import { type EntityFacts, EntityRelations, RELATIONS } from './entity-relations.ts';
import { dataOf, type Environment, isWithin } from './environment.ts';
import { equalValues } from './equal-values.ts';
import { EvaluationFailure, typeFailure } from './evaluation-failure.ts';
import { addLongs, isLong, type Long, multiplyLongs, negateLong, subtractLongs } from './long.ts';
import { asSet, hasAllMembers, hasAnyMember, hasMember } from './relation-members.ts';
import { Scaled } from './scaled.ts';
import {
  type AttributeName,
  attributeName,
  Entity,
  isRecord,
  isSet,
  memberOf,
  readValue,
  typeName,
  type Value,
} from './values.ts';

export type UnaryOperator = (value: Value) => Value;
export type BinaryOperator = (left: Value, right: Value, environment: Environment) => Value;

export const UNARY_OPERATORS: ReadonlyMap<string, UnaryOperator> = new Map<string, UnaryOperator>([
  ['!', (value) => !asBoolean(value)],
  ['neg', (value) => negateLong(asLong(value))],
  ['isEmpty', (value) => asSet(value).every((raw) => readValue(raw) === undefined)],
]);

/** Operators that evaluate both sides first. `&&`, `||`, `if` and `is … in` do not, and are compiled by themselves. */
export const BINARY_OPERATORS: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['==', (left, right) => equalValues(left, right)],
  ['!=', (left, right) => !equalValues(left, right)],
  ['<', (left, right) => isLess(left, right)],
  ['<=', (left, right) => !isLess(right, left)],
  ['>', (left, right) => isLess(right, left)],
  ['>=', (left, right) => !isLess(left, right)],
  ['+', (left, right) => addLongs(asLong(left), asLong(right))],
  ['-', (left, right) => subtractLongs(asLong(left), asLong(right))],
  ['*', (left, right) => multiplyLongs(asLong(left), asLong(right))],
  ['in', (left, right, environment) => isIn(environment, asEntity(left), right)],
  ['contains', hasMember],
  ['containsAll', hasAllMembers],
  ['containsAny', hasAnyMember],
  ['hasTag', (left, right, environment) => tagOf(environment, asEntity(left), asString(right)) !== undefined],
  ['getTag', (left, right, environment) => requireTag(environment, asEntity(left), asString(right))],
]);

export function asBoolean(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw typeFailure('bool', typeName(value));
}

export function asString(value: Value): string {
  if (typeof value === 'string') return value;
  throw typeFailure('string', typeName(value));
}

export function asEntity(value: Value): Entity {
  if (value instanceof Entity) return value;
  throw typeFailure('(entity of any type)', typeName(value));
}

function asLong(value: Value): Long {
  if (isLong(value)) return value;
  throw typeFailure('long', typeName(value));
}

/** Longs, datetimes and durations have an order; decimals have methods of their own. */
function isLess(left: Value, right: Value): boolean {
  if (isLong(left) && isLong(right)) return left < right;
  if (left instanceof Scaled && right instanceof Scaled && left.kind === right.kind && left.kind !== 'decimal') {
    return left.amount < right.amount;
  }
  throw typeFailure('two longs, two datetimes or two durations', `${typeName(left)} and ${typeName(right)}`);
}

/** `in` an entity, or in any entity of a set; a set with anything else in it fails even when an earlier one matches. */
export function isIn(environment: Environment, entity: Entity, target: Value): boolean {
  if (target instanceof Entity) return isWithin(environment, entity, target.type, target.id);
  if (!isSet(target)) throw typeFailure('set or entity', typeName(target));
  let found = false;
  for (const raw of target) {
    const member = readValue(raw);
    if (member === undefined) continue;
    const { type, id } = asEntity(member);
    found ||= isWithin(environment, entity, type, id);
  }
  return found;
}

/** The attribute of a record or entity, or undefined. An entity that does not exist has no attributes. */
export function attributeOf(environment: Environment, value: Value, attribute: AttributeName): Value | undefined {
  if (value instanceof Entity) {
    if (attribute.name === RELATIONS) {
      const { facts } = environment;
      if (facts !== undefined) return relationsOf(facts, value);
    }
    const data = dataOf(environment, value);
    return data === undefined ? undefined : readValue(data.attribute(attribute));
  }
  if (value instanceof EntityRelations) return value.member(attribute.name);
  if (isRecord(value)) return memberOf(value, attribute);
  throw typeFailure('record or entity', typeName(value));
}

/** Where there are facts, nothing else supplies this attribute: what comes with a request must not pass for them. */
function relationsOf(facts: EntityFacts, entity: Entity): EntityRelations | undefined {
  const names = facts.relationsOf(entity.type);
  return names === undefined ? undefined : new EntityRelations(entity, names, facts);
}

export function requireAttribute(environment: Environment, value: Value, attribute: AttributeName): Value {
  const found = attributeOf(environment, value, attribute);
  if (found !== undefined) return found;
  const { name } = attribute;
  if (!(value instanceof Entity)) throw new EvaluationFailure(`record does not have the attribute \`${name}\``);
  throw missing(environment, value, `the attribute \`${name}\``);
}

function tagOf(environment: Environment, entity: Entity, name: string): Value | undefined {
  const data = dataOf(environment, entity);
  return data === undefined ? undefined : memberOf(data.tags, attributeName(name));
}

function requireTag(environment: Environment, entity: Entity, name: string): Value {
  const tag = tagOf(environment, entity, name);
  if (tag === undefined) throw missing(environment, entity, `the tag \`${name}\``);
  return tag;
}

/** Ids may come from outside: quoted as JSON, they can't break out of the message. */
function missing(environment: Environment, entity: Entity, what: string): EvaluationFailure {
  const name = `\`${entity.type}::${JSON.stringify(entity.id)}\``;
  const exists = dataOf(environment, entity) !== undefined;
  return new EvaluationFailure(exists ? `${name} does not have ${what}` : `entity ${name} does not exist`);
}
