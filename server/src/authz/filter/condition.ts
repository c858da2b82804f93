/** What must be true of a row. Values are texts, numbers (decimal text beyond 2^53) and truth values; fields go by name. */
export type Condition =
  | { op: 'always' }
  | { op: 'never' }
  /** Only where the attributes of a resource are not known: it may hold or not. */
  | { op: 'unknown' }
  | { op: 'and' | 'or'; of: readonly Condition[] }
  | { op: 'present' | 'absent'; field: string }
  | { op: Comparison; field: string; value: Scalar }
  | { op: 'equals_field' | 'differs_from_field'; field: string; other: string }
  | { op: 'in' | 'not_in'; field: string; values: readonly Scalar[] }
  /** Texts to be found in this order, with anything between, before and after them where there is a wildcard. */
  | { op: 'like' | 'not_like'; field: string; pattern: readonly LikePart[] }
  | { op: 'has_member' | 'lacks_member'; field: string; value: Scalar }
  | { op: SetComparison; field: string; values: readonly Scalar[] };

export type Comparison = 'equals' | 'differs' | 'less' | 'at_most' | 'greater' | 'at_least';
/** Has any of them; has none; has all; lacks one; has nothing but them; has something else. */
export type SetComparison = 'overlaps' | 'disjoint' | 'covers' | 'not_covers' | 'within' | 'not_within';
export type Scalar = string | number | boolean;
export type LikePart = { wildcard: true } | { text: string };

export const ALWAYS: Condition = Object.freeze({ op: 'always' });
export const NEVER: Condition = Object.freeze({ op: 'never' });
export const UNKNOWN: Condition = Object.freeze({ op: 'unknown' });

/** The resource's own id, as a field. No attribute can be named so. */
export const ID_FIELD = '$id';

/**
 * Whether an expression of a policy comes out true, and whether it comes out false. It may do neither: then it fails.
 * No condition is ever the negation of another, so a column that is NULL makes a row of neither.
 */
export interface Truth {
  readonly isTrue: Condition;
  readonly isFalse: Condition;
  /** It is surely one of both: evaluating it can't fail. */
  readonly total?: boolean;
}

export const TRUE: Truth = { isTrue: ALWAYS, isFalse: NEVER, total: true };
export const FALSE: Truth = { isTrue: NEVER, isFalse: ALWAYS, total: true };
export const FAILS: Truth = { isTrue: NEVER, isFalse: NEVER };
export const UNDECIDED: Truth = { isTrue: UNKNOWN, isFalse: UNKNOWN };

export function and(...parts: readonly Condition[]): Condition {
  return join('and', NEVER, ALWAYS, parts);
}

export function or(...parts: readonly Condition[]): Condition {
  return join('or', ALWAYS, NEVER, parts);
}

export function not({ isTrue, isFalse, total = false }: Truth): Truth {
  return { isTrue: isFalse, isFalse: isTrue, total };
}

/** The right side is asked for only where the left one does not settle it. */
export function both(left: Truth, right: () => Truth): Truth {
  const { total: isTotal = false } = left;
  if (left.isTrue.op === 'never') return { isTrue: NEVER, isFalse: left.isFalse, total: isTotal };
  const next = right();
  const isTrue = and(left.isTrue, next.isTrue);
  // Where the left side can't fail, that it is true need not be said again.
  const secondIsFalse = isTotal ? next.isFalse : and(left.isTrue, next.isFalse);
  return { isTrue, isFalse: or(left.isFalse, secondIsFalse), total: isTotal && next.total === true };
}

export function either(left: Truth, right: () => Truth): Truth {
  return not(both(not(left), () => not(right())));
}

function join(op: 'and' | 'or', decisive: Condition, neutral: Condition, parts: readonly Condition[]): Condition {
  const found = new Map<string, Condition>();
  for (const part of parts) {
    if (part.op === decisive.op) return decisive;
    if (part.op === neutral.op) continue;
    for (const each of part.op === op ? part.of : [part]) found.set(JSON.stringify(each), each);
  }
  const [only, ...others] = found.values();
  if (only === undefined) return neutral;
  return others.length === 0 ? only : { op, of: [only, ...others] };
}

export function countNodes(condition: Condition): number {
  return 'of' in condition ? condition.of.reduce((sum, part) => sum + countNodes(part), 1) : 1;
}
