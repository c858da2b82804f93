import type { CompiledPolicy } from './compile-policy.ts';
import { dataOf, type Environment } from './environment.ts';
import type { EntityJson, ScopeConstraint } from './policy-json.ts';
import type { Entity } from './values.ts';

/**
 * Finds the policies whose scope may match, so that the time of a decision does not grow with policies that cannot.
 * Each policy is filed once, under the most selective part of its scope: the one it shares with the fewest others.
 */
export interface PolicyIndex {
  /** Appends the candidates to `found`. A policy that is filed under several actions may be appended more than once. */
  collect(environment: Environment, found: CompiledPolicy[]): void;
}

const PARTS = ['principal', 'resource', 'action'] as const;
type Part = (typeof PARTS)[number];
type Policies = CompiledPolicy[];
type ByEntity = Map<string, Map<string, Policies>>;

interface PartIndex {
  part: Part;
  equal: ByEntity;
  within: ByEntity;
  ofType: Map<string, Policies>;
}

/** Where a policy can be filed for one part of its scope. More than one key only for `action in [...]`. */
type Filing = { kind: 'equal' | 'within'; keys: readonly EntityJson[] } | { kind: 'ofType'; type: string };

export function indexPolicies(policies: readonly CompiledPolicy[]): PolicyIndex {
  const rivals = countRivals(policies);
  const anywhere: Policies = [];
  const parts = PARTS.map((part): PartIndex => ({ part, equal: new Map(), within: new Map(), ofType: new Map() }));
  for (const policy of policies) {
    let best: { index: PartIndex; filing: Filing; rivals: number } | undefined;
    for (const index of parts) {
      const filing = filingOf(policy.scope[index.part]);
      if (filing === undefined) continue;
      const count = Math.max(...tokensOf(index.part, filing).map((token) => rivals.get(token) ?? 0));
      if (best === undefined || count < best.rivals) best = { index, filing, rivals: count };
    }
    if (best === undefined) anywhere.push(policy);
    else file(best.index, best.filing, policy);
  }
  const used = parts.filter((index) => index.equal.size + index.within.size + index.ofType.size > 0);
  return {
    collect(environment, found) {
      for (const policy of anywhere) found.push(policy);
      for (const index of used) collectPart(index, environment[index.part], environment, found);
    },
  };
}

function filingOf(constraint: ScopeConstraint): Filing | undefined {
  switch (constraint.op) {
    case 'All':
      return undefined;
    case '==':
      return { kind: 'equal', keys: [constraint.entity] };
    case 'in':
      return { kind: 'within', keys: 'entities' in constraint ? constraint.entities : [constraint.entity] };
    case 'is':
      if (constraint.in !== undefined) return { kind: 'within', keys: [constraint.in.entity] };
      return { kind: 'ofType', type: constraint.entity_type };
  }
}

function countRivals(policies: readonly CompiledPolicy[]): Map<string, number> {
  const rivals = new Map<string, number>();
  for (const policy of policies) {
    for (const part of PARTS) {
      const filing = filingOf(policy.scope[part]);
      if (filing === undefined) continue;
      for (const token of tokensOf(part, filing)) rivals.set(token, (rivals.get(token) ?? 0) + 1);
    }
  }
  return rivals;
}

function tokensOf(part: Part, filing: Filing): string[] {
  if (filing.kind === 'ofType') return [JSON.stringify([part, filing.kind, filing.type])];
  return filing.keys.map(({ type, id }) => JSON.stringify([part, filing.kind, type, id]));
}

function file(index: PartIndex, filing: Filing, policy: CompiledPolicy): void {
  if (filing.kind === 'ofType') {
    fileUnder(index.ofType, filing.type, policy);
    return;
  }
  const byEntity = index[filing.kind];
  for (const { type, id } of filing.keys) {
    const byId = byEntity.get(type) ?? new Map<string, Policies>();
    byEntity.set(type, byId);
    fileUnder(byId, id, policy);
  }
}

function fileUnder(files: Map<string, Policies>, key: string, policy: CompiledPolicy): void {
  const filed = files.get(key);
  if (filed === undefined) files.set(key, [policy]);
  else filed.push(policy);
}

function collectPart(index: PartIndex, entity: Entity, environment: Environment, found: CompiledPolicy[]): void {
  if (index.equal.size > 0) append(index.equal.get(entity.type)?.get(entity.id), found);
  if (index.ofType.size > 0) append(index.ofType.get(entity.type), found);
  if (index.within.size === 0) return;
  const data = dataOf(environment, entity);
  for (const [type, byId] of index.within) {
    if (type === entity.type) append(byId.get(entity.id), found);
    if (data !== undefined) for (const id of data.ancestorIds(type)) append(byId.get(id), found);
  }
}

function append(policies: readonly CompiledPolicy[] | undefined, found: CompiledPolicy[]): void {
  if (policies !== undefined) for (const policy of policies) found.push(policy);
}
