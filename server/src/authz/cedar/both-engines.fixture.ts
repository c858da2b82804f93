import { withCedarEngine } from './cedar-engine.ts';
import { compilePolicySet } from './compile-policy-set.ts';
import type { EntityFacts } from './entity-relations.ts';
import type { Environment } from './environment.ts';
import { EXTENSION_FUNCTIONS } from './extension-functions.ts';
import { parsePolicies, type Statement } from './parse-policies.ts';
import { type CedarRecord, Entity, type EntityData, ownMember, readValue, type Value } from './values.ts';

/** A request in Cedar's own JSON forms, which both engines are given. */
export interface Case {
  policies: Readonly<Record<string, string>>;
  entities: readonly EntityCase[];
  principal: Uid;
  action: Uid;
  resource: Uid;
  context: Readonly<Record<string, Json>>;
}

export interface Uid {
  type: string;
  id: string;
}

export interface EntityCase {
  uid: Uid;
  attrs: Record<string, Json>;
  parents: Uid[];
  tags: Record<string, Json>;
}

export type Json = boolean | number | string | Json[] | { [name: string]: Json };

export interface Answer {
  decision: 'allow' | 'deny';
  reasons: string[];
  erroring: string[];
}

type Policies = Case['policies'];
type Asked = Omit<Case, 'policies'>;

/** What the official engine says. */
export function officialAnswer({ policies, ...request }: Case): Answer {
  return officialSet(policies)(request);
}

/** The same for many questions to one set, which is parsed once. It holds until another is made. */
export function officialSet(policies: Policies): (request: Asked) => Answer {
  const preparsedPolicySetId = 'under test';
  const parsed = withCedarEngine((engine) =>
    engine.preparsePolicySet(preparsedPolicySetId, { staticPolicies: { ...policies } }),
  );
  if (parsed.type === 'failure') throw new Error(parsed.errors.map((error) => error.message).join('; '));
  return (request) => {
    const entities = request.entities.map((entity) => ({ ...entity }));
    const answer = withCedarEngine((engine) =>
      engine.statefulIsAuthorized({ ...request, entities, preparsedPolicySetId }),
    );
    if (answer.type === 'failure') throw new Error(answer.errors.map((error) => error.message).join('; '));
    const { decision, diagnostics } = answer.response;
    const erroring = diagnostics.errors.map((error) => error.policyId).sort();
    return { decision, reasons: [...diagnostics.reason].sort(), erroring };
  };
}

/** What ours says. */
export function compiledAnswer({ policies, ...request }: Case, facts?: EntityFacts): Answer {
  return compiledSet(policies)(request, facts);
}

export function compiledSet(policies: Policies): (request: Asked, facts?: EntityFacts) => Answer {
  const statements = Object.entries(policies).map(([name, text]) => ({ name, statement: statementOf(text) }));
  const set = compilePolicySet(statements);
  return (request, facts) => {
    const { permits, forbids, failures } = set.evaluate({ ...environmentOf(request), facts });
    const deciding = forbids.length > 0 ? forbids : permits;
    return {
      decision: forbids.length === 0 && permits.length > 0 ? 'allow' : 'deny',
      reasons: deciding.map((policy) => policy.name).sort(),
      erroring: failures.map(({ policy }) => policy.name).sort(),
    };
  };
}

function statementOf(text: string): Statement {
  const parsed = parsePolicies(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problems.map((problem) => problem.message).join('; ')}`);
  const [statement] = parsed.statements;
  if (statement === undefined) throw new Error('no statement');
  return statement;
}

export function environmentOf({ entities, principal, action, resource, context }: Omit<Case, 'policies'>): Environment {
  const known = new Map(entities.map((entity) => [uidKey(entity.uid), dataOf(entity, entities)]));
  const reference = ({ type, id }: Uid) => new Entity(type, id, known.get(uidKey({ type, id })));
  return {
    principal: reference(principal),
    action: reference(action),
    resource: reference(resource),
    context: recordOf(context),
    entities: { find: (type, id) => known.get(uidKey({ type, id })) },
  };
}

function uidKey({ type, id }: Uid): string {
  return JSON.stringify([type, id]);
}

function dataOf(entity: EntityCase, all: readonly EntityCase[]): EntityData {
  const ancestors = new Map<string, Uid>();
  const climb = (uid: Uid): void => {
    if (ancestors.has(uidKey(uid))) return;
    ancestors.set(uidKey(uid), uid);
    for (const parent of all.find((other) => uidKey(other.uid) === uidKey(uid))?.parents ?? []) climb(parent);
  };
  for (const parent of entity.parents) climb(parent);
  const attributes = recordOf(entity.attrs);
  return {
    attribute: (name) => ownMember(attributes, name),
    tags: recordOf(entity.tags),
    isDescendantOf: (type, id) => ancestors.has(uidKey({ type, id })),
    ancestorIds: (type) => [...ancestors.values()].filter((uid) => uid.type === type).map((uid) => uid.id),
  };
}

function recordOf(json: Readonly<Record<string, Json>>): CedarRecord {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, toValue(value)]));
}

function toValue(json: Json): Value {
  if (Array.isArray(json)) return json.map(toValue);
  if (typeof json !== 'object') return readValue(json) ?? false;
  const { __entity: entity, __extn: extension } = json;
  if (isObject(entity)) return new Entity(String(entity.type), String(entity.id));
  if (isObject(extension)) {
    const call = EXTENSION_FUNCTIONS.get(String(extension.fn));
    const { args } = extension;
    const operands = Array.isArray(args) ? args : [extension.arg ?? ''];
    if (call === undefined) throw new Error(`no function ${String(extension.fn)}`);
    return call(...operands.map(toValue));
  }
  return recordOf(json);
}

function isObject(json: Json | undefined): json is { [name: string]: Json } {
  return typeof json === 'object' && !Array.isArray(json);
}
