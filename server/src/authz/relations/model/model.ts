import type { AuthorizationModelJson, ConditionJson } from './model-json.ts';

/** How a relation follows from tuples and other relations. */
export type Rewrite =
  | { kind: 'this' }
  | { kind: 'computed'; relation: string }
  | { kind: 'from'; tupleset: string; relation: string }
  | { kind: 'union' | 'intersection'; children: readonly Rewrite[] }
  | { kind: 'difference'; base: Rewrite; subtract: Rewrite };

/** Who may stand in a tuple of the relation: `user`, `user:*`, `group#member`, each with or without a condition. */
export interface Restriction {
  type: string;
  relation?: string;
  wildcard: boolean;
  condition?: string;
}

export interface RelationDefinition {
  name: string;
  rewrite: Rewrite;
  restrictions: readonly Restriction[];
  /** Some `… from <this relation>` follows it: its tuples may name objects only. */
  isTupleset: boolean;
}

export interface Model {
  schemaVersion: string;
  types: ReadonlyMap<string, ReadonlyMap<string, RelationDefinition>>;
  conditions: ReadonlyMap<string, ConditionJson>;
  /** As it was written: what the API gives back. */
  json: AuthorizationModelJson;
}

export function* walkRewrite(rewrite: Rewrite): Generator<Rewrite> {
  yield rewrite;
  if (rewrite.kind === 'union' || rewrite.kind === 'intersection') {
    for (const child of rewrite.children) yield* walkRewrite(child);
  } else if (rewrite.kind === 'difference') {
    yield* walkRewrite(rewrite.base);
    yield* walkRewrite(rewrite.subtract);
  }
}

export function describeRestriction({ type, relation, wildcard, condition }: Restriction): string {
  const who = wildcard ? `${type}:*` : relation === undefined ? type : `${type}#${relation}`;
  return condition === undefined ? who : `${who} with ${condition}`;
}
