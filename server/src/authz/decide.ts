import type { Decision, DecisionReason, DecisionRequest } from '#base';
import type { CompiledPolicy } from './cedar/compile-policy.ts';
import type { PolicyFailure, PolicyOutcome } from './cedar/policy-outcome.ts';
import { RequestEnvironment } from './decision-environment.ts';
import { describeMissingRoles, describeMissingScopes, SUMMARIES } from './decision-summary.ts';
import { isEntityType } from './entity-type.ts';
import type { TenantFacts } from './facts/request-facts.ts';
import type { PolicySet } from './policy-set.ts';

/**
 * May it be done? Scopes, then roles, then policies; each can only narrow. Deny by default:
 *
 * 1. A request that requires no scope, no role and no policy is granted by nothing (`nothing_grants`), unless it is
 *    declared open to anyone.
 * 2. All required scopes (`missing_scope`), and any one of the required roles (`missing_role`).
 * 3. A policy that forbids wins over all that permit (`forbidden_by_policy`), also where no policy is required.
 * 4. A policy that forbids but could not be evaluated denies (`engine_error`). Cedar skips it, and the evaluator does
 *    as Cedar does; but whoever wrote it meant to close something, and a missing attribute must not open it. A policy
 *    that permits and fails is skipped: that can only deny. Both are told in `errors`.
 * 5. Where a policy is required, one must permit (`no_policy_permits`).
 *
 * Policies may ask for relationships (`facts`), which are answered from memory. One that can't be answered fails the
 * policy that asked: so where a permit asks it is not given, and where a forbid asks the decision is a deny.
 *
 * Pure and synchronous; never throws: what can't be decided is denied (`engine_error`).
 */
export function decide(set: PolicySet, request: DecisionRequest, facts?: TenantFacts): Decision {
  const decision = decideBy(set, request, facts);
  if (set.shadow === undefined) return decision;
  const { allowed, reason, policies } = decideBy(set.shadow, request, facts);
  return { ...decision, shadow: { allowed, reason, policies } };
}

function decideBy(set: PolicySet, request: DecisionRequest, facts: TenantFacts | undefined): Decision {
  try {
    return (
      checkThatSomethingGrants(set, request) ??
      checkScopes(set, request) ??
      checkRoles(set, request) ??
      checkPolicies(set, request, facts)
    );
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'unknown failure';
    return deny(set, 'engine_error', NO_NAMES, [{ policy: ENGINE, message }]);
  }
}

/** Relationships that a decision tells of: policies ask for a handful. */
const RELATIONSHIPS_MAX = 20;
/** Stands in for a policy's name where the whole decision failed. No policy can be named so. */
const ENGINE = '(engine)';
const NO_NAMES: readonly string[] = Object.freeze([]);
const NO_ERRORS: Decision['errors'] = Object.freeze([]);

function checkThatSomethingGrants(set: PolicySet, request: DecisionRequest): Decision | undefined {
  if (request.policyRequired === true || request.openToAnyone === true) return undefined;
  if (request.requiredScopes?.length || request.requiredRoles?.length) return undefined;
  return deny(set, 'nothing_grants');
}

function checkScopes(set: PolicySet, { requiredScopes, principal }: DecisionRequest): Decision | undefined {
  if (requiredScopes === undefined || hasAll(principal.scopes, requiredScopes)) return undefined;
  const missingScopes = requiredScopes.filter((scope) => !principal.scopes.includes(scope));
  const summary = describeMissingScopes(missingScopes);
  return { ...denyMissing(set, 'missing_scope', summary), missingScopes };
}

function hasAll(owned: readonly string[], required: readonly string[]): boolean {
  for (const one of required) if (!owned.includes(one)) return false;
  return true;
}

function checkRoles(set: PolicySet, { requiredRoles, principal }: DecisionRequest): Decision | undefined {
  if (requiredRoles === undefined || requiredRoles.length === 0) return undefined;
  for (const role of requiredRoles) if (principal.roles.includes(role)) return undefined;
  const summary = describeMissingRoles(requiredRoles);
  return { ...denyMissing(set, 'missing_role', summary), missingRoles: requiredRoles };
}

function checkPolicies(set: PolicySet, request: DecisionRequest, facts: TenantFacts | undefined): Decision {
  if (!isEntityType(request.resource.type)) {
    const message = `${JSON.stringify(request.resource.type)} is not a type of resource; use a name like Order or Shop::Order`;
    return deny(set, 'engine_error', NO_NAMES, [{ policy: ENGINE, message }]);
  }
  // Nothing can be asked, and nothing has to be kept for later: the environment need not even be made on the heap.
  if (facts === undefined) return weigh(set, request, set.compiled.evaluate(new RequestEnvironment(request, facts)));
  const environment = new RequestEnvironment(request, facts);
  const decision = weigh(set, request, set.compiled.evaluate(environment));
  const asked = environment.askedFacts();
  return asked.length === 0 ? decision : { ...decision, relationships: asked.slice(0, RELATIONSHIPS_MAX) };
}

function weigh(set: PolicySet, request: DecisionRequest, outcome: PolicyOutcome): Decision {
  const { permits, forbids, failures } = outcome;
  if (forbids.length === 0 && failures.length === 0 && set.broken.length === 0) {
    const ready = findReady(set, permits, request.policyRequired === true);
    if (ready !== undefined) return ready;
  }
  const errors = failures.length === 0 ? NO_ERRORS : failures.map(toError);
  if (forbids.length > 0) return obliged(deny(set, 'forbidden_by_policy', namesOf(forbids), errors), forbids);
  if (set.broken.length > 0) return deny(set, 'engine_error', NO_NAMES, [...set.broken, ...errors]);
  if (failures.length > 0 && hasFailedForbid(outcome)) return deny(set, 'engine_error', NO_NAMES, errors);
  if (permits.length === 0 && request.policyRequired === true) return deny(set, 'no_policy_permits', NO_NAMES, errors);
  const allowed: Decision = {
    allowed: true,
    reason: 'allowed',
    summary: SUMMARIES.allowed,
    policies: namesOf(permits),
    errors,
    policyVersion: set.version,
  };
  return obliged(allowed, permits);
}

function findReady(
  { decisions }: PolicySet,
  permits: readonly CompiledPolicy[],
  policyRequired: boolean,
): Decision | undefined {
  if (permits.length === 0) return policyRequired ? decisions.unpermitted : undefined;
  return permits.length === 1 ? decisions.permittedBy[permits[0]?.place ?? -1] : undefined;
}

function obliged(decision: Decision, policies: readonly CompiledPolicy[]): Decision {
  const obligations = new Set(policies.flatMap(({ obligation }) => obligation ?? []));
  return obligations.size === 0 ? decision : { ...decision, obligations: [...obligations] };
}

function hasFailedForbid({ failures }: PolicyOutcome): boolean {
  return failures.some(({ policy }) => policy.effect === 'forbid');
}

function toError({ policy, message }: PolicyFailure): Decision['errors'][number] {
  return { policy: policy.name, message };
}

function namesOf(policies: readonly CompiledPolicy[]): readonly string[] {
  const first = policies[0];
  if (first === undefined) return NO_NAMES;
  return policies.length === 1 ? first.names : policies.map((policy) => policy.name);
}

function deny(
  set: PolicySet,
  reason: Exclude<keyof typeof SUMMARIES, 'allowed'>,
  policies: readonly string[] = NO_NAMES,
  errors: Decision['errors'] = NO_ERRORS,
): Decision {
  return { allowed: false, reason, summary: SUMMARIES[reason], policies, errors, policyVersion: set.version };
}

function denyMissing(set: PolicySet, reason: DecisionReason, summary: string): Decision {
  return { allowed: false, reason, summary, policies: NO_NAMES, errors: NO_ERRORS, policyVersion: set.version };
}
