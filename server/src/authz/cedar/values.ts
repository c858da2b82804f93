import { EntityRelations, RelationMembers } from './entity-relations.ts';
import { EvaluationFailure } from './evaluation-failure.ts';
import { IpAddress } from './ip-address.ts';
import { type Long, longFromBigint } from './long.ts';
import { Scaled } from './scaled.ts';

/**
 * Cedar values are plain JavaScript values, so that a request's attributes are used as they are, without a copy:
 * booleans, strings, {@link Long}s, arrays (sets), plain objects (records). Entities and extension values are instances
 * of classes, which no JSON document can produce: data from outside can't become an entity or change its type.
 * What lies inside a container is unchecked until it is read; {@link readValue} is the check.
 */
export type Value =
  | boolean
  | string
  | Long
  | Entity
  | Scaled
  | IpAddress
  | EntityRelations
  | RelationMembers
  | CedarSet
  | CedarRecord;
export type CedarSet = readonly unknown[];
export type CedarRecord = Readonly<Record<string, unknown>>;

/** A reference to an entity, with what is known of it when it stands for a part of the request. */
export class Entity {
  readonly type: string;
  readonly id: string;
  readonly data: EntityData | undefined;

  constructor(type: string, id: string, data?: EntityData) {
    this.type = type;
    this.id = id;
    this.data = data;
  }
}

export interface EntityData {
  /** What is known under the name, unchecked; undefined when it is absent. Own attributes only: `constructor` is none. */
  attribute(name: AttributeName): unknown;
  readonly tags: CedarRecord;
  isDescendantOf(type: string, id: string): boolean;
  /** Ids of all ancestors of this type. */
  ancestorIds(type: string): readonly string[];
}

/** Where entities are found that are not the request's own. */
export interface EntityStore {
  find(type: string, id: string): EntityData | undefined;
}

/**
 * Reads a member of a container. Undefined and null are absent; what Cedar has no word for (a fraction, a date object,
 * a function) fails the policy that reads it.
 */
export function readValue(raw: unknown): Value | undefined {
  switch (typeof raw) {
    case 'string':
    case 'boolean':
      return raw;
    case 'number':
      if (Number.isSafeInteger(raw)) return raw + 0;
      break;
    case 'undefined':
      return undefined;
    case 'bigint': {
      const long = longFromBigint(raw);
      if (long !== undefined) return long;
      break;
    }
    case 'object':
      if (raw === null) return undefined;
      if (isObjectValue(raw)) return raw;
      break;
  }
  throw new EvaluationFailure(`${describeForeign(raw)} is not a Cedar value`);
}

function isObjectValue(raw: object): raw is Entity | Scaled | IpAddress | CedarSet | CedarRecord {
  if (Array.isArray(raw) || raw instanceof Entity || raw instanceof Scaled || raw instanceof IpAddress) return true;
  if (isFacts(raw)) throw notWrittenOut();
  const prototype: unknown = Object.getPrototypeOf(raw);
  return prototype === Object.prototype || prototype === null;
}

function describeForeign(raw: unknown): string {
  if (typeof raw === 'number') return `the number ${raw} (not a 64-bit integer that is exact)`;
  return typeof raw === 'bigint' ? 'an integer of more than 64 bits' : `a JavaScript ${typeof raw}`;
}

/** The member `name` of a record, or undefined. Own members only: `constructor` is no attribute. */
export function memberOf(record: CedarRecord, name: AttributeName): Value | undefined {
  return readValue(ownMember(record, name));
}

/** Records are plain objects, so only what every object inherits has to be told from their own. */
export function ownMember(record: CedarRecord, { name, inherited }: AttributeName): unknown {
  return inherited && !Object.hasOwn(record, name) ? undefined : record[name];
}

/** A name that a policy looks up, with what is known of it beforehand: asking each object whether a member is its own takes as long as reading it. */
export interface AttributeName {
  readonly name: string;
  /** Every object has a member of this name, though not of its own: `constructor`. */
  readonly inherited: boolean;
}

export function attributeName(name: string): AttributeName {
  return { name, inherited: name in Object.prototype };
}

export function isRecord(value: Value): value is CedarRecord {
  return (
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof Entity) &&
    !(value instanceof Scaled) &&
    !(value instanceof IpAddress) &&
    !isFacts(value)
  );
}

/** Relationships of an entity, which are asked one by one and never written out. */
export function isFacts(value: object): value is EntityRelations | RelationMembers {
  return value instanceof EntityRelations || value instanceof RelationMembers;
}

/** For whatever would need the whole set of who has a relation: `==`, `isEmpty`, to be inside another set. */
export function notWrittenOut(): EvaluationFailure {
  return new EvaluationFailure(
    'relations can only be asked with `contains`, `containsAny`, `containsAll` and `has`: who is in them is never written out',
  );
}

export function isSet(value: Value): value is CedarSet {
  return Array.isArray(value);
}

/** The type of a value in Cedar's own words, for messages. */
export function typeName(value: Value): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value !== 'object') return 'long';
  if (value instanceof Entity) return `(entity of type \`${value.type}\`)`;
  if (value instanceof Scaled) return value.kind;
  if (value instanceof IpAddress) return 'ipaddr';
  return Array.isArray(value) || value instanceof RelationMembers ? 'set' : 'record';
}
