import type { CompiledPolicy } from '../cedar/compile-policy.ts';
import type { ScopeConstraint } from '../cedar/policy-json.ts';

/** Ids of all entities of a type that policies name: nobody else could be told apart by his id alone. */
export function idsNamedIn(policies: readonly CompiledPolicy[], type: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && 'id' in node && node.type === type && typeof node.id === 'string') found.add(node.id);
    for (const inner of Object.values(node)) visit(inner);
  };
  for (const { statement } of policies) visit(statement.json);
  return found;
}

/** Names of all relations that policies ask for: `….relations.editor`. It may name some that are attributes of another kind. */
export function relationsNamedIn(policies: readonly CompiledPolicy[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('.' in node) {
      const { left, attr } = node['.'] as { left?: unknown; attr?: unknown };
      if (typeof attr === 'string' && endsInRelations(left)) found.add(attr);
    }
    for (const inner of Object.values(node)) visit(inner);
  };
  for (const { statement } of policies) visit(statement.json);
  return found;
}

function endsInRelations(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || !('.' in node)) return false;
  return (node['.'] as { attr?: unknown }).attr === 'relations';
}

/** Could an action be permitted that no policy names? */
export function permitsAnyAction(policies: readonly CompiledPolicy[]): boolean {
  return policies.some(({ effect, scope }) => effect === 'permit' && isAny(scope.action));
}

function isAny({ op }: ScopeConstraint): boolean {
  return op === 'All';
}
