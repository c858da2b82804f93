import { isLong } from '../cedar/long.ts';
import { Entity, isSet, readValue, type Value } from '../cedar/values.ts';
import { ALWAYS, type Condition, FAILS, FALSE, NEVER, type Scalar, TRUE, type Truth } from './condition.ts';
import type { Field } from './fields.ts';

/** A field against known values. A row that lacks the attribute is neither true nor false: reading it fails. */

export function present({ name, nullable }: Field): Condition {
  return nullable ? { op: 'present', field: name } : ALWAYS;
}

export function absent({ name, nullable }: Field): Condition {
  return nullable ? { op: 'absent', field: name } : NEVER;
}

/** False wherever there is a value at all. */
export function falseIfPresent(field: Field): Truth {
  return { isTrue: NEVER, isFalse: present(field), total: !field.nullable };
}

export function trueIfPresent(field: Field): Truth {
  return { isTrue: present(field), isFalse: NEVER, total: !field.nullable };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The value as the column holds it; undefined when no row can hold it, so nothing equals it. */
export function scalarFor({ type, entityType, uuid }: Field, value: Value): Scalar | undefined {
  const kind = type.replace(/ies$/, 'y').replace(/s$/, '');
  if (kind === 'long') return isLong(value) ? toNumber(value) : undefined;
  if (kind === 'boolean') return typeof value === 'boolean' ? value : undefined;
  const text = kind === 'string' ? value : value instanceof Entity && value.type === entityType ? value.id : undefined;
  // PostgreSQL's texts hold neither, and the driver would send something else in their place.
  if (typeof text !== 'string' || text.includes('\0') || !text.isWellFormed()) return undefined;
  return uuid && !UUID.test(text) ? undefined : text;
}

export function isSetField({ type }: Field): boolean {
  return type.endsWith('s');
}

export function equalsValue(field: Field, value: Value): Truth {
  const scalar = scalarFor(field, value);
  if (scalar === undefined) return falseIfPresent(field);
  const { name, nullable } = field;
  return {
    isTrue: { op: 'equals', field: name, value: scalar },
    isFalse: { op: 'differs', field: name, value: scalar },
    total: !nullable,
  };
}

export function equalsAnyOf(field: Field, values: readonly Value[]): Truth {
  const scalars = scalarsFor(field, values);
  if (scalars.length === 0) return falseIfPresent(field);
  const { name, nullable } = field;
  return {
    isTrue: { op: 'in', field: name, values: scalars },
    isFalse: { op: 'not_in', field: name, values: scalars },
    total: !nullable,
  };
}

const INVERSE = { less: 'at_least', at_most: 'greater', greater: 'at_most', at_least: 'less' } as const;
export type Order = keyof typeof INVERSE;

/** Only longs have an order that a column can answer. */
export function comparesWith(field: Field, order: Order, value: Value): Truth {
  if (field.type !== 'long' || !isLong(value)) return FAILS;
  const number = toNumber(value);
  const { name, nullable } = field;
  return {
    isTrue: { op: order, field: name, value: number },
    isFalse: { op: INVERSE[order], field: name, value: number },
    total: !nullable,
  };
}

export function hasMember(field: Field, value: Value): Truth {
  const scalar = scalarFor(field, value);
  if (scalar === undefined) return falseIfPresent(field);
  const { name, nullable } = field;
  return {
    isTrue: { op: 'has_member', field: name, value: scalar },
    isFalse: { op: 'lacks_member', field: name, value: scalar },
    total: !nullable,
  };
}

export function hasAnyMember(field: Field, values: readonly Value[]): Truth {
  const scalars = scalarsFor(field, values);
  if (scalars.length === 0) return falseIfPresent(field);
  const { name, nullable } = field;
  return {
    isTrue: { op: 'overlaps', field: name, values: scalars },
    isFalse: { op: 'disjoint', field: name, values: scalars },
    total: !nullable,
  };
}

export function hasAllMembers(field: Field, values: readonly Value[]): Truth {
  if (values.length === 0) return trueIfPresent(field);
  const scalars = scalarsFor(field, values);
  if (values.some((value) => scalarFor(field, value) === undefined)) return falseIfPresent(field);
  const { name, nullable } = field;
  return {
    isTrue: { op: 'covers', field: name, values: scalars },
    isFalse: { op: 'not_covers', field: name, values: scalars },
    total: !nullable,
  };
}

export function isWithinValues(field: Field, values: readonly Value[]): Truth {
  const { name, nullable } = field;
  const scalars = scalarsFor(field, values);
  return {
    isTrue: { op: 'within', field: name, values: scalars },
    isFalse: { op: 'not_within', field: name, values: scalars },
    total: !nullable,
  };
}

/** The members of a set that is known. @throws EvaluationFailure for what Cedar has no word for. */
export function membersOf(set: Value): Value[] | undefined {
  if (!isSet(set)) return undefined;
  return set.map(readValue).filter((value) => value !== undefined);
}

export function booleanTruth(value: boolean): Truth {
  return value ? TRUE : FALSE;
}

function scalarsFor(field: Field, values: readonly Value[]): Scalar[] {
  return [...new Set(values.map((value) => scalarFor(field, value)).filter((scalar) => scalar !== undefined))];
}

function toNumber(value: number | bigint): Scalar {
  return typeof value === 'number' ? value : String(value);
}
