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

export const OBJECT_LENGTH_MAX = 256;
const USER_LENGTH_MAX = 512;

const RELATION_LENGTH_MAX = 50;
const HASH = 0x23;
const COLON = 0x3a;

/** Read with every check, so by hand: a regular expression takes as long as the check itself. */
function isName(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    // C0 and space, the separators, DEL and C1; the wider spaces are seldom enough for a slower test.
    if (code <= 0x20 || code === HASH || code === COLON) return false;
    if (code >= 0x7f && (code <= 0xa0 || /\s/.test(text.charAt(index)))) return false;
  }
  return end > start;
}

export function isRelationName(text: string): boolean {
  return text.length <= RELATION_LENGTH_MAX && isName(text, 0, text.length) && !text.includes('@');
}

/** `document:1`; undefined when it has another form. */
export function readObject(text: string): ObjectName | undefined {
  return readObjectTo(text, text.length);
}

/** `user:anne`, `user:*` or `group:staff#member`; undefined when it has another form. */
export function readSubject(text: string): SubjectName | undefined {
  if (text.length > USER_LENGTH_MAX) return undefined;
  const hash = text.indexOf('#');
  if (hash === -1) return readObject(text);
  const relation = text.slice(hash + 1);
  const object = isRelationName(relation) ? readObjectTo(text, hash) : undefined;
  return object === undefined || object.id === WILDCARD ? undefined : { ...object, relation };
}

function readObjectTo(text: string, end: number): ObjectName | undefined {
  const colon = text.indexOf(':');
  if (end > OBJECT_LENGTH_MAX || !isName(text, 0, colon) || !isName(text, colon + 1, end)) return undefined;
  return { type: text.slice(0, colon), id: text.slice(colon + 1, end) };
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
