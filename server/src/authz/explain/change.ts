import type { DecisionRequest, Principal } from '#base';
import { describeValue } from '../cedar/describe-value.ts';
import { Entity, type Value } from '../cedar/values.ts';
import type { TupleKey } from '../relations/tuple.ts';

/** One thing that could be otherwise. */
export type Change =
  | { kind: 'scope' | 'role' | 'group'; name: string; remove?: true }
  | { kind: 'organization'; id: string }
  /** A stronger or a fresh sign-in: what `acr`, `amr` or the time of it would have to be. */
  | { kind: 'step_up'; member: 'acr' | 'amr' | 'authTime'; value: string | number | bigint }
  | { kind: 'relationship'; tuple: TupleKey }
  | { kind: 'attribute'; of: 'principal' | 'resource' | 'context'; path: readonly string[]; to: AttributeChange };

export type AttributeChange =
  | { value: Value }
  /** Any value but this; `tried` is the one that was. */
  | { anythingBut: Value; tried: Value }
  | { added: Value }
  | { removed: Value }
  | { absent: true };

/** The change in words, for operators. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'scope':
    case 'role':
    case 'group':
      return change.remove === true
        ? `take the ${change.kind} ${change.name} from the principal`
        : `give the principal the ${change.kind} ${change.name}`;
    case 'organization':
      return `let the principal act inside the organization ${change.id}`;
    case 'step_up':
      return change.member === 'amr'
        ? `sign in with ${change.value}`
        : `sign in again, so that ${change.member} is ${change.value}`;
    case 'relationship': {
      const { object, relation, user } = change.tuple;
      return `make ${user} ${relation} of ${object}`;
    }
    case 'attribute':
      return describeAttribute(`${change.of}.${change.path.join('.')}`, change.to);
  }
}

function describeAttribute(path: string, to: AttributeChange): string {
  if ('value' in to) return `let ${path} be ${describeValue(to.value)}`;
  if ('anythingBut' in to) return `let ${path} be anything but ${describeValue(to.anythingBut)}`;
  if ('added' in to) return `let ${path} hold ${describeValue(to.added)}`;
  if ('removed' in to) return `let ${path} not hold ${describeValue(to.removed)}`;
  return `let there be no ${path}`;
}

/** A copy of the request with the changes made. Relationships are not part of a request: see `tuplesOf`. */
export function applyChanges(request: DecisionRequest, changes: readonly Change[]): DecisionRequest {
  return changes.reduce(applyChange, request);
}

/** What has to be added to the graph. */
export function tuplesOf(changes: readonly Change[]): TupleKey[] {
  return changes.flatMap((change) => (change.kind === 'relationship' ? [change.tuple] : []));
}

function applyChange(request: DecisionRequest, change: Change): DecisionRequest {
  const { principal } = request;
  const withPrincipal = (members: Partial<Principal>) => ({ ...request, principal: { ...principal, ...members } });
  const list = (names: readonly string[] = [], name: string, remove = false) =>
    remove ? names.filter((each) => each !== name) : [...names, name];
  switch (change.kind) {
    case 'scope':
      return withPrincipal({ scopes: list(principal.scopes, change.name, change.remove) });
    case 'role':
      return withPrincipal({ roles: list(principal.roles, change.name, change.remove) });
    case 'group':
      return withPrincipal({ groups: list(principal.groups, change.name, change.remove) });
    case 'organization':
      return withPrincipal({ organizationId: change.id });
    case 'step_up':
      if (change.member === 'amr') return withPrincipal({ amr: list(principal.amr, String(change.value)) });
      if (change.member === 'acr') return withPrincipal({ acr: String(change.value) });
      return withPrincipal({ authTime: Number(change.value) });
    case 'relationship':
      return request;
    case 'attribute':
      return applyAttribute(request, change.of, change.path, change.to);
  }
}

function applyAttribute(
  request: DecisionRequest,
  of: 'principal' | 'resource' | 'context',
  path: readonly string[],
  to: AttributeChange,
): DecisionRequest {
  const { resource, context, principal, principalAttributes = {} } = request;
  if (of === 'context') return { ...request, context: setAt(context, path, to) };
  if (of === 'principal') {
    const changed = { ...request, principalAttributes: setAt(principalAttributes, path, to) };
    // What is known of the key would stand before it.
    return path[0] === 'environment' ? { ...changed, principal: withoutEnvironment(principal) } : changed;
  }
  return { ...request, resource: { ...resource, attributes: setAt(resource.attributes ?? {}, path, to) } };
}

function withoutEnvironment(principal: Principal): Principal {
  const { environment: _, ...credential } = principal.credential;
  return { ...principal, credential };
}

function setAt(record: Readonly<Record<string, unknown>>, path: readonly string[], to: AttributeChange) {
  const [name = '', ...rest] = path;
  const before = Object.hasOwn(record, name) ? record[name] : undefined;
  const after: unknown = rest.length === 0 ? valueAfter(before, to) : setAt(isPlain(before) ? before : {}, rest, to);
  return Object.fromEntries([...Object.entries(record).filter(([each]) => each !== name), [name, after]]);
}

function valueAfter(before: unknown, to: AttributeChange): unknown {
  if ('value' in to) return to.value;
  if ('anythingBut' in to) return to.tried;
  if ('absent' in to) return undefined;
  const members = Array.isArray(before) ? before : [];
  if ('added' in to) return [...members, to.added];
  return members.filter((each) => JSON.stringify(each) !== JSON.stringify(to.removed));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Entity);
}
