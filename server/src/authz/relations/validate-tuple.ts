import { relationsErrors } from '../errors.ts';
import { refuseContextSize } from './context-size.ts';
import type { Condition } from './model/condition.ts';
import { describeRestriction, type Model, type RelationDefinition, type Restriction } from './model/model.ts';
import {
  describeTuple,
  isRelationName,
  type ObjectName,
  readObject,
  readSubject,
  type SubjectName,
  type TupleKey,
  WILDCARD,
} from './tuple.ts';

/** A model with its conditions ready: what tuples are held against. */
export interface TupleRules {
  model: Model;
  conditions: ReadonlyMap<string, Condition>;
}

/** A tuple taken apart, and allowed by the model. */
export interface ValidTuple {
  object: ObjectName;
  subject: SubjectName;
}

/** Why a tuple or a question does not fit, in OpenFGA's words. */
interface Refusal {
  text: string;
}

/**
 * May this tuple be written under the model? `raised` is the error for a tuple that may not: OpenFGA answers
 * `validation_error` for a write and `invalid_tuple` for a contextual tuple.
 */
export function demandTuple(
  rules: TupleRules,
  key: TupleKey,
  raised: 'validation_error' | 'invalid_tuple',
): ValidTuple {
  const refuse = (text: string) =>
    relationsErrors[raised]({ message: `Invalid tuple '${describeTuple(key)}'. Reason: ${text}` });
  const parts = readParts(rules.model, key);
  if ('text' in parts) throw refuse(parts.text);
  const { subject, object, relation } = parts;
  const { text, matching } = matchRestrictions(relation, object.type, subject);
  if (text !== undefined) throw refuse(text);
  const refusal = refuseCondition(rules, key, relation, subject, matching);
  if (refusal !== undefined) {
    throw relationsErrors.validation_error({ message: `Invalid tuple '${describeTuple(key)}'. Reason: ${refusal}` });
  }
  return { object, subject };
}

/** Can this be asked under the model? The user needn't be one that a tuple could name. */
export function demandQuestion(model: Model, key: TupleKey): ValidTuple {
  const parts = readParts(model, key);
  if (!('text' in parts)) return parts;
  throw relationsErrors.validation_error({ message: parts.text });
}

/** Does the model know the user's type, and the relation that makes him a userset? */
export function demandSubject({ types }: Model, { type, relation }: SubjectName): void {
  const relations = types.get(type);
  if (relations === undefined) throw relationsErrors.validation_error({ message: `type '${type}' not found` });
  if (relation === undefined || relations.has(relation)) return;
  throw relationsErrors.validation_error({ message: `relation '${type}#${relation}' not found` });
}

/** @throws `type_not_found`, `relation_not_found` */
export function demandRelation(model: Model, type: string, relation: string): RelationDefinition {
  const relations = model.types.get(type);
  if (relations === undefined) throw relationsErrors.type_not_found({ message: `type '${type}' not found` });
  const definition = relations.get(relation);
  if (definition !== undefined) return definition;
  throw relationsErrors.relation_not_found({ message: `relation '${type}#${relation}' not found` });
}

type Parts = ValidTuple & { relation: RelationDefinition };

function readParts({ types }: Model, key: TupleKey): Parts | Refusal {
  const subject = readSubject(key.user);
  if (subject === undefined) return { text: "the 'user' field is malformed" };
  const subjectRelations = types.get(subject.type);
  if (subjectRelations === undefined) return { text: `type '${subject.type}' not found` };
  if (subject.relation !== undefined && !subjectRelations.has(subject.relation)) {
    return { text: `relation '${subject.type}#${subject.relation}' not found` };
  }
  const object = readObject(key.object);
  if (object === undefined) return { text: "invalid 'object' field format" };
  if (object.id === WILDCARD) return { text: "the 'object' field cannot reference a typed wildcard" };
  const relations = types.get(object.type);
  if (relations === undefined) return { text: `type '${object.type}' not found` };
  if (!isRelationName(key.relation)) return { text: "the 'relation' field is malformed" };
  const relation = relations.get(key.relation);
  if (relation === undefined) {
    return { text: `relation '${object.type}#${key.relation}' not found` };
  }
  return { subject, object, relation };
}

function matchRestrictions(
  { name, isTupleset, restrictions }: RelationDefinition,
  type: string,
  subject: SubjectName,
): { text?: string; matching: readonly Restriction[] } {
  const place = `${type}#${name}`;
  const everybody = subject.id === WILDCARD;
  if (isTupleset && everybody) {
    return { text: `unexpected wildcard relationship with tupleset relation '${place}'`, matching: [] };
  }
  if (isTupleset && subject.relation !== undefined) {
    return { text: `unexpected userset with tupleset relation '${place}'`, matching: [] };
  }
  const matching = restrictions.filter(
    ({ type: allowed, relation, wildcard }) =>
      allowed === subject.type && relation === subject.relation && wildcard === everybody,
  );
  if (matching.length > 0) return { matching };
  const wanted = describeRestriction({ ...subject, wildcard: everybody });
  const what = everybody
    ? `the typed wildcard '${wanted}'`
    : subject.relation === undefined
      ? `type '${wanted}'`
      : `'${wanted}'`;
  return { text: `${what} is not an allowed type restriction for '${place}'`, matching };
}

function refuseCondition(
  { conditions }: TupleRules,
  { condition }: TupleKey,
  { restrictions }: RelationDefinition,
  subject: SubjectName,
  matching: readonly Restriction[],
): string | undefined {
  if (condition === undefined) {
    return matching.some((restriction) => restriction.condition === undefined) ? undefined : 'condition is missing';
  }
  const known = conditions.get(condition.name);
  if (known === undefined) return 'undefined condition';
  if (!restrictions.some(({ type, condition: allowed }) => type === subject.type && allowed === condition.name)) {
    return 'invalid condition for type restriction';
  }
  const context = condition.context ?? {};
  return refuseContextSize(context) ?? known.refuseContext(context);
}
