import { Entity, isFacts, type Value } from '../cedar/values.ts';
import {
  equalsAnyOf,
  hasAllMembers,
  hasAnyMember,
  hasMember,
  isSetField,
  isWithinValues,
  membersOf,
} from './compare-field.ts';
import { and, FAILS, FALSE, or, TRUE, type Truth, UNDECIDED } from './condition.ts';
import type { Field } from './fields.ts';
import { NotCompilable, type PartialInput, type Term } from './partial-input.ts';
import { idField } from './partial-term.ts';

export type ContainsOperator = 'contains' | 'containsAll' | 'containsAny';

/** `set.contains(x)`, where one of both is of the resource. */
export function containsTruth(operator: ContainsOperator, set: Term, other: Term, input: PartialInput): Truth {
  if (set.kind === 'fails' || set.kind === 'relations' || other.kind === 'fails') return FAILS;
  if (set.kind === 'members') return membersTruth(operator, set.relation, other, input);
  if (other.kind === 'relations' || other.kind === 'members') return FAILS;
  if (set.kind === 'undecided' || other.kind === 'undecided') return UNDECIDED;
  if (set.kind === 'field') {
    if (!isSetField(set.field)) return FAILS;
    if (other.kind === 'value') return fieldContains(operator, set.field, other.value);
    throw new NotCompilable(`\`${set.field.name}\` is asked about another attribute of the resource`);
  }
  const members = membersOf(set.value);
  if (members === undefined || other.kind !== 'field') return FAILS;
  return valuesContain(operator, members, other.field);
}

function fieldContains(operator: ContainsOperator, field: Field, value: Value): Truth {
  if (operator === 'contains') return hasMember(field, value);
  const values = membersOf(value);
  if (values === undefined) return FAILS;
  return operator === 'containsAny' ? hasAnyMember(field, values) : hasAllMembers(field, values);
}

function valuesContain(operator: ContainsOperator, members: readonly Value[], field: Field): Truth {
  if (operator === 'contains') {
    if (isSetField(field)) throw new NotCompilable(`the set \`${field.name}\` is looked for as a whole`);
    return equalsAnyOf(field, members);
  }
  if (!isSetField(field)) return FAILS;
  return operator === 'containsAny' ? hasAnyMember(field, members) : isWithinValues(field, members);
}

/** Whoever has the relation to a resource: asked the other way round, which resources are they? */
function membersTruth(operator: ContainsOperator, relation: string, other: Term, input: PartialInput): Truth {
  if (other.kind === 'undecided') return UNDECIDED;
  if (other.kind !== 'value') {
    if (input.fields === undefined) return UNDECIDED;
    throw new NotCompilable(`the relation \`${relation}\` is asked about an attribute of the resource`);
  }
  const { value } = other;
  if (typeof value === 'object' && isFacts(value)) return FAILS;
  if (operator === 'contains') return value instanceof Entity ? related(relation, value, input) : FALSE;
  const members = membersOf(value);
  if (members === undefined) return FAILS;
  const each = members.map((member) => (member instanceof Entity ? related(relation, member, input) : FALSE));
  // None of these can fail, so their order does not matter.
  return operator === 'containsAny'
    ? each.reduce(
        (left, right) => ({ isTrue: or(left.isTrue, right.isTrue), isFalse: and(left.isFalse, right.isFalse) }),
        FALSE,
      )
    : each.reduce(
        (left, right) => ({ isTrue: and(left.isTrue, right.isTrue), isFalse: or(left.isFalse, right.isFalse) }),
        TRUE,
      );
}

function related(relation: string, subject: Entity, input: PartialInput): Truth {
  const ids = input.idsRelatedTo(relation, subject);
  return equalsAnyOf(
    idField(input),
    ids.map((id) => new Entity(input.resourceType, id)),
  );
}
