import type { JsonObject } from '#audit';

/** `user` has `relation` to `object`, if the condition holds. In the words and the form of OpenFGA. */
export interface TupleKey {
  /** `user:anne`, everybody `user:*`, or all who have a relation: `group:staff#member`. */
  user: string;
  relation: string;
  object: string;
  condition?: TupleCondition | undefined;
}

export interface TupleCondition {
  name: string;
  context?: JsonObject | undefined;
}

export interface ObjectName {
  type: string;
  id: string;
}

/** Who a tuple is about. `id` is `*` for everybody of the type; `relation` makes it a userset. */
export interface SubjectName extends ObjectName {
  relation?: string;
}

export const WILDCARD = '*';

const OBJECT = /^[^:#\s\p{Cc}]+:[^:#\s\p{Cc}]+$/u;
const USERSET = /^[^:#\s\p{Cc}]+:[^:#\s\p{Cc}]+#[^:#@\s\p{Cc}]+$/u;
const RELATION = /^[^:#@\s\p{Cc}]{1,50}$/u;
const OBJECT_LENGTH_MAX = 256;
const USER_LENGTH_MAX = 512;

export function isRelationName(text: string): boolean {
  return RELATION.test(text);
}

/** `document:1`; undefined when it has another form. */
export function readObject(text: string): ObjectName | undefined {
  if (text.length > OBJECT_LENGTH_MAX || !OBJECT.test(text)) return undefined;
  const colon = text.indexOf(':');
  return { type: text.slice(0, colon), id: text.slice(colon + 1) };
}

/** `user:anne`, `user:*` or `group:staff#member`; undefined when it has another form. */
export function readSubject(text: string): SubjectName | undefined {
  if (text.length > USER_LENGTH_MAX) return undefined;
  const hash = text.indexOf('#');
  if (hash === -1) return readObject(text);
  if (!USERSET.test(text)) return undefined;
  const object = readObject(text.slice(0, hash));
  return object === undefined || object.id === WILDCARD ? undefined : { ...object, relation: text.slice(hash + 1) };
}

export function writeObject({ type, id }: ObjectName): string {
  return `${type}:${id}`;
}

export function writeSubject({ type, id, relation }: SubjectName): string {
  return relation === undefined ? `${type}:${id}` : `${type}:${id}#${relation}`;
}

/** As OpenFGA writes a tuple in messages. */
export function describeTuple({ object, relation, user }: TupleKey): string {
  return `${object}#${relation}@${user}`;
}
