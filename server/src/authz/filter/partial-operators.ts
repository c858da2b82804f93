import { dataOf, isWithin } from '../cedar/environment.ts';
import type { PatternElement } from '../cedar/like-pattern.ts';
import { Entity, type Value } from '../cedar/values.ts';
import {
  comparesWith,
  equalsAnyOf,
  equalsValue,
  falseIfPresent,
  isSetField,
  membersOf,
  type Order,
  present,
  trueIfPresent,
} from './compare-field.ts';
import { and, FAILS, FALSE, type LikePart, NEVER, TRUE, type Truth, UNDECIDED } from './condition.ts';
import type { Field } from './fields.ts';
import { NotCompilable, type PartialInput, type Term } from './partial-input.ts';

export function equalityTruth(left: Term, right: Term): Truth {
  if (left.kind === 'fails' || right.kind === 'fails') return FAILS;
  if (fails(left)) return relationsEqual(right);
  if (fails(right)) return relationsEqual(left);
  if (left.kind === 'undecided' || right.kind === 'undecided') return UNDECIDED;
  if (left.kind === 'field' && right.kind === 'field') return equalFields(left.field, right.field);
  const [field, other] =
    left.kind === 'field' ? [left.field, right] : [right.kind === 'field' ? right.field : undefined, left];
  if (field === undefined || other.kind !== 'value') return FAILS;
  if (isSetField(field)) throw new NotCompilable(`the set \`${field.name}\` is compared as a whole`);
  return equalsValue(field, other.value);
}

/** Relations are never written out to be compared; but nothing primitive equals a set or a record. */
function relationsEqual(other: Term): Truth {
  if (other.kind === 'undecided') return UNDECIDED;
  if (other.kind === 'value') return typeof other.value === 'object' ? FAILS : FALSE;
  return other.kind === 'field' && PRIMITIVES.has(other.field.type) ? falseIfPresent(other.field) : FAILS;
}

const PRIMITIVES = new Set(['string', 'long', 'boolean']);

/** What has no value that could be compared. */
function fails({ kind }: Term): boolean {
  return kind === 'fails' || kind === 'relations' || kind === 'members';
}

function equalFields(left: Field, right: Field): Truth {
  if (isSetField(left) || isSetField(right)) throw new NotCompilable(`the set \`${left.name}\` is compared as a whole`);
  const there = and(present(left), present(right));
  if (left.name === right.name) return { isTrue: there, isFalse: FALSE.isTrue };
  if (left.type !== right.type || left.entityType !== right.entityType) return { isTrue: FALSE.isTrue, isFalse: there };
  if (left.uuid !== right.uuid)
    throw new NotCompilable(`\`${left.name}\` and \`${right.name}\` have columns of different types`);
  return {
    isTrue: { op: 'equals_field', field: left.name, other: right.name },
    isFalse: { op: 'differs_from_field', field: left.name, other: right.name },
    total: !left.nullable && !right.nullable,
  };
}

const MIRRORED: Readonly<Record<Order, Order>> = {
  less: 'greater',
  greater: 'less',
  at_most: 'at_least',
  at_least: 'at_most',
};

export function comparisonTruth(order: Order, left: Term, right: Term): Truth {
  if (fails(left) || fails(right)) return FAILS;
  if (left.kind === 'undecided' || right.kind === 'undecided') return UNDECIDED;
  if (left.kind === 'field' && right.kind === 'value') return comparesWith(left.field, order, right.value);
  if (left.kind === 'value' && right.kind === 'field') return comparesWith(right.field, MIRRORED[order], left.value);
  if (left.kind === 'field' && right.kind === 'field' && left.field.type === 'long' && right.field.type === 'long') {
    throw new NotCompilable(`\`${left.field.name}\` and \`${right.field.name}\` are compared by size`);
  }
  return FAILS;
}

export function likeTruth(term: Term, pattern: readonly PatternElement[]): Truth {
  if (term.kind === 'undecided') return UNDECIDED;
  if (term.kind !== 'field' || term.field.type !== 'string') return FAILS;
  const { field } = term;
  if (field.uuid) throw new NotCompilable(`\`like\` of \`${field.name}\`, whose column is a uuid`);
  const parts = partsOf(pattern);
  const impossible = parts.some((part) => 'text' in part && (part.text.includes('\0') || !part.text.isWellFormed()));
  if (impossible) return falseIfPresent(field);
  return {
    isTrue: { op: 'like', field: field.name, pattern: parts },
    isFalse: { op: 'not_like', field: field.name, pattern: parts },
    total: !field.nullable,
  };
}

/** Characters come one by one; side by side they are a text. */
function partsOf(pattern: readonly PatternElement[]): LikePart[] {
  const parts: LikePart[] = [];
  for (const element of pattern) {
    const last = parts.at(-1);
    if (element === 'Wildcard') {
      if (last === undefined || 'text' in last) parts.push({ wildcard: true });
    } else if (last !== undefined && 'text' in last) last.text += element.Literal;
    else parts.push({ text: element.Literal });
  }
  return parts;
}

export function isTruth(term: Term, type: string): Truth {
  if (term.kind === 'undecided') return UNDECIDED;
  if (term.kind === 'value') return term.value instanceof Entity ? (term.value.type === type ? TRUE : FALSE) : FAILS;
  if (term.kind !== 'field' || term.field.type !== 'entity') return FAILS;
  return term.field.entityType === type ? trueIfPresent(term.field) : falseIfPresent(term.field);
}

/** Only the principal has ancestors that are known; every other entity is in itself alone. */
export function inTruth(left: Term, right: Term, input: PartialInput): Truth {
  if (fails(left) || fails(right)) return FAILS;
  if (left.kind === 'undecided' || right.kind === 'undecided') return UNDECIDED;
  if (left.kind === 'field') {
    if (left.field.type !== 'entity') return FAILS;
    if (right.kind === 'field') return fieldInField(left.field, right.field, input);
    return right.kind === 'value' ? fieldIn(left.field, right.value, input) : FAILS;
  }
  if (left.kind !== 'value' || !(left.value instanceof Entity)) return FAILS;
  return right.kind === 'field' ? valueIn(left.value, right.field, input) : FAILS;
}

function fieldIn(field: Field, target: Value, { environment }: PartialInput): Truth {
  const targets = target instanceof Entity ? [target] : membersOf(target);
  if (targets === undefined || !targets.every((each) => each instanceof Entity)) return FAILS;
  const { principal } = environment;
  const within = targets.some((each) => each instanceof Entity && isWithin(environment, principal, each.type, each.id));
  // The field may hold the principal's own id.
  return equalsAnyOf(field, within ? [...targets, principal] : targets);
}

function fieldInField(left: Field, right: Field, { environment: { principal } }: PartialInput): Truth {
  if (right.type !== 'entity' || left.entityType === principal.type) {
    throw new NotCompilable(`\`${left.name} in ${right.name}\`, both of the resource`);
  }
  return equalFields(left, right);
}

function valueIn(entity: Entity, field: Field, { environment }: PartialInput): Truth {
  const { entityType } = field;
  // Not in an empty set; what else than an entity is in it fails.
  if (entityType === undefined) {
    return isSetField(field) ? { isTrue: NEVER, isFalse: { op: 'within', field: field.name, values: [] } } : FAILS;
  }
  const ids = new Set(dataOf(environment, entity)?.ancestorIds(entityType));
  if (entity.type === entityType) ids.add(entity.id);
  const targets = [...ids].map((id) => new Entity(entityType, id));
  if (field.type === 'entity') return equalsAnyOf(field, targets);
  if (targets.length === 0) return falseIfPresent(field);
  const { name } = field;
  const values = [...ids];
  return {
    isTrue: { op: 'overlaps', field: name, values },
    isFalse: { op: 'disjoint', field: name, values },
  };
}
