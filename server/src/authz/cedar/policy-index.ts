import type { CompiledPolicy, Part } from './compile-policy.ts';
import { dataOf, type Environment } from './environment.ts';
import type { EntityJson, ScopeConstraint } from './policy-json.ts';
import type { Entity } from './values.ts';

/**
 * Finds the policies whose scope may match, so that the time of a decision does not grow with policies that cannot.
 * Each policy is filed once, under the most selective part of its scope: the one it shares with the fewest others.
 */
export interface PolicyIndex {
  /** Puts the candidates into `found`. A policy that is filed under several actions may be put there more than once. */
  collect(environment: Environment, found: Found): void;
}

/** A list that is emptied without giving back its memory: setting an array's length to 0 would. */
export class Found {
  readonly policies: CompiledPolicy[] = [];
  count = 0;

  add(policies: readonly CompiledPolicy[] | undefined): void {
    if (policies === undefined) return;
    for (let each = 0; each < policies.length; each += 1) {
      const policy = policies[each];
      if (policy === undefined) continue;
      this.policies[this.count] = policy;
      this.count += 1;
    }
  }
}

const PARTS = ['principal', 'resource', 'action'] as const;
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
    if (best !== undefined && tellsAll(policy.scope[best.index.part])) {
      policy.isSatisfiedWhenFound = policy.isSatisfiedGiven(best.index.part);
    }
  }
  const collectors = parts.flatMap(collectorOf);
  return {
    collect(environment, found) {
      found.add(anywhere);
      for (let each = 0; each < collectors.length; each += 1) collectors[each]?.(environment, found);
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

/** Is being found under it as good as matching it? `is T in E` is filed under `E` alone. */
function tellsAll(constraint: ScopeConstraint): boolean {
  return constraint.op !== 'is' || constraint.in === undefined;
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

type Collect = PolicyIndex['collect'];

/** Only what there is to look through, as closures: what is looked up for every decision is fixed beforehand. */
function collectorOf({ part, equal, within, ofType }: PartIndex): Collect[] {
  const read = READERS[part];
  const collectors: Collect[] = [];
  if (equal.size > 0) {
    collectors.push((environment, found) => {
      const { type, id } = read(environment);
      found.add(equal.get(type)?.get(id));
    });
  }
  if (ofType.size > 0) collectors.push((environment, found) => found.add(ofType.get(read(environment).type)));
  for (const [type, byId] of within) {
    collectors.push((environment, found) => {
      const entity = read(environment);
      if (type === entity.type) found.add(byId.get(entity.id));
      const ids = dataOf(environment, entity)?.ancestorIds(type) ?? NO_IDS;
      for (let each = 0; each < ids.length; each += 1) found.add(byId.get(ids[each] ?? ''));
    });
  }
  return collectors;
}

const READERS: Readonly<Record<Part, (environment: Environment) => Entity>> = {
  principal: (environment) => environment.principal,
  resource: (environment) => environment.resource,
  action: (environment) => environment.action,
};
const NO_IDS: readonly string[] = Object.freeze([]);
