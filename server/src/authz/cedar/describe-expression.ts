import type { Policy } from '@cedar-policy/cedar-wasm/nodejs';
import { withCedarEngine } from './cedar-engine.ts';
import type { Statement } from './parse-policies.ts';
import type { EntityJson, ExpressionJson, ScopeConstraint } from './policy-json.ts';

const ANY = { op: 'All' } as const;
/** What the official engine puts around the one condition of a policy without scope. */
const WRAPPING = /^permit\s*\(\s*principal,\s*action,\s*resource\s*\)\s*when\s*\{(.*)\}\s*;\s*$/s;

/** An expression as Cedar text, on one line. Slow: it goes through the official engine. For explanations only. */
export function describeExpression(
  expression: ExpressionJson,
  { readCarried }: Pick<Statement, 'readCarried'>,
): string {
  const conditions = [{ kind: 'when', body: expression }];
  const policy = { effect: 'permit', principal: ANY, action: ANY, resource: ANY, conditions } as unknown as Policy;
  const answer = withCedarEngine((engine) => engine.policyToText(policy));
  if (answer.type === 'failure') return '(an expression that has no text)';
  const [, body = ''] = WRAPPING.exec(answer.text) ?? [];
  const exact = body.replaceAll(/decimal\("((?:long)+:-?[0-9]+)"\)/g, (call, carried: string) => {
    const long = readCarried(carried);
    return long === undefined ? call : String(long);
  });
  return exact.trim().replaceAll(/\s+/g, ' ');
}

/** `principal in Role::"admin"` */
export function describeScope(part: string, constraint: ScopeConstraint): string {
  switch (constraint.op) {
    case 'All':
      return part;
    case '==':
      return `${part} == ${describeEntity(constraint.entity)}`;
    case 'in':
      if ('entity' in constraint) return `${part} in ${describeEntity(constraint.entity)}`;
      return `${part} in [${constraint.entities.map(describeEntity).join(', ')}]`;
    case 'is': {
      const within = constraint.in === undefined ? '' : ` in ${describeEntity(constraint.in.entity)}`;
      return `${part} is ${constraint.entity_type}${within}`;
    }
  }
}

export function describeEntity({ type, id }: EntityJson): string {
  return `${type}::${JSON.stringify(id)}`;
}
