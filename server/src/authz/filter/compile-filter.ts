import type { DecisionRequest } from '#base';
import { type CompiledPolicy, compileScope } from '../cedar/compile-policy.ts';
import type { Environment } from '../cedar/environment.ts';
import type { EntityJson, ScopeConstraint } from '../cedar/policy-json.ts';
import { Entity } from '../cedar/values.ts';
import { RequestEnvironment } from '../decision-environment.ts';
import type { TenantFacts } from '../facts/request-facts.ts';
import type { FactPlace } from '../facts/tenant-facts.ts';
import type { PolicySet } from '../policy-set.ts';
import { equalsAnyOf } from './compare-field.ts';
import { and, both, type Condition, FALSE, NEVER, not, or, TRUE, type Truth } from './condition.ts';
import type { Field } from './fields.ts';
import { listRelatedIds } from './list-related-ids.ts';
import { NotCompilable, type PartialInput, unknownResource } from './partial-input.ts';
import { idField } from './partial-term.ts';
import { truthOf } from './partial-truth.ts';

export interface FilterRequest {
  /** Who, what, in which circumstances. The resource's id and attributes are what is looked for. */
  request: Omit<DecisionRequest, 'resource' | 'requiredScopes' | 'requiredRoles'>;
  resourceType: string;
  /** The columns; without them every condition on an attribute is undecided. */
  fields: ReadonlyMap<string, Field> | undefined;
  facts: TenantFacts | undefined;
  places: ReadonlyMap<string, FactPlace>;
}

export interface CompiledFilter {
  /** Which resources are allowed, exactly as a decision on each of them would be. */
  condition: Condition;
  /** Each policy that may permit some, and what it takes. */
  permits: readonly { policy: string; condition: Condition }[];
  forbids: readonly { policy: string; condition: Condition }[];
}

/** Why there is no filter. */
export interface FilterProblem {
  policy: string;
  reason: string;
}

/** Parts of one filter; a database takes that in milliseconds. */
const PARTS_MAX = 5_000;

/**
 * Which resources may the principal do this to? Policies are evaluated as far as they can be without a resource; what is
 * left are conditions on it. What has no such form is a problem, and there is no filter: never a wider one.
 */
export function compileFilter(
  set: PolicySet,
  input: FilterRequest,
): { ok: true; filter: CompiledFilter } | { ok: false; problems: readonly FilterProblem[] } {
  const [broken] = set.broken;
  // As decisions do: what the missing policy would have forbidden is unknown.
  if (broken !== undefined) return { ok: true, filter: { condition: NEVER, permits: [], forbids: [] } };
  const environment = environmentOf(input);
  const problems: FilterProblem[] = [];
  const permits: { policy: string; condition: Condition }[] = [];
  const forbids: { policy: string; condition: Condition }[] = [];
  let partsLeft = PARTS_MAX;
  const spend = () => {
    partsLeft -= 1;
    if (partsLeft < 0) throw new NotCompilable(`the policies make a filter of more than ${PARTS_MAX} parts`);
  };
  for (const policy of set.compiled.policies) {
    try {
      const satisfied = satisfactionOf(policy, toPartialInput(policy, input, environment, spend));
      const { name, effect } = policy;
      if (effect === 'permit' && satisfied.isTrue.op !== 'never')
        permits.push({ policy: name, condition: satisfied.isTrue });
      if (effect === 'forbid' && satisfied.isFalse.op !== 'always')
        forbids.push({ policy: name, condition: satisfied.isFalse });
    } catch (cause) {
      if (!(cause instanceof NotCompilable)) throw cause;
      problems.push({ policy: policy.name, reason: cause.reason });
      if (partsLeft < 0) break;
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  // A forbid that fails denies as one that holds does: it must come out false.
  const condition = and(or(...permits.map((each) => each.condition)), ...forbids.map((each) => each.condition));
  return { ok: true, filter: { condition, permits, forbids } };
}

function environmentOf({ request, resourceType, facts }: FilterRequest): Environment {
  const whole = new RequestEnvironment({ ...request, resource: { type: resourceType, id: '' } }, facts);
  const { principal } = whole;
  return {
    principal,
    action: whole.action,
    context: whole.context,
    facts: whole.facts,
    resource: new Entity(resourceType, ''),
    entities: unknownResource(resourceType, (type, id) =>
      type === principal.type && id === principal.id ? principal.data : undefined,
    ),
  };
}

function toPartialInput(
  { statement }: CompiledPolicy,
  { fields, resourceType, facts, places, request }: FilterRequest,
  environment: Environment,
  spend: () => void,
): PartialInput {
  return {
    environment,
    resourceType,
    fields,
    relations: facts?.relationsOf(resourceType),
    idsRelatedTo: (relation, subject) =>
      listRelatedIds(places, { resourceType, relation, subject, context: request.context }),
    readCarried: statement.readCarried,
    spend,
  };
}

/** Scope first, then the conditions in their order: what comes after one that surely does not hold is not looked at. */
function satisfactionOf({ scope, statement }: CompiledPolicy, input: PartialInput): Truth {
  const { environment } = input;
  for (const part of ['action', 'principal'] as const) {
    if (!compileScope(part, scope[part]).every((test) => test(environment))) return FALSE;
  }
  let satisfied = resourceScope(scope.resource, input);
  for (const { kind, body } of statement.json.conditions) {
    satisfied = both(satisfied, () => {
      const truth = truthOf(body, input);
      return kind === 'when' ? truth : not(truth);
    });
  }
  return satisfied;
}

/** A resource has no parents: it is in itself alone. */
function resourceScope(constraint: ScopeConstraint, input: PartialInput): Truth {
  switch (constraint.op) {
    case 'All':
      return TRUE;
    case '==':
      return isOneOf([constraint.entity], input);
    case 'in':
      return isOneOf('entities' in constraint ? constraint.entities : [constraint.entity], input);
    case 'is':
      if (constraint.entity_type !== input.resourceType) return FALSE;
      return constraint.in === undefined ? TRUE : isOneOf([constraint.in.entity], input);
  }
}

function isOneOf(entities: readonly EntityJson[], input: PartialInput): Truth {
  return equalsAnyOf(
    idField(input),
    entities.map(({ type, id }) => new Entity(type, id)),
  );
}
