import { type ExpressionJson, operatorOf } from './policy-json.ts';

/** The longest attribute paths in an expression (`context.ip`, `principal.organization`), each once: what it looked at. */
export function findPaths(expression: ExpressionJson): ExpressionJson[] {
  const found = new Map<string, ExpressionJson>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const inner of node) visit(inner);
    } else if (isPath(node)) found.set(JSON.stringify(node), node);
    else for (const inner of Object.values(node)) visit(inner);
  };
  visit(expression);
  return [...found.values()];
}

function isPath(node: object): node is ExpressionJson {
  if (Object.keys(node).length !== 1) return false;
  const { operator, operand } = operatorOf(node as ExpressionJson);
  if (operator === 'Var') return true;
  return operator === '.' && isPath((operand as { left: object }).left);
}
