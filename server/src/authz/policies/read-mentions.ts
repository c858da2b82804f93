import { createHash } from 'node:crypto';
import { operatorOf, type PolicyJson, type ScopeConstraint } from '../cedar/policy-json.ts';
import { type PolicySource, readPolicy } from '../policy-set.ts';

/** What one statement of a policy names, for whoever compares it with what there is. */
export interface Mentions {
  /** `orders.archive`: the policy, and the @id of the statement. */
  statement: string;
  effect: 'permit' | 'forbid';
  /** The only actions it applies to; undefined: to all. */
  actions: readonly string[] | undefined;
  /** The only resources it applies to. Of a resource nothing is known that it is in, so `in` is as narrow as `==`. */
  resource: { type?: string; id?: string };
  /** `context.parameters.<name>`, read or asked for with `has`. */
  parameters: readonly string[];
  /** `Role::"…"`, and what `principal.roles` is searched for. */
  roles: readonly string[];
  /** What `principal.scopes` is searched for. */
  scopes: readonly string[];
  /** `Action::"…"` anywhere. */
  namedActions: readonly string[];
  /** `Route::"…"` anywhere. */
  routes: readonly string[];
}

/** What a text mentions depends on nothing else, and parsing is what takes the time: so much is kept for the next look. */
const KEPT_MAX = 5_000;
const kept = new Map<string, readonly Mentions[]>();

/** A policy that can't be read mentions nothing. */
export function mentionsOf(source: PolicySource): readonly Mentions[] {
  const key = createHash('sha256')
    .update(JSON.stringify([source.name, source.cedar, source.links]))
    .digest('base64');
  const known = kept.get(key);
  if (known !== undefined) return known;
  const read = readPolicy(source);
  const found = read.ok ? read.statements.map(({ name, statement }) => readStatement(name, statement.json)) : [];
  const [oldest] = kept.size < KEPT_MAX ? [] : kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(key, found);
  return found;
}

function readStatement(statement: string, policy: PolicyJson): Mentions {
  const words: Record<'parameters' | 'roles' | 'scopes' | 'namedActions' | 'routes', Set<string>> = {
    parameters: new Set(),
    roles: new Set(),
    scopes: new Set(),
    namedActions: new Set(),
    routes: new Set(),
  };
  const kinds: Readonly<Record<string, Set<string>>> = {
    Role: words.roles,
    Action: words.namedActions,
    Route: words.routes,
  };
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && 'id' in node && typeof node.type === 'string' && typeof node.id === 'string')
      kinds[node.type]?.add(node.id);
    const parameter = attributeOf(node, isParameters);
    if (parameter !== undefined) words.parameters.add(parameter);
    for (const operator of ['contains', 'containsAll', 'containsAny'] as const) {
      const { left, right } = operandsOf(node, operator);
      const searched = attributeOf(left, isPrincipal);
      if (searched === 'roles' || searched === 'scopes') for (const text of literals(right)) words[searched].add(text);
    }
    for (const inner of Object.values(node)) visit(inner);
  };
  // What it does something to may be called Role as well.
  const { resource, ...others } = policy;
  visit(others);
  if (entityOf(resource)?.type === 'Route') visit(resource);
  const lists = Object.fromEntries(Object.entries(words).map(([name, found]) => [name, [...found]]));
  return {
    statement,
    effect: policy.effect,
    actions: actionsOf(policy.action),
    resource: entityOf(resource) ?? (resource.op === 'is' ? { type: resource.entity_type } : {}),
    ...(lists as Record<keyof typeof words, string[]>),
  };
}

function actionsOf(scope: ScopeConstraint): string[] | undefined {
  if ('entities' in scope) return scope.entities.map(({ id }) => id);
  return 'entity' in scope ? [scope.entity.id] : undefined;
}

function entityOf(scope: ScopeConstraint): { type: string; id: string } | undefined {
  if (scope.op === 'is') return scope.in?.entity;
  return 'entity' in scope ? scope.entity : undefined;
}

/** `x.name` and `x has name`, where `x` is what is looked for. */
function attributeOf(node: unknown, isWanted: (left: unknown) => boolean): string | undefined {
  for (const operator of ['.', 'has']) {
    const { left, attr } = operandsOf(node, operator);
    if (typeof attr === 'string' && isWanted(left)) return attr;
  }
  return undefined;
}

function operandsOf(node: unknown, operator: string): { left?: unknown; right?: unknown; attr?: unknown } {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, operator)) return {};
  return (node as Record<string, object>)[operator] ?? {};
}

const isVariable = (node: unknown, name: string): boolean =>
  typeof node === 'object' && node !== null && 'Var' in node && node.Var === name;
const isPrincipal = (node: unknown): boolean => isVariable(node, 'principal');

function isParameters(node: unknown): boolean {
  const { left, attr } = operandsOf(node, '.');
  return attr === 'parameters' && isVariable(left, 'context');
}

/** Texts of a text or of a list of them, as they are written. */
function literals(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { operator, operand } = operatorOf(node as Record<string, unknown>);
  if (operator === 'Set' && Array.isArray(operand)) return operand.flatMap(literals);
  return operator === 'Value' && typeof operand === 'string' ? [operand] : [];
}
