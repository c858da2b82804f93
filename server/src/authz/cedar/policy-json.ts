/**
 * Cedar's JSON policy format, as far as the parser emits it for policy text. An expression is an object with one
 * member that names the operator; extension functions appear under their own name with a list of arguments.
 */
export interface PolicyJson {
  effect: 'permit' | 'forbid';
  principal: ScopeConstraint;
  action: ScopeConstraint;
  resource: ScopeConstraint;
  conditions: readonly { kind: 'when' | 'unless'; body: ExpressionJson }[];
  annotations?: Readonly<Record<string, string | null>>;
}

export interface EntityJson {
  type: string;
  id: string;
}

export type ScopeConstraint =
  | { op: 'All' }
  | { op: '=='; entity: EntityJson }
  | { op: 'in'; entity: EntityJson }
  | { op: 'in'; entities: readonly EntityJson[] }
  | { op: 'is'; entity_type: string; in?: { entity: EntityJson } };

export type ExpressionJson = Readonly<Record<string, unknown>>;

export interface BinaryJson {
  left: ExpressionJson;
  right: ExpressionJson;
}

/** The one operator of an expression and what it is applied to. */
export function operatorOf(expression: ExpressionJson): { operator: string; operand: unknown } {
  const [entry, ...others] = Object.entries(expression);
  if (entry === undefined || others.length > 0) throw new TypeError('A Cedar expression has exactly one operator.');
  return { operator: entry[0], operand: entry[1] };
}
