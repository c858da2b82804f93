import { compileExpression, type ReadCarried } from '../cedar/compile-expression.ts';
import { RelationMembers } from '../cedar/entity-relations.ts';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import { addLongs, isLong, subtractLongs } from '../cedar/long.ts';
import { type BinaryJson, type ExpressionJson, operatorOf } from '../cedar/policy-json.ts';
import { Entity, isRecord, isSet, readValue, type Value } from '../cedar/values.ts';
import type { RequestEnvironment } from '../decision-environment.ts';
import type { AttributeChange, Change } from './change.ts';

export interface ClauseContext {
  environment: RequestEnvironment;
  readCarried: ReadCarried;
  /** Tuples that would make the subject have the relation to the object. */
  tuplesFor(object: { type: string; id: string }, relation: string, subject: Entity): readonly Change[];
}

type Suggest = (operand: never, want: boolean, context: ClauseContext) => Change[];

/** By operator: single changes that may make the expression come out as wanted. None is certain until it was tried. */
const FORMS: ReadonlyMap<string, Suggest> = new Map<string, Suggest>([
  ['!', ({ arg }: { arg: ExpressionJson }, want, context) => changesFor(arg, !want, context)],
  [
    '&&',
    (operand: BinaryJson, want, context) => (want ? towards(operand, true, context) : ofBoth(operand, false, context)),
  ],
  [
    '||',
    (operand: BinaryJson, want, context) => (want ? ofBoth(operand, true, context) : towards(operand, false, context)),
  ],
  ['==', (operand: BinaryJson, want, context) => equality(operand, want, context)],
  ['!=', (operand: BinaryJson, want, context) => equality(operand, !want, context)],
  [
    '<',
    order(
      (limit) => subtractLongs(limit, 1),
      (limit) => limit,
    ),
  ],
  [
    '<=',
    order(
      (limit) => limit,
      (limit) => addLongs(limit, 1),
    ),
  ],
  [
    '>',
    order(
      (limit) => addLongs(limit, 1),
      (limit) => limit,
    ),
  ],
  [
    '>=',
    order(
      (limit) => limit,
      (limit) => subtractLongs(limit, 1),
    ),
  ],
  ['in', membership],
  ['contains', containing],
  ['has', presence],
  ['if-then-else', branch],
]);

export function changesFor(expression: ExpressionJson, want: boolean, context: ClauseContext): Change[] {
  if (Object.keys(expression).length !== 1) return [];
  const { operator, operand } = operatorOf(expression);
  if (operator === '.') return setTo(expression, { value: want });
  return FORMS.get(operator)?.(operand as never, want, context) ?? [];
}

/** Every part must come out so: the first that does not is the one to change. */
function towards({ left, right }: BinaryJson, want: boolean, context: ClauseContext): Change[] {
  return evaluate(left, context) === want ? changesFor(right, want, context) : changesFor(left, want, context);
}

function ofBoth({ left, right }: BinaryJson, want: boolean, context: ClauseContext): Change[] {
  return [...changesFor(left, want, context), ...changesFor(right, want, context)];
}

function branch(
  operand: { if: ExpressionJson; then: ExpressionJson; else: ExpressionJson },
  want: boolean,
  context: ClauseContext,
): Change[] {
  const test = evaluate(operand.if, context);
  if (typeof test !== 'boolean') return [];
  return [...changesFor(test ? operand.then : operand.else, want, context), ...changesFor(operand.if, !test, context)];
}

function equality({ left, right }: BinaryJson, want: boolean, context: ClauseContext): Change[] {
  const one = (path: ExpressionJson, other: ExpressionJson): Change[] => {
    const value = evaluate(other, context);
    if (value === undefined || (typeof value === 'object' && !(value instanceof Entity))) return [];
    return setTo(path, want ? { value } : { anythingBut: value, tried: otherThan(value) });
  };
  return [...one(left, right), ...one(right, left)];
}

function otherThan(value: Value): Value {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `not ${value}`;
  if (value instanceof Entity) return new Entity(value.type, `not ${value.id}`);
  return isLong(value) ? (value === 0 ? 1 : 0) : value;
}

type Limit = (limit: number | bigint) => number | bigint;

function order(ifWanted: Limit, ifNot: Limit): Suggest {
  return ({ left, right }: BinaryJson, want: boolean, context: ClauseContext) => {
    const limit = evaluate(right, context);
    if (limit === undefined || !isLong(limit)) return [];
    try {
      return setTo(left, { value: (want ? ifWanted : ifNot)(limit) });
    } catch (failure) {
      // There is no smaller or larger one.
      if (failure instanceof EvaluationFailure) return [];
      throw failure;
    }
  };
}

/** `principal in Role::"x"`, or in any of several. */
function membership({ left, right }: BinaryJson, want: boolean, context: ClauseContext): Change[] {
  if (left.Var !== 'principal') return equality({ left, right }, want, context);
  const target = evaluate(right, context);
  if (target === undefined) return [];
  const targets = isSet(target) ? target : [target];
  return targets.flatMap((each) => (each instanceof Entity ? joining(each, want) : []));
}

export function joining({ type, id }: { type: string; id: string }, want: boolean): Change[] {
  if (type === 'Role') return [{ kind: 'role', name: id, ...(want ? {} : { remove: true }) }];
  if (type === 'Group') return [{ kind: 'group', name: id, ...(want ? {} : { remove: true }) }];
  return type === 'Organization' && want ? [{ kind: 'organization', id }] : [];
}

function containing({ left, right }: BinaryJson, want: boolean, context: ClauseContext): Change[] {
  const set = evaluate(left, context);
  const member = evaluate(right, context);
  if (member === undefined) {
    // `["a", "b"].contains(resource.x)`, where there is no x yet.
    const [first] = set !== undefined && isSet(set) ? set : [];
    const value = first === undefined ? undefined : readValue(first);
    return want && value !== undefined ? setTo(right, { value }) : [];
  }
  if (set instanceof RelationMembers) {
    return want && member instanceof Entity ? [...context.tuplesFor(set.entity, set.relation, member)] : [];
  }
  const changes = setTo(left, want ? { added: member } : { removed: member });
  const [first] = set !== undefined && isSet(set) ? set : [];
  const value = first === undefined ? undefined : readValue(first);
  if (want && value !== undefined) changes.push(...setTo(right, { value }));
  if (!want) changes.push(...setTo(right, { anythingBut: member, tried: otherThan(member) }));
  return changes;
}

function presence({ left, attr }: { left: ExpressionJson; attr: string | readonly string[] }, want: boolean): Change[] {
  const [name] = typeof attr === 'string' ? [attr] : attr;
  // Which value it should have is not said here: the clause that reads it says.
  const to: AttributeChange = want ? { value: true } : { absent: true };
  return setTo({ '.': { left, attr: name } }, to);
}

/** A change of what a path names: `resource.status`, `principal.roles`, `context.ip`. Nothing else can be changed. */
function setTo(expression: ExpressionJson, to: AttributeChange): Change[] {
  const path = pathOf(expression);
  if (path === undefined) return [];
  const [root, ...names] = path;
  const [first = ''] = names;
  if (first === '' || first === 'relations') return [];
  if (root === 'principal' && OWN_ATTRIBUTES.has(first)) return names.length === 1 ? ownAttribute(first, to) : [];
  if (root === 'principal' || root === 'resource' || root === 'context') {
    return [{ kind: 'attribute', of: root, path: names, to }];
  }
  return [];
}

/** Attributes that the house itself gives a principal: each has its own way to be changed, or none. */
const OWN_ATTRIBUTES = new Set(['id', 'type', 'roles', 'groups', 'scopes', 'organization', 'acr', 'amr', 'authTime']);
const LISTS = { roles: 'role', scopes: 'scope', groups: 'group' } as const;

function ownAttribute(name: string, to: AttributeChange): Change[] {
  if (name === 'roles' || name === 'scopes' || name === 'groups') {
    const kind = LISTS[name];
    if ('added' in to && typeof to.added === 'string') return [{ kind, name: to.added }];
    return 'removed' in to && typeof to.removed === 'string' ? [{ kind, name: to.removed, remove: true }] : [];
  }
  if (name === 'amr')
    return 'added' in to && typeof to.added === 'string' ? [{ kind: 'step_up', member: name, value: to.added }] : [];
  if (!('value' in to)) return [];
  const { value } = to;
  if (name === 'organization') return typeof value === 'string' ? [{ kind: 'organization', id: value }] : [];
  if (name === 'acr') return typeof value === 'string' ? [{ kind: 'step_up', member: name, value }] : [];
  return name === 'authTime' && isLong(value) ? [{ kind: 'step_up', member: name, value }] : [];
}

function pathOf(expression: ExpressionJson): string[] | undefined {
  if (typeof expression.Var === 'string') return [expression.Var];
  const inner = expression['.'] as { left: ExpressionJson; attr: string } | undefined;
  const path = inner === undefined ? undefined : pathOf(inner.left);
  return path === undefined || inner === undefined ? undefined : [...path, inner.attr];
}

function evaluate(expression: ExpressionJson, { environment, readCarried }: ClauseContext): Value | undefined {
  try {
    const value = compileExpression(expression, readCarried).evaluate(environment);
    return isRecord(value) ? undefined : value;
  } catch (failure) {
    if (failure instanceof EvaluationFailure) return undefined;
    throw failure;
  }
}
